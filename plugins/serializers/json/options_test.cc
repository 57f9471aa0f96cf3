// What JSON does not have: refused with its path, or written as an option says.
#include <gtest/gtest.h>

#include <limits>

#include "plugins/serializers/json/testing.h"

namespace coffer::json {
namespace {

using namespace coffer::serializers;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

// Refused, and says where and what could be done.
void refused(const Value& value, std::string_view at, std::string_view message,
             const conformance::OptionValues& options = {}) {
  Serializer json(kJson, options);
  const Encoded encoded = json.encode(value);
  EXPECT_EQ(encoded.status, COFFER_UNSUPPORTED) << value;
  EXPECT_EQ(encoded.problem, "");
  EXPECT_EQ(encoded.detail("at"), at);
  EXPECT_NE(encoded.message.find(message), std::string::npos) << encoded.message;
}

std::string written(const Value& value, const conformance::OptionValues& options) {
  Serializer json(kJson, options);
  const Encoded encoded = json.encode(value);
  EXPECT_TRUE(encoded.ok()) << value << encoded;
  return encoded.bytes;
}

TEST(Options, Nan) {
  const Value value = list({real(kNan), real(kInfinity), real(-kInfinity), real(1)});
  refused(value, "$[0]", "$[0] is NaN, which JSON does not have; the option \"nan\"");
  refused(real(-kInfinity), "$", "$ is -Infinity");
  EXPECT_EQ(written(value, {{"nan", "null"}}), "[null,null,null,1.0]");
  EXPECT_EQ(written(value, {{"nan", "text"}}), "[\"NaN\",\"Infinity\",\"-Infinity\",1.0]");
  EXPECT_EQ(written(value, {{"nan", "number"}}), "[NaN,Infinity,-Infinity,1.0]");
}

TEST(Options, NanIsRead) {
  const std::string theirs = "[NaN, Infinity,-Infinity ,{\"NaN\":NaN},1.5]";
  const auto read = [](const std::string& text, const conformance::OptionValues& options) {
    return Serializer(kJson, options).decode(text);
  };
  const Decoded strict = read(theirs, {});
  EXPECT_EQ(strict.status, COFFER_CORRUPT);
  EXPECT_EQ(strict.detail("offset"), "1");
  EXPECT_NE(strict.message.find("the option \"nan\" can read them as"), std::string::npos);
  for (const std::string ext : {"error", "plain", "tagged"}) {
    const auto three = [&](const Value& nan, const Value& up, const Value& down) {
      return list({nan, up, down, map({{text("NaN"), nan}}), real(1.5)});
    };
    EXPECT_EQ(read(theirs, {{"nan", "null"}, {"ext", ext}}).value, three(null(), null(), null()));
    EXPECT_EQ(read(theirs, {{"nan", "text"}, {"ext", ext}}).value,
              three(text("NaN"), text("Infinity"), text("-Infinity")));
    EXPECT_EQ(read(theirs, {{"nan", "number"}, {"ext", ext}}).value,
              three(real(kNan), real(kInfinity), real(-kInfinity)));
  }
  EXPECT_EQ(read("-Infinity", {{"nan", "number"}}).value, real(-kInfinity));
  for (const std::string no :
       {"nan", "NAN", "Nan", "-NaN", "+Infinity", "Inf", "inf", "-Inf", "infinity", "NaN1", "NaNN",
        "[NaN Infinity]", "--Infinity", "{NaN:1}", "- Infinity", "Na", "-Infinit", "N", "-I"}) {
    EXPECT_EQ(read(no, {{"nan", "number"}}).status, COFFER_CORRUPT) << no;
  }
}

TEST(Options, Binary) {
  refused(map({{text("data"), blob("x")}}), "$.data", "$.data is bytes");
  const std::string bytes("\x00\xff\x10\x83\xfb\xf0", 6);
  const char* expected[] = {"", "AA==", "AP8=", "AP8Q", "AP8Qgw==", "AP8Qg/s=", "AP8Qg/vw"};
  for (size_t size = 0; size <= bytes.size(); ++size) {
    EXPECT_EQ(written(blob(bytes.substr(0, size)), {{"binary", "base64"}}),
              "\"" + std::string(expected[size]) + "\"");
  }
  const std::string long_one(10'000, 'x');
  EXPECT_EQ(written(blob(long_one), {{"binary", "base64"}}).size(), 2 + (10'000 + 2) / 3 * 4);
}

TEST(Options, Keys) {
  const auto keyed = [](Value key) { return map({{text("m"), map({{std::move(key), null()}})}}); };
  refused(keyed(integer(1)), "$.m", "a key of $.m is a number, and keys are text in JSON");
  refused(keyed(null()), "$.m", "a key of $.m is null");
  refused(keyed(boolean(true)), "$.m", "a key of $.m is a boolean");
  const conformance::OptionValues text_keys = {{"keys", "text"}};
  EXPECT_EQ(written(keyed(integer(-1)), text_keys), "{\"m\":{\"-1\":null}}");
  EXPECT_EQ(written(keyed(integer("18446744073709551616")), text_keys),
            "{\"m\":{\"18446744073709551616\":null}}");
  EXPECT_EQ(written(keyed(real(0.5)), text_keys), "{\"m\":{\"0.5\":null}}");
  EXPECT_EQ(written(keyed(boolean(false)), text_keys), "{\"m\":{\"false\":null}}");
  EXPECT_EQ(written(keyed(null()), text_keys), "{\"m\":{\"null\":null}}");
  // Lists and maps are keys in no way.
  refused(keyed(list({})), "$.m", "a key of $.m is a list", text_keys);
  refused(keyed(map({})), "$.m", "a key of $.m is a map", text_keys);
  // What needs an option to be text needs it as a key too, and this one.
  refused(keyed(blob("x")), "$.m", "the option \"binary\"", text_keys);
  refused(keyed(blob("x")), "$.m", "the option \"keys\"", {{"binary", "base64"}});
  EXPECT_EQ(written(keyed(blob("x")), {{"keys", "text"}, {"binary", "base64"}}),
            "{\"m\":{\"eA==\":null}}");
  refused(keyed(real(kNan)), "$.m", "the option \"nan\"", text_keys);
  EXPECT_EQ(written(keyed(real(kNan)), {{"keys", "text"}, {"nan", "text"}}),
            "{\"m\":{\"NaN\":null}}");
  EXPECT_EQ(
      written(keyed(packed_ext(COFFER_EXT_DATE, int32_t{0})), {{"keys", "text"}, {"ext", "plain"}}),
      "{\"m\":{\"1970-01-01\":null}}");
}

TEST(Options, ListKinds) {
  refused(list({list({}, COFFER_TUPLE)}), "$[0]", "$[0] is a tuple");
  refused(list({}, COFFER_SET), "$", "$ is a set");
  refused(list({}, COFFER_FROZENSET), "$", "$ is a frozen set");
  EXPECT_EQ(written(list({integer(1), list({}, COFFER_SET)}, COFFER_TUPLE), {{"ext", "plain"}}),
            "[1,[]]");
}

TEST(Options, Extensions) {
  const auto plain = [](const Value& value) { return written(value, {{"ext", "plain"}}); };
  const Value decimal = ext(COFFER_EXT_DECIMAL, "-12.50");
  refused(map({{text("price"), decimal}}), "$.price", "$.price is a decimal");
  EXPECT_EQ(plain(decimal), "\"-12.50\"");
  EXPECT_EQ(plain(ext(COFFER_EXT_UUID,
                      "\x01\x23\x45\x67\x89\xab\xcd\xef\xfe\xdc\xba\x98\x76\x54\x32\x10")),
            "\"01234567-89ab-cdef-fedc-ba9876543210\"");
  const auto date = [&](int32_t days) { return plain(packed_ext(COFFER_EXT_DATE, days)); };
  EXPECT_EQ(date(0), "\"1970-01-01\"");
  EXPECT_EQ(date(-1), "\"1969-12-31\"");
  EXPECT_EQ(date(19'782), "\"2024-02-29\"");
  EXPECT_EQ(date(-25'508), "\"1900-03-01\"");
  EXPECT_EQ(date(2'932'896), "\"9999-12-31\"");
  EXPECT_EQ(date(2'932'897), "\"+10000-01-01\"");
  EXPECT_EQ(date(-719'528), "\"0000-01-01\"");
  EXPECT_EQ(date(-719'529), "\"-0001-12-31\"");
  EXPECT_EQ(date(INT32_MAX), "\"+5881580-07-11\"");
  EXPECT_EQ(date(INT32_MIN), "\"-5877641-06-23\"");
  const auto time = [&](auto... parts) { return plain(packed_ext(COFFER_EXT_TIME, parts...)); };
  EXPECT_EQ(time(int64_t{0}), "\"00:00:00\"");
  EXPECT_EQ(time(int64_t{86'399'999'999'999}), "\"23:59:59.999999999\"");
  EXPECT_EQ(time(int64_t{3'600'500'000'000}), "\"01:00:00.500\"");
  EXPECT_EQ(time(int64_t{3'600'000'500'000}, int32_t{-5'400}), "\"01:00:00.000500-01:30\"");
  const auto moment = [&](auto... parts) {
    return plain(packed_ext(COFFER_EXT_DATETIME, parts...));
  };
  EXPECT_EQ(moment(int64_t{1'709'208'000}, int32_t{0}), "\"2024-02-29T12:00:00\"");
  EXPECT_EQ(moment(int64_t{-1}, int32_t{1}), "\"1969-12-31T23:59:59.000000001\"");
  const auto zoned = [&](auto... parts) {
    return plain(packed_ext(COFFER_EXT_DATETIME_TZ, parts...));
  };
  EXPECT_EQ(zoned(int64_t{1'709'208'000}, int32_t{0}, int32_t{0}), "\"2024-02-29T12:00:00+00:00\"");
  EXPECT_EQ(zoned(int64_t{1'709'208'000}, int32_t{0}, int32_t{7'200}),
            "\"2024-02-29T14:00:00+02:00\"");
  EXPECT_EQ(zoned(int64_t{0}, int32_t{0}, int32_t{-18'030}), "\"1969-12-31T18:59:30-05:00:30\"");
  const auto duration = [&](int64_t seconds, int32_t nanoseconds) {
    return plain(packed_ext(COFFER_EXT_DURATION, seconds, nanoseconds));
  };
  EXPECT_EQ(duration(0, 0), "\"PT0S\"");
  EXPECT_EQ(duration(90, 500'000'000), "\"PT90.500S\"");
  EXPECT_EQ(duration(-1, 750'000'000), "\"-PT0.250S\"");
  EXPECT_EQ(duration(-90, 0), "\"-PT90S\"");
  EXPECT_EQ(duration(INT64_MIN, 0), "\"-PT9223372036854775808S\"");
}

TEST(Options, ExtensionsWithoutTextAreRefused) {
  const conformance::OptionValues plain = {{"ext", "plain"}};
  refused(ext(COFFER_EXT_APPLICATION, "x"), "$", "an application's own type", plain);
  refused(ext(77, "x"), "$", "in a form that has no text", plain);
  refused(ext(COFFER_EXT_UUID, "short"), "$", "a UUID", plain);
  refused(ext(COFFER_EXT_DATE, "12345"), "$", "a date", plain);
  refused(packed_ext(COFFER_EXT_TIME, int64_t{-1}), "$", "a time", plain);
  refused(packed_ext(COFFER_EXT_DATETIME, int64_t{0}, int32_t{-1}), "$", "a date and time", plain);
  refused(packed_ext(COFFER_EXT_DATETIME_TZ, INT64_MAX, int32_t{0}, int32_t{1}), "$",
          "a date and time", plain);
  refused(ext(COFFER_EXT_DECIMAL, "1\n"), "$", "a decimal", plain);
}

TEST(Options, Ascii) {
  EXPECT_EQ(written(text("aä€😀\x7f\n~"), {{"ascii", "true"}}),
            "\"a\\u00e4\\u20ac\\ud83d\\ude00\\u007f\\n~\"");
}

TEST(Options, Indent) {
  const Value value = map({{text("a"), list({integer(1), list({})})}, {text("b"), map({})}});
  EXPECT_EQ(written(value, {{"indent", "2"}}),
            "{\n  \"a\": [\n    1,\n    []\n  ],\n  \"b\": {}\n}");
  EXPECT_EQ(written(integer(1), {{"indent", "4"}}), "1");
}

TEST(Options, ThoseThatMakeNoSenseAreRefused) {
  const struct {
    const char* key;
    const char* value;
    const char* message;
  } cases[] = {
      {"nan", "NULL", "the option \"nan\" is \"NULL\"; it can be error, null, text or number"},
      {"binary", "hex", "it can be error or base64"},
      {"keys", "", "it can be error or text"},
      {"ext", "iso", "it can be error, plain or tagged"},
      {"indent", "17", "the option \"indent\" is 17; it can be 0 to 16"},
      {"indent", "-1", "0 to 16"}};
  for (const auto& c : cases) {
    Serializer json(kJson, {{c.key, c.value}});
    EXPECT_EQ(json.created().status, COFFER_INVALID_ARGUMENT) << c.key;
    EXPECT_EQ(json.created().problem, "");
    EXPECT_EQ(json.created().detail("option"), c.key);
    EXPECT_NE(json.created().message.find(c.message), std::string::npos) << json.created();
  }
}

TEST(Paths, NameKeysAndIndexes) {
  const Value bad = real(kNan);
  refused(map({{text("items"), list({null(), list({}), map({{text("price"), bad}})})}}),
          "$.items[2].price", "$.items[2].price is NaN");
  refused(map({{text("a"), list({list({})})}, {text("b"), map({{text("c"), list({bad})}})}}),
          "$.b.c[0]", "");
  refused(map({{text("we \"ird\"\n"), bad}}), "$[\"we \\\"ird\\\"\\n\"]", "");
  refused(map({{text("1st"), bad}}), "$[\"1st\"]", "");
  refused(map({{text(""), bad}}), "$[\"\"]", "");
  refused(map({{text(std::string(63, 'k') + "ä tail"), bad}}),
          "$[\"" + std::string(63, 'k') + "...\"]", "");
  refused(map({{integer(7), list({bad})}}), "$[\"7\"][0]", "", {{"keys", "text"}});
  refused(list({map({{list({}), null()}})}), "$[0]", "a key of $[0] is a list");
}

TEST(Paths, TextThatIsNotUtf8) {
  refused(map({{text("name"), text("Gr\xfc\xdf")}}), "$.name", "$.name is text that is not UTF-8");
}

// A value that plays something else the second time has no path, and does no harm.
TEST(Paths, AValueThatChanges) {
  Serializer json(kJson);
  int plays = 0;
  const coffer_value value = {&plays, [](void* self, const coffer_visitor* v, coffer_sink*) {
                                return (*static_cast<int*>(self))++ == 0 ? v->f64(v->self, kNan)
                                                                         : coffer_status{COFFER_OK};
                              }};
  StringWriter out;
  const Encoded encoded = json.encode(value, out.writer());
  EXPECT_EQ(encoded.status, COFFER_UNSUPPORTED);
  EXPECT_EQ(encoded.detail("at"), "$");
  EXPECT_EQ(encoded.problem, "");
  EXPECT_EQ(plays, 2);
}

}  // namespace
}  // namespace coffer::json
