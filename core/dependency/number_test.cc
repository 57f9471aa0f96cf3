#include "core/dependency/number.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <random>

namespace coffer::core {
namespace {

std::string form(const Number& number) {
  std::string out;
  number.append_canonical(out);
  return out;
}

std::string parsed(std::string_view text) {
  Number out;
  std::string why;
  return Number::parse(text, out, &why) ? form(out) : why;
}

TEST(Number, OneValueHasOneForm) {
  for (const char* text :
       {"1", "1.0", "1.00", "+1", "01", "10e-1", "0.1E1", "1e0", "1.", "1000e-3"}) {
    EXPECT_EQ(parsed(text), "1e0") << text;
  }
  for (const char* text : {"0", "-0", "0.000", "0e99", "-.0", "00"})
    EXPECT_EQ(parsed(text), "0e0") << text;
  EXPECT_EQ(parsed("-12.50"), "-125e-1");
  EXPECT_EQ(parsed("1E+3"), "1e3");
  EXPECT_EQ(parsed(".5"), "5e-1");
  EXPECT_EQ(parsed("9.99e1000000000000000001"), "has an exponent beyond 10^18");
  EXPECT_EQ(parsed("1e1000000000000000000"), "1e1000000000000000000");
}

TEST(Number, NamesInAnyCase) {
  for (const char* text : {"nan", "NaN", "sNaN", "-NAN"}) EXPECT_EQ(parsed(text), "nan") << text;
  for (const char* text : {"inf", "Infinity", "+INF"}) EXPECT_EQ(parsed(text), "inf") << text;
  EXPECT_EQ(parsed("-Infinity"), "-inf");
}

TEST(Number, WhatIsNoNumberSaysWhy) {
  for (const char* text :
       {"", "-", ".", "e5", "1x", "1.2.3", "--1", "0x10", " 1", "1 ", "1e5.0", "infinit"}) {
    EXPECT_EQ(parsed(text), "is no number") << text;
  }
  EXPECT_EQ(parsed("1e"), "has no digits after the e");
  EXPECT_EQ(parsed("1e-"), "has no digits after the e");
  EXPECT_EQ(parsed(std::string(4096, '7')), std::string(4096, '7') + "e0");
  EXPECT_EQ(parsed(std::string(4097, '7')), "has more than 4096 digits");
}

TEST(Number, BigIntegersKeepAllTheirDigits) {
  EXPECT_EQ(form(Number::of(std::numeric_limits<int64_t>::min())), "-9223372036854775808e0");
  EXPECT_EQ(form(Number::of(std::numeric_limits<uint64_t>::max())), "18446744073709551615e0");
  EXPECT_NE(form(Number::of(int64_t{100000000000000001})),
            form(Number::of(int64_t{100000000000000002})));
}

TEST(Number, DoublesAreWhatTheyAre) {
  EXPECT_EQ(form(Number::exactly(0.5)), "5e-1");
  EXPECT_EQ(form(Number::exactly(-0.0)), "0e0");
  EXPECT_EQ(form(Number::exactly(0.1)),
            "1000000000000000055511151231257827021181583404541015625e-55");
  EXPECT_EQ(form(Number::shortest(0.1)), "1e-1");
  EXPECT_EQ(form(Number::exactly(1e22)), "1e22");
  EXPECT_EQ(form(Number::exactly(0x1p63)), "9223372036854775808e0");
  EXPECT_EQ(form(Number::exactly(std::nan(""))), "nan");
  EXPECT_EQ(form(Number::shortest(-INFINITY)), "-inf");
  // The longest of all has 767 digits.
  const std::string longest =
      form(Number::exactly(std::nextafter(std::numeric_limits<double>::min(), 0)));
  EXPECT_EQ(longest.find('e'), 767u) << longest;
}

TEST(Number, EveryDoubleComesBack) {
  const unsigned seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  for (int i = 0; i < 20'000; ++i) {
    const uint64_t bits = random();
    double value;
    std::memcpy(&value, &bits, sizeof value);
    if (!std::isfinite(value)) continue;
    EXPECT_EQ(Number::exactly(value).to_double(), value);
    EXPECT_EQ(Number::shortest(value).to_double(), value);
  }
}

TEST(Number, BeyondTheDoublesIsInfinityOrZero) {
  Number out;
  for (const auto& [text, value] : std::initializer_list<std::pair<const char*, double>>{
           {"1e309", INFINITY},
           {"-1e309", -INFINITY},
           {"1e-400", 0},
           {"-1e-400", 0},
           {"1e1000000000000000000", INFINITY},
           {"1e-1000000000000000000", 0},
           {"1.7976931348623157e308", std::numeric_limits<double>::max()}}) {
    ASSERT_TRUE(Number::parse(text, out, nullptr)) << text;
    EXPECT_EQ(out.to_double(), value) << text;
  }
}

}  // namespace
}  // namespace coffer::core
