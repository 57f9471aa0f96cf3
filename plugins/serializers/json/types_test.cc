// Which text stands for which value, in both directions: the table of the README.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <limits>

#include "plugins/serializers/json/testing.h"
#include "plugins/serializers/testing/random_value.h"

namespace coffer::json {
namespace {

using namespace coffer::serializers;

struct Types : testing::Test {
  Serializer json{kJson};

  // `value` is written as `bytes`, and those are read as `value`.
  void same(const Value& value, std::string_view bytes) {
    const Encoded encoded = json.encode(value);
    EXPECT_TRUE(encoded.ok()) << encoded;
    EXPECT_EQ(encoded.bytes, bytes);
    reads(bytes, value);
  }
  void reads(std::string_view bytes, const Value& value) {
    const Decoded decoded = json.decode(bytes);
    EXPECT_TRUE(decoded.ok()) << bytes << ": " << decoded;
    EXPECT_EQ(decoded.value, value) << bytes;
  }
};

TEST_F(Types, Names) {
  EXPECT_EQ(json.table().format, 16u);
  EXPECT_STREQ(json.table().media_type, "application/json");
  EXPECT_EQ(json.table().caps, kJson.info(0)->caps);
  EXPECT_EQ(kJson.info(1), nullptr);
}

TEST_F(Types, OtherPluginsAreNotHere) {
  coffer_instance out = {};
  conformance::FakeSink sink;
  EXPECT_EQ(kJson.create(json.host().get(), "yaml", nullptr, 0, &out, sink.get()),
            COFFER_NOT_FOUND);
  EXPECT_EQ(sink.problem(COFFER_NOT_FOUND), "");
}

TEST_F(Types, Constants) {
  same(null(), "null");
  same(boolean(true), "true");
  same(boolean(false), "false");
}

TEST_F(Types, IntegersOfAnySizeAreExact) {
  for (const char* digits : {"0", "1", "-1", "42", "9007199254740993", "2147483647", "-2147483649",
                             "4294967296", "9223372036854775807", "-9223372036854775808",
                             "9223372036854775808", "18446744073709551615", "18446744073709551616",
                             "-9223372036854775809", "100000000000000000000000000000000000000"}) {
    same(integer(std::string(digits)), digits);
  }
  // RapidJSON refuses integers of more than 309 digits.
  const std::string long_one = "-1" + std::string(5'000, '7');
  same(integer(long_one), long_one);
  reads("-0", integer(0));  // an integer has no negative zero
}

TEST_F(Types, FloatsStayFloatsAndExact) {
  const struct {
    double value;
    const char* bytes;
  } cases[] = {{0.0, "0.0"},
               {-0.0, "-0.0"},
               {1.0, "1.0"},
               {-1.5, "-1.5"},
               {0.1, "0.1"},
               {0.30000000000000004, "0.30000000000000004"},
               {100.0, "100.0"},
               {1234.5678, "1234.5678"},
               {1e15, "1000000000000000.0"},
               {9007199254740993.0, "9007199254740992.0"},
               {1e16, "1e+16"},
               {1.5e300, "1.5e+300"},
               {0.0001, "0.0001"},
               {0.00012, "0.00012"},
               {0.00001, "1e-05"},
               {1.5e-7, "1.5e-07"},
               {5e-324, "5e-324"},
               {1.7976931348623157e308, "1.7976931348623157e+308"}};
  for (const auto& c : cases) same(real(c.value), c.bytes);
}

TEST_F(Types, FloatsAreReadToTheNearest) {
  reads("1E5", real(1e5));
  reads("1e+0005", real(1e5));
  reads("10e-1", real(1.0));
  reads("123456789012345678901234567890.5", real(123456789012345678901234567890.5));
  reads("0.1000000000000000055511151231257827021181583404541015625", real(0.1));
  // Closer to 0 than any double.
  reads("1e-400", real(0.0));
  reads("-1e-400", real(-0.0));
  reads("0.0000000000000000000000001e-999999999999999999999999", real(0.0));
  // Zero, whatever the exponent.
  reads("0e999999999999999999999999", real(0.0));
  reads("-0.000e400", real(-0.0));
  // Small and large parts that meet in range.
  reads("0." + std::string(400, '0') + "1e401", real(1.0));
  reads("1" + std::string(400, '0') + "e-400", real(1.0));
  reads("1" + std::string(400, '0') + ".0e-399", real(10.0));
}

TEST_F(Types, ShortFloatsAreReadToTheNearestToo) {
  RandomValues random(test_seed());
  for (int i = 0; i < 50'000; ++i) {
    std::string text = std::to_string(random.below(UINT64_MAX) >> random.below(64));
    if (random.below(2) == 0) text.insert(0, 1, '-');
    if (random.below(4) != 0)
      text += "." + std::to_string(random.below(UINT64_MAX) >> random.below(64));
    text += "e" + std::to_string(static_cast<int>(random.below(60)) - 30);
    const Decoded decoded = json.decode(text);
    ASSERT_EQ(decoded.value, real(std::strtod(text.c_str(), nullptr))) << text;
  }
}

TEST_F(Types, AFloatBeyondTheRangeIsRefused) {
  for (const std::string& bytes :
       {std::string("1e400"), std::string("-1e400"), std::string("1.8e308"),
        "1" + std::string(400, '0') + ".0", std::string("1e99999999999999999999999999"),
        std::string("0.001e9223372036854775807")}) {
    const Decoded decoded = json.decode("[" + bytes + "]");
    EXPECT_EQ(decoded.status, COFFER_CORRUPT) << bytes;
    EXPECT_EQ(decoded.detail("offset"), "1") << decoded;
  }
}

TEST_F(Types, Text) {
  same(text(""), "\"\"");
  same(text("abc"), "\"abc\"");
  same(text("a\"b\\c/d"), "\"a\\\"b\\\\c/d\"");
  same(text("\b\f\n\r\t"), "\"\\b\\f\\n\\r\\t\"");
  same(text(std::string_view("\0\x01\x1f\x7f", 4)), "\"\\u0000\\u0001\\u001f\x7f\"");
  same(text("Grüße, 世界 😀"), "\"Grüße, 世界 😀\"");
  // Escapes at every position of the words that are looked at together.
  for (size_t at = 0; at < 40; ++at) {
    std::string plain(40, 'x');
    plain[at] = '\n';
    same(text(plain), "\"" + plain.substr(0, at) + "\\n" + plain.substr(at + 1) + "\"");
  }
}

TEST_F(Types, EscapesAreRead) {
  reads(R"("\u0041\/\u00e4\u00E4\u20ac\ud83d\ude00\u0000")",
        text(std::string_view("A/ää€😀\0", 14)));
  reads(R"("ä\n")", text("ä\n"));
}

TEST_F(Types, ListsAndMaps) {
  same(list({}), "[]");
  same(map({}), "{}");
  same(list({integer(1), list({null()}), map({})}), "[1,[null],{}]");
  same(map({{text("a"), list({})}, {text(""), map({{text("b"), real(0.5)}})}}),
       "{\"a\":[],\"\":{\"b\":0.5}}");
}

TEST_F(Types, KeysThatComeTwiceArePlayedTwice) {
  same(map({{text("a"), integer(1)}, {text("a"), integer(2)}}), "{\"a\":1,\"a\":2}");
}

TEST_F(Types, WhiteSpaceIsSkipped) {
  reads(" \t\r\n[ 1 ,\n2 ] \n", list({integer(1), integer(2)}));
  reads("{ \"a\" : 1 }", map({{text("a"), integer(1)}}));
}

}  // namespace
}  // namespace coffer::json
