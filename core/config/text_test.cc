#include "core/config/text.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <optional>
#include <string>

#include "coffer/base.h"

namespace coffer::core {
namespace {

constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
constexpr int64_t kSecond = 1'000'000'000;

// The value, or nothing after a check that a reason was given.
template <typename Value>
std::optional<Value> parsed(bool (*parse)(std::string_view, Value&, std::string&),
                            std::string_view text) {
  Value value{};
  std::string why;
  if (parse(text, value, why)) return value;
  EXPECT_FALSE(why.empty()) << text;
  return std::nullopt;
}

std::optional<int64_t> as_int(std::string_view text) { return parsed<int64_t>(parse_int, text); }
std::optional<int64_t> as_size(std::string_view text) { return parsed<int64_t>(parse_size, text); }
std::optional<int64_t> as_time(std::string_view text) {
  return parsed<int64_t>(parse_duration, text);
}

TEST(ParseInt, ReadsNumbersAndThousands) {
  EXPECT_EQ(as_int("0"), 0);
  EXPECT_EQ(as_int("-12"), -12);
  EXPECT_EQ(as_int("100k"), 100'000);
  EXPECT_EQ(as_int("100K"), 100'000);
  EXPECT_EQ(as_int("2M"), 2'000'000);
  EXPECT_EQ(as_int("1.5M"), 1'500'000);
  EXPECT_EQ(as_int("1G"), 1'000'000'000);
  EXPECT_EQ(as_int("3T"), 3'000'000'000'000);
  EXPECT_EQ(as_int("9223372036854775807"), kMax);
  EXPECT_EQ(as_int("-9223372036854775808"), kMin);
}

TEST(ParseInt, RefusesWhatIsNoWholeNumberOf64Bits) {
  for (std::string_view text : {"",
                                "-",
                                "k",
                                "1.5",
                                "1.",
                                ".5",
                                "1.2.3k",
                                "12x",
                                "1kk",
                                "1m",
                                " 1",
                                "1 ",
                                "+1",
                                "--1",
                                "0x10",
                                "1e3",
                                "9223372036854775808",
                                "-9223372036854775809",
                                "10000000000G",
                                "9223372036854775807k",
                                "99999999999999999999999999999999999999999999"}) {
    EXPECT_EQ(as_int(text), std::nullopt) << text;
  }
}

TEST(ParseSize, ReadsBothKindsOfUnits) {
  EXPECT_EQ(as_size("0"), 0);
  EXPECT_EQ(as_size("512"), 512);
  EXPECT_EQ(as_size("512B"), 512);
  EXPECT_EQ(as_size("64KiB"), 65'536);
  EXPECT_EQ(as_size("64kib"), 65'536);
  EXPECT_EQ(as_size("10kB"), 10'000);
  EXPECT_EQ(as_size("10MB"), 10'000'000);
  EXPECT_EQ(as_size("64MiB"), 67'108'864);
  EXPECT_EQ(as_size("1.5GiB"), 1'610'612'736);
  EXPECT_EQ(as_size("0.1KiB"), 102);
  EXPECT_EQ(as_size("2TB"), 2'000'000'000'000);
  EXPECT_EQ(as_size("1TiB"), 1LL << 40);
  EXPECT_EQ(as_size("9223372036854775807"), kMax);
}

TEST(ParseSize, RefusesNegativeAmbiguousAndHuge) {
  for (std::string_view text : {"", "-1", "64K", "64M", "1 MiB", "MiB", "1XiB", "8388608TiB",
                                "9223372036854775808", "1e6"}) {
    EXPECT_EQ(as_size(text), std::nullopt) << text;
  }
  EXPECT_EQ(as_size("8388607TiB"), 8388607LL << 40);
}

TEST(ParseDuration, ReadsUnitsAndBareSeconds) {
  EXPECT_EQ(as_time("0"), 0);
  EXPECT_EQ(as_time("90"), 90 * kSecond);
  EXPECT_EQ(as_time("0.5"), kSecond / 2);
  EXPECT_EQ(as_time("250ms"), 250'000'000);
  EXPECT_EQ(as_time("5m"), 300 * kSecond);
  EXPECT_EQ(as_time("1h30m"), 5400 * kSecond);
  EXPECT_EQ(as_time("1.5h"), 5400 * kSecond);
  EXPECT_EQ(as_time("1w2d3h4m5s6ms7us8ns"),
            (((9 * 24 + 3) * 60 + 4) * 60 + 5) * kSecond + 6'007'008);
  EXPECT_EQ(as_time("7ns"), 7);
  EXPECT_EQ(as_time("forever"), COFFER_TTL_FOREVER);
  EXPECT_EQ(as_time("9223372036854775807ns"), kMax);
}

TEST(ParseDuration, RefusesWhatCouldMeanTwoThings) {
  for (std::string_view text :
       {"", "-1", "-5s", "1h30", "30m1h", "1h1h", "1h2x", "5M", "m", "5 m", "1.s", "90x", "never",
        "Forever", "9223372036854775808ns", "9223372037", "300000w", "15250w9223372036s"}) {
    EXPECT_EQ(as_time(text), std::nullopt) << text;
  }
}

TEST(ParseBool, ReadsWords) {
  for (std::string_view text : {"true", "yes", "on", "1", "TRUE", "Yes"}) {
    EXPECT_EQ(parsed<int64_t>(parse_bool, text), 1) << text;
  }
  for (std::string_view text : {"false", "no", "off", "0", "OFF"}) {
    EXPECT_EQ(parsed<int64_t>(parse_bool, text), 0) << text;
  }
  for (std::string_view text : {"", "2", "y", "truee", "-1"}) {
    EXPECT_EQ(parsed<int64_t>(parse_bool, text), std::nullopt) << text;
  }
}

TEST(ParseFloat, ReadsFiniteNumbersOnly) {
  EXPECT_EQ(parsed<double>(parse_float, "0.25"), 0.25);
  EXPECT_EQ(parsed<double>(parse_float, "-1"), -1.0);
  EXPECT_EQ(parsed<double>(parse_float, "1e-3"), 0.001);
  for (std::string_view text : {"", "nan", "inf", "-inf", "1e999", "0.5x", "x", " 1", "1,5"}) {
    EXPECT_EQ(parsed<double>(parse_float, text), std::nullopt) << text;
  }
}

TEST(Reasons, DoNotRepeatTheText) {
  for (auto parse : {parse_int, parse_size, parse_duration, parse_bool}) {
    int64_t value = 0;
    std::string why;
    ASSERT_FALSE(parse("hunter2", value, why));
    EXPECT_EQ(why.find("hunter2"), std::string::npos) << why;
  }
}

TEST(Format, ReadsBack) {
  for (int64_t value :
       {int64_t{0}, int64_t{1}, int64_t{1000}, int64_t{1024}, int64_t{1536}, int64_t{67'108'864},
        int64_t{10'000'000}, int64_t{86'400} * kSecond, kMax}) {
    EXPECT_EQ(as_int(format_int(value)), value);
    EXPECT_EQ(as_size(format_size(value)), value) << format_size(value);
    EXPECT_EQ(as_time(format_duration(value)), value) << format_duration(value);
  }
  EXPECT_EQ(as_int(format_int(kMin)), kMin);
  EXPECT_EQ(parsed<double>(parse_float, format_float(0.1)), 0.1);
}

TEST(Format, IsWhatAPersonWouldWrite) {
  EXPECT_EQ(format_size(67'108'864), "64MiB");
  EXPECT_EQ(format_size(10'000'000), "10MB");
  EXPECT_EQ(format_size(0), "0");
  EXPECT_EQ(format_size(1536), "1536");
  EXPECT_EQ(format_duration(COFFER_TTL_FOREVER), "forever");
  EXPECT_EQ(format_duration(0), "0s");
  EXPECT_EQ(format_duration(5400 * kSecond), "1h30m");
  EXPECT_EQ(format_duration(14 * 86'400 * kSecond), "14d");
  EXPECT_EQ(format_duration(1'500'000'000), "1s500ms");
  EXPECT_EQ(format_bool(1), "true");
  EXPECT_EQ(format_bool(0), "false");
  EXPECT_EQ(format_float(0.25), "0.25");
}

TEST(Types, HaveNamesAndForms) {
  for (int32_t type = COFFER_TYPE_TEXT; type <= COFFER_TYPE_DURATION; ++type) {
    EXPECT_NE(type_name(type), "") << type;
    EXPECT_NE(type_form(type), "") << type;
  }
  EXPECT_EQ(type_name(0), "");
  EXPECT_EQ(type_form(7), "");
}

}  // namespace
}  // namespace coffer::core
