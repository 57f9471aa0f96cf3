#include "core/value/shape.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <string_view>

#include "coffer/plugin/utf8.hpp"
#include "coffer/value.h"

namespace coffer::core {
namespace {

bool bigint(std::string_view text) { return is_bigint(text.data(), text.size()); }

TEST(Shape, BigintsAreIntegersBeyond64Bits) {
  for (const char* yes : {"18446744073709551616", "-9223372036854775809", "99999999999999999999",
                          "-18446744073709551616", "100000000000000000000000000000"}) {
    EXPECT_TRUE(bigint(yes)) << yes;
  }
  for (const char* no : {"", "-", "0", "-0", "1", "18446744073709551615", "-9223372036854775808",
                         "018446744073709551616", "+18446744073709551616", "18446744073709551616 ",
                         "1844674407370955161x", "--18446744073709551616"}) {
    EXPECT_FALSE(bigint(no)) << no;
  }
}

bool decimal(std::string_view text) {
  return ext_problem(COFFER_EXT_DECIMAL, text.data(), text.size()) == nullptr;
}

TEST(Shape, Decimals) {
  for (const char* yes : {"0", "-12.50", "1E+3", "1e-7", ".5", "5.", "+1", "NaN", "-NaN", "sNaN12",
                          "Infinity", "-inf", "00012"}) {
    EXPECT_TRUE(decimal(yes)) << yes;
  }
  for (const char* no : {"", "-", ".", "1E", "1E+", "1.2.3", "1 ", " 1", "0x1", "nan-1", "infinit",
                         "1e1.0", "--1"}) {
    EXPECT_FALSE(decimal(no)) << no;
  }
}

// The bytes of an extension made of integers.
template <typename... T>
std::string packed(T... parts) {
  std::string out;
  (out.append(reinterpret_cast<const char*>(&parts), sizeof(parts)), ...);
  return out;
}

bool good(uint32_t type, const std::string& bytes) {
  return ext_problem(type, bytes.data(), bytes.size()) == nullptr;
}

TEST(Shape, Times) {
  EXPECT_TRUE(good(COFFER_EXT_DATE, packed(int32_t{-719'162})));
  EXPECT_FALSE(good(COFFER_EXT_DATE, packed(int64_t{0})));
  EXPECT_TRUE(good(COFFER_EXT_TIME, packed(int64_t{86'399'999'999'999})));
  EXPECT_FALSE(good(COFFER_EXT_TIME, packed(int64_t{86'400'000'000'000})));
  EXPECT_FALSE(good(COFFER_EXT_TIME, packed(int64_t{-1})));
  EXPECT_TRUE(good(COFFER_EXT_TIME, packed(int64_t{0}, int32_t{-86'399})));
  EXPECT_FALSE(good(COFFER_EXT_TIME, packed(int64_t{0}, int32_t{86'400})));
  EXPECT_TRUE(good(COFFER_EXT_DATETIME, packed(INT64_MIN, int32_t{999'999'999})));
  EXPECT_FALSE(good(COFFER_EXT_DATETIME, packed(int64_t{0}, int32_t{1'000'000'000})));
  EXPECT_FALSE(good(COFFER_EXT_DATETIME, packed(int64_t{0}, int32_t{-1})));
  EXPECT_TRUE(good(COFFER_EXT_DATETIME_TZ, packed(int64_t{0}, int32_t{0}, int32_t{3'600})));
  EXPECT_FALSE(good(COFFER_EXT_DATETIME_TZ, packed(int64_t{0}, int32_t{0})));
  EXPECT_TRUE(good(COFFER_EXT_DURATION, packed(int64_t{-1}, int32_t{1})));
  EXPECT_TRUE(good(COFFER_EXT_UUID, std::string(16, '\0')));
  EXPECT_FALSE(good(COFFER_EXT_UUID, std::string(17, '\0')));
}

TEST(Shape, WhatIsNotKnownMayHaveAnyForm) {
  EXPECT_TRUE(good(500, "of a later release"));
  EXPECT_TRUE(good(COFFER_EXT_APPLICATION, ""));
  EXPECT_FALSE(good(0, ""));
}

// The same answer from a reading of the definition: decode to a code point and judge that.
bool is_utf8_by_definition(std::string_view text) {
  for (size_t i = 0; i < text.size();) {
    const auto lead = static_cast<uint8_t>(text[i]);
    const size_t more = lead < 0x80 ? 0 : lead >> 5 == 6 ? 1 : lead >> 4 == 14 ? 2 : 3;
    if ((lead >= 0x80 && lead < 0xC0) || lead >= 0xF8 || i + more >= text.size()) return false;
    uint32_t code = more == 0 ? lead : lead & (0x3F >> more);
    for (size_t k = 1; k <= more; ++k) {
      const auto next = static_cast<uint8_t>(text[i + k]);
      if (next >> 6 != 2) return false;
      code = code << 6 | (next & 0x3F);
    }
    const uint32_t least[] = {0, 0x80, 0x800, 0x10000};
    if (code < least[more] || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return false;
    i += more + 1;
  }
  return true;
}

// All sequences of one or two bytes, and those of three and four whose further bytes are at the
// borders, each with ASCII around it so that both the fast and the careful loop see it.
TEST(Utf8, AgreesWithTheDefinition) {
  const auto check = [](std::string_view bytes) {
    for (const size_t before : {0, 8}) {
      const std::string text = std::string(before, 'a') + std::string(bytes) + "zzzzzzzz";
      const size_t prefix = plugin::utf8_prefix(text.data(), text.size());
      const bool valid = is_utf8_by_definition(text);
      ASSERT_EQ(prefix == text.size(), valid) << testing::PrintToString(text);
      if (!valid) {
        ASSERT_GE(prefix, before);
        ASSERT_LT(prefix, before + bytes.size());
        ASSERT_TRUE(is_utf8_by_definition(std::string_view(text).substr(0, prefix)));
      }
      ASSERT_EQ(plugin::utf8_prefix(bytes.data(), bytes.size()) == bytes.size(),
                is_utf8_by_definition(bytes));
    }
  };
  const uint8_t borders[] = {0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0,
                             0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC, 0xED, 0xEE, 0xEF,
                             0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xF7, 0xF8, 0xFF};
  char b[4];
  for (int first = 0; first < 256; ++first) {
    b[0] = static_cast<char>(first);
    check({b, 1});
    for (int second = 0; second < 256; ++second) {
      b[1] = static_cast<char>(second);
      check({b, 2});
    }
    for (const uint8_t second : borders) {
      b[1] = static_cast<char>(second);
      for (const uint8_t third : borders) {
        b[2] = static_cast<char>(third);
        check({b, 3});
        if (first < 0xE0) continue;
        for (const uint8_t fourth : {0x7F, 0x80, 0xBF, 0xC0}) {
          b[3] = static_cast<char>(fourth);
          check({b, 4});
        }
      }
    }
  }
}

}  // namespace
}  // namespace coffer::core
