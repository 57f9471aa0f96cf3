// The quick ways to write and read numbers beside the slow ones that are known to be right.
#include <gtest/gtest.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <random>
#include <string>

#include "plugins/serializers/common/double_text.h"
#include "plugins/serializers/common/integer_text.h"
#include "plugins/serializers/testing/random_value.h"

namespace coffer::serial {
namespace {

std::string written(double value) {
  char text[kNumberRoom];
  return {text, write_double(text, value)};
}

template <typename Integer>
std::string written_integer(Integer value) {
  char text[kIntegerRoom + 1];
  return {text, write_integer(text, value)};
}

// The digits of a number's text from the first to the last that is not 0.
std::string significant(std::string text) {
  text.erase(std::find(text.begin(), text.end(), 'e'), text.end());
  std::erase_if(text, [](char c) { return c == '.' || c == '-'; });
  text.erase(0, text.find_first_not_of('0'));
  text.erase(text.find_last_not_of('0') + 1);
  return text;
}

// As Python's repr has it: the shortest digits, with an exponent when it is below -4 or above 15.
void expect_shortest(double value) {
  const std::string text = written(value);
  const double back = std::strtod(text.c_str(), nullptr);
  ASSERT_EQ(back, value) << text;
  ASSERT_EQ(std::signbit(back), std::signbit(value)) << text;

  char reference[kNumberRoom * 2];
  const std::string shortest(
      reference,
      std::to_chars(reference, std::end(reference), value, std::chars_format::scientific).ptr);
  ASSERT_EQ(significant(text), significant(shortest)) << text;
  const int exponent = std::atoi(shortest.c_str() + shortest.find('e') + 1);
  ASSERT_EQ(text.find('e') != std::string::npos, exponent < -4 || exponent > 15) << text;
  if (text.find('e') == std::string::npos) {
    const size_t point = text.find('.');
    ASSERT_NE(point, std::string::npos) << text;
    ASSERT_TRUE(point + 2 == text.size() || text.back() != '0') << text;
  }
}

void expect_shortest_around(double value) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  for (const double near : {value, std::nextafter(value, kInfinity), std::nextafter(value, 0.0)}) {
    expect_shortest(near);
    expect_shortest(-near);
  }
}

TEST(DoubleText, FewDigitsAreTheShortestText) {
  std::mt19937_64 random(serializers::test_seed());
  for (int i = 0; i < 50'000; ++i) {
    // Up to 17 digits with the point anywhere among them, and what lies next to such a number.
    const uint64_t digits = random() % 100'000'000'000'000'000 >> random() % 57;
    const int behind_point = static_cast<int>(random() % 12);
    expect_shortest_around(static_cast<double>(digits) / std::pow(10.0, behind_point));
    if (HasFatalFailure()) return;
  }
}

TEST(DoubleText, WhereTheQuickWayEnds) {
  for (const double value : {0.0, 1e-7, 1e-6, 9e-6, 9.9e-5, 1e-4, 0.000101, 0.000999, 0.1234565,
                             999999999.0, 999999999.999999, 1e9, 1e9 + 0.000001, 123456789.123456,
                             4503599627370496.5, 9007199254740993.0, 1e15, 1e16}) {
    expect_shortest_around(value);
  }
  EXPECT_EQ(written(0.0), "0.0");
  EXPECT_EQ(written(-0.0), "-0.0");
  EXPECT_EQ(written(1e-4), "0.0001");
  EXPECT_EQ(written(9.9e-5), "9.9e-05");
  EXPECT_EQ(written(-19.99), "-19.99");
  EXPECT_EQ(written(999999999.999999), "999999999.999999");
}

TEST(IntegerText, EveryLength) {
  uint64_t power = 1;
  for (int digits = 1; digits <= 20; ++digits, power *= 10) {
    for (const uint64_t value : {power - 1, power, power + 1, power * 9 + power / 3}) {
      EXPECT_EQ(written_integer(value), std::to_string(value));
      const auto negative = static_cast<int64_t>(0 - value);
      EXPECT_EQ(written_integer(negative), std::to_string(negative));
    }
  }
  for (int bit = 0; bit < 64; ++bit) {
    for (const uint64_t value : {(uint64_t{1} << bit) - 1, uint64_t{1} << bit}) {
      EXPECT_EQ(written_integer(value), std::to_string(value));
    }
  }
  EXPECT_EQ(written_integer(std::numeric_limits<uint64_t>::max()), "18446744073709551615");
  EXPECT_EQ(written_integer(std::numeric_limits<int64_t>::min()), "-9223372036854775808");
}

TEST(IntegerText, LeadingZeros) {
  for (int count = 1; count <= 9; ++count) {
    char text[9];
    write_digits(text, 7, count);
    EXPECT_EQ(std::string(text, text + count), std::string(count - 1, '0') + "7");
  }
}

}  // namespace
}  // namespace coffer::serial
