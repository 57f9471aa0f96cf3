// Which text stands for which value, in both directions: the table of the README.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "plugins/serializers/yaml/testing.h"

namespace coffer::yaml {
namespace {

using namespace coffer::serializers;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

struct Types : testing::Test {
  Serializer yaml{kYaml};

  // `value` is written as `bytes` and the line that ends a document, and those are read as `value`.
  void same(const Value& value, const std::string& bytes) {
    const Encoded encoded = yaml.encode(value);
    EXPECT_TRUE(encoded.ok()) << encoded;
    EXPECT_EQ(encoded.bytes, bytes + "\n...\n");
    reads(encoded.bytes, value);
  }
  void reads(std::string_view bytes, const Value& value) {
    const Decoded decoded = yaml.decode(bytes);
    EXPECT_TRUE(decoded.ok()) << bytes << ": " << decoded;
    EXPECT_EQ(decoded.value, value) << bytes;
  }
};

TEST_F(Types, TheTable) {
  EXPECT_EQ(yaml.table().format, 18u);
  EXPECT_STREQ(yaml.table().media_type, "application/yaml");
}

TEST_F(Types, Constants) {
  same(null(), "null");
  same(boolean(true), "true");
  same(boolean(false), "false");
  for (const char* word : {"~", "Null", "NULL", "--- ", "!!null x", "!", "--- !\n"}) {
    reads(word, null());
  }
  reads("{a: !, b: c}", map({{text("a"), null()}, {text("b"), text("c")}}));
  reads("- ! ''\n- ! |\n  x\n", list({null(), text("x\n")}));
  for (const char* word : {"yes", "On", "TRUE", "!!bool 'tRuE'"}) reads(word, boolean(true));
  for (const char* word : {"no", "off", "False"}) reads(word, boolean(false));
  for (const char* word : {"y", "N", "tRue", "nuLL"}) reads(word, text(word));
}

TEST_F(Types, IntegersOfAnySizeAreExact) {
  for (const char* digits : {"0", "1", "-1", "9223372036854775807", "-9223372036854775808",
                             "9223372036854775808", "18446744073709551615", "18446744073709551616",
                             "-9223372036854775809", "100000000000000000000000000000000000000"}) {
    same(integer(std::string(digits)), digits);
  }
  const std::string long_one = "-1" + std::string(5'000, '7');
  same(integer(long_one), long_one);
}

TEST_F(Types, IntegersInOtherBases) {
  reads("0b1010_0111", integer(167));
  reads("-0x1F", integer(-31));
  reads("+0777", integer(511));
  reads("190:20:30", integer(685'230));
  reads("1_000_", integer(1'000));
  reads("-0", integer(0));
  reads("08", text("08"));
  reads("0xFFFFFFFFFFFFFFFF", integer("18446744073709551615"));
  reads("0x10000000000000000", integer("18446744073709551616"));
  reads("-0x8000000000000001", integer("-9223372036854775809"));
  reads("0b1" + std::string(200, '0'),
        integer("1606938044258990275541962092341162602522202993782792835301376"));  // 2^200
  reads("12345678901234567890:59", integer("740740734074074073459"));
  // Base ten takes any length, others take time.
  reads(std::string(100'000, '9'), integer(std::string(100'000, '9')));
  EXPECT_EQ(yaml.decode("0x" + std::string(9'000, 'F')).detail("offset"), "0");
}

TEST_F(Types, FloatsStayFloatsAndExact) {
  const struct {
    double value;
    const char* bytes;
  } cases[] = {{0.0, "0.0"},
               {-0.0, "-0.0"},
               {-1.5, "-1.5"},
               {0.30000000000000004, "0.30000000000000004"},
               {1e15, "1000000000000000.0"},
               {1e16, "1.0e+16"},
               {-1e16, "-1.0e+16"},
               {1.5e300, "1.5e+300"},
               {1e-5, "1.0e-05"},
               {5e-324, "5.0e-324"},
               {1.7976931348623157e308, "1.7976931348623157e+308"},
               {kInfinity, ".inf"},
               {-kInfinity, "-.inf"}};
  for (const auto& c : cases) same(real(c.value), c.bytes);
  const Decoded nan = yaml.decode(yaml.encode(real(std::nan(""))).bytes);
  ASSERT_TRUE(nan.ok());
  EXPECT_EQ(nan.value, real(std::numeric_limits<double>::quiet_NaN()));
}

TEST_F(Types, FloatsAreReadAsPythonReadsThem) {
  reads("1.", real(1.0));
  reads("1_0.5_0", real(10.5));
  reads(".5", real(0.5));
  reads("190:20:30.15", real(685'230.15));
  reads("1.0e+400", real(kInfinity));
  reads("-1.0e+400", real(-kInfinity));
  reads("1.0e-400", real(0.0));
  reads("!!float 1e5", real(1e5));
  for (const char* word : {"1e5", "1.0e5", "+.5", "-.nan", ".iNF"}) reads(word, text(word));
}

TEST_F(Types, Text) {
  same(text(""), "\"\"");
  same(text("abc"), "abc");
  same(text("Hello, world (again)"), "Hello, world (again)");
  same(text("http://example.org/a"), "http://example.org/a");
  same(text("Grüße, 世界 😀"), "Grüße, 世界 😀");
  same(text("a \"b\" \\c"), "\"a \\\"b\\\" \\\\c\"");
  same(text(" a"), "\" a\"");
  same(text(std::string_view("\0\x01\x1f\x7f\t\r", 6)), "\"\\0\\x01\\x1F\\x7F\\t\\r\"");
  same(text("\u0085\u2028\u2029\ufeff\uffff"), "\"\\x85\\u2028\\u2029\\uFEFF\\uFFFF\"");
  for (const char* word :
       {"null", "yes", "Off", "y",   "NaN", "12",   "1.5",  "2001-12-14", "<<", "=",
        "0o7",  "1e5", "~",   "- a", "? a", "a: b", "a #b", "&a",         "*a", "!a",
        "%a",   "@a",  "|",   ">",   "[",   "{",    "---",  "..."}) {
    same(text(word), "\"" + std::string(word) + "\"");
  }
}

TEST_F(Types, TextOfLines) {
  same(text("a\nb"), "|-\n  a\n  b");
  same(text("a\n\n  b\n"), "|\n  a\n\n    b");
  same(text("a\n\n\n"), "|+\n  a\n\n");
  same(map({{text("k"), text("a\n")}, {text("l"), null()}}), "k: |\n  a\nl: null");
  same(list({text("a\n---\nb\n\n")}), "- |+\n  a\n  ---\n  b\n");
  // Where a block would not show what is there, or not keep it.
  for (const char* lines : {" a\nb", "a \nb", "\na", "\n", "a\n\t"}) {
    const Encoded encoded = yaml.encode(text(lines));
    EXPECT_EQ(encoded.bytes[0], '"') << encoded.bytes;
    reads(encoded.bytes, text(lines));
  }
}

TEST_F(Types, Bytes) {
  same(blob(""), "!!binary \"\"");
  same(blob(std::string_view("\0\xff\x10\x83", 4)), "!!binary AP8Qgw==");
  reads("!!binary |\n  AP8Q\n  gw==\n", blob(std::string_view("\0\xff\x10\x83", 4)));
  // As PyYAML reads them: other characters are skipped, and padding is the end.
  for (const char* other : {"'AP8Q gw=='", "'*AP8Q.gw=*='", "AP8Qgw==AA==", "'AP8Q=gw=='"}) {
    reads("!!binary " + std::string(other), blob(std::string_view("\0\xff\x10\x83", 4)));
  }
  for (const char* nothing : {"'*'", "====", "''"})
    reads("!!binary " + std::string(nothing), blob(""));
  for (const char* wrong : {"AP8", "A===", "AA=A", "AP8!", "ä", "'ä'", "AP8Qä"}) {
    EXPECT_EQ(yaml.decode("!!binary " + std::string(wrong)).status, COFFER_CORRUPT) << wrong;
  }
}

TEST_F(Types, ListsMapsAndSets) {
  same(list({}), "[]");
  same(map({}), "{}");
  same(list({}, COFFER_SET), "!!set {}");
  same(list({integer(1), list({null(), list({})}), map({})}), "- 1\n- - null\n  - []\n- {}");
  same(map({{text("a"), list({integer(1)})}, {text("b"), map({{text("c"), real(0.5)}})}}),
       "a:\n  - 1\nb:\n  c: 0.5");
  same(list({text("a"), null()}, COFFER_SET), "!!set\n? a\n? null");
  same(map({{text("s"), list({integer(1)}, COFFER_SET)}}), "s: !!set\n  ? 1");
  same(list({map({{text("a"), null()}, {text("b"), null()}})}), "- a: null\n  b: null");
  same(map({{integer(1), null()}, {real(0.5), null()}, {null(), null()}, {blob("x"), null()}}),
       "1: null\n0.5: null\nnull: null\n!!binary eA==: null");
  same(map({{text("a"), integer(1)}, {text("a"), integer(2)}}), "a: 1\na: 2");
}

TEST_F(Types, LongKeysTakeAQuestionMark) {
  same(map({{text(std::string(128, 'k')), null()}}), std::string(128, 'k') + ": null");
  same(map({{text(std::string(2'000, 'k')), list({null()})}}),
       "? " + std::string(2'000, 'k') + "\n: - null");
  same(map({{blob(std::string(3'000, '\0')), null()}}),
       "? !!binary " + std::string(4'000, 'A') + "\n: null");
}

TEST_F(Types, DeepNestingTurnsToFlowStyle) {
  Value nested = integer(1);
  std::string expected;
  for (int i = 0; i < 100; ++i) nested = map({{text("k"), nested}});
  const Encoded encoded = yaml.encode(nested);
  EXPECT_LT(encoded.bytes.size(), 2'500u);
  reads(encoded.bytes, nested);
}

TEST_F(Types, DatesAndTimes) {
  const auto date = [](int32_t days) { return packed_ext(COFFER_EXT_DATE, days); };
  const auto local = [](int64_t s, int32_t ns) { return packed_ext(COFFER_EXT_DATETIME, s, ns); };
  const auto zoned = [](int64_t s, int32_t ns, int32_t offset) {
    return packed_ext(COFFER_EXT_DATETIME_TZ, s, ns, offset);
  };
  same(date(0), "1970-01-01");
  same(date(19'782), "2024-02-29");
  same(date(-719'162), "0001-01-01");
  same(date(2'932'896), "9999-12-31");
  same(local(1'709'208'000, 0), "2024-02-29T12:00:00");
  same(local(-1, 1'000), "1969-12-31T23:59:59.000001");
  same(zoned(1'709'208'000, 500'000'000, 7'200), "2024-02-29T14:00:00.500+02:00");
  same(zoned(0, 0, -19'800), "1969-12-31T18:30:00-05:30");
  reads("2001-12-14t21:59:43.10-05:00", zoned(1'008'385'183, 100'000'000, -18'000));
  reads("2001-12-14 21:59:43.1 -5", zoned(1'008'385'183, 100'000'000, -18'000));
  reads("2001-1-4 1:59:43Z", zoned(978'573'583, 0, 0));
  reads("2001-12-14 21:59:43.1234567899", local(1'008'367'183, 123'456'789));
  reads("!!timestamp '2001-1-4'", date(11'326));
  reads("2001-1-4", text("2001-1-4"));
  for (const char* wrong : {"2001-02-29", "2001-13-01", "0000-01-01", "2001-01-01 24:00:00",
                            "2001-01-01 00:00:60", "2001-01-01 00:00:00+24:00"}) {
    EXPECT_EQ(yaml.decode(wrong).status, COFFER_CORRUPT) << wrong;
  }
}

TEST_F(Types, OrderedMapsAndPairsAreListsOfTuples) {
  const Value pairs = list(
      {list({text("a"), integer(1)}, COFFER_TUPLE), list({text("a"), integer(2)}, COFFER_TUPLE)});
  reads("!!omap [a: 1, a: 2]", pairs);
  reads("!!pairs\n- a: 1\n- a: 2\n", pairs);
  reads("- &x {a: 1}\n- !!pairs [*x, a: 2]\n", list({map({{text("a"), integer(1)}}), pairs}));
}

TEST_F(Types, Aliases) {
  reads("- &a [1, &b x]\n- *a\n- {*b : *a}\n",
        list({list({integer(1), text("x")}), list({integer(1), text("x")}),
              map({{text("x"), list({integer(1), text("x")})}})}));
  reads("[&a !!set {x}, *a]", list({list({text("x")}, COFFER_SET), list({text("x")}, COFFER_SET)}));
}

TEST_F(Types, MergeKeys) {
  const auto pairs = [](int a, int b) {
    return map({{text("a"), integer(a)}, {text("b"), integer(b)}});
  };
  reads("{<<: {a: 1}, b: 2}", pairs(1, 2));
  reads("{<<: {a: 9, b: 2}, a: 1}", map({{text("b"), integer(2)}, {text("a"), integer(1)}}));
  reads("{a: 1, <<: {a: 9, b: 2}}", map({{text("b"), integer(2)}, {text("a"), integer(1)}}));
  reads("{<<: [{a: 1}, {a: 9, b: 2}]}", map({{text("b"), integer(2)}, {text("a"), integer(1)}}));
  reads("{<<: {<<: {a: 9, b: 2}, a: 1}}", map({{text("b"), integer(2)}, {text("a"), integer(1)}}));
  reads("{<<: {1: x, '1': y}, 1: z}", map({{text("1"), text("y")}, {integer(1), text("z")}}));
  reads("{'<<': {a: 1}}", map({{text("<<"), map({{text("a"), integer(1)}})}}));
  reads("[<<, =]", list({text("<<"), text("=")}));
  reads("!!set {<<: {a, b}, c}", list({text("a"), text("b"), text("c")}, COFFER_SET));
}

TEST_F(Types, OtherWaysToWriteThings) {
  reads("\xef\xbb\xbf- a\n", list({text("a")}));
  reads("# a comment\n%YAML 1.1\n---\n'it''s'\n", text("it's"));
  reads("{\"a\":[1,2.5,null,true]}",
        map({{text("a"), list({integer(1), real(2.5), null(), boolean(true)})}}));
  reads("? [1]\n: x\n", map({{list({integer(1)}), text("x")}}));
  reads("a: >\n  folded\n  text\n", map({{text("a"), text("folded text\n")}}));
  reads("!<tag:yaml.org,2002:str> 12", text("12"));
}

}  // namespace
}  // namespace coffer::yaml
