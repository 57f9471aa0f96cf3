// What YAML does not have: refused with its path, or written as an option says.
#include <gtest/gtest.h>

#include "plugins/serializers/yaml/testing.h"

namespace coffer::yaml {
namespace {

using namespace coffer::serializers;

// Refused, and says where and what could be done.
void refused(const Value& value, std::string_view at, std::string_view message,
             const conformance::OptionValues& options = {}) {
  Serializer yaml(kYaml, options);
  const Encoded encoded = yaml.encode(value);
  EXPECT_EQ(encoded.status, COFFER_UNSUPPORTED) << value;
  EXPECT_EQ(encoded.problem, "");
  EXPECT_EQ(encoded.detail("at"), at);
  EXPECT_NE(encoded.message.find(message), std::string::npos) << encoded.message;
}

// Without the line that ends a document.
std::string written(const Value& value, const conformance::OptionValues& options = {}) {
  Serializer yaml(kYaml, options);
  const Encoded encoded = yaml.encode(value);
  EXPECT_TRUE(encoded.ok()) << value << encoded;
  EXPECT_TRUE(encoded.bytes.ends_with("\n...\n"));
  return encoded.bytes.substr(0, encoded.bytes.size() - 5);
}

TEST(Options, ListKinds) {
  refused(list({list({}, COFFER_TUPLE)}), "$[0]", "$[0] is a tuple, which YAML does not have");
  refused(list({}, COFFER_FROZENSET), "$", "$ is a frozen set");
  const conformance::OptionValues plain = {{"ext", "plain"}};
  EXPECT_EQ(written(list({integer(1)}, COFFER_TUPLE), plain), "- 1");
  EXPECT_EQ(written(list({integer(1)}, COFFER_FROZENSET), plain), "!!set\n? 1");
}

TEST(Options, Keys) {
  const auto keyed = [](Value key) { return map({{text("m"), map({{std::move(key), null()}})}}); };
  refused(keyed(list({})), "$.m", "a key of $.m is a list");
  refused(keyed(map({})), "$.m", "a key of $.m is a map");
  refused(list({list({})}, COFFER_SET), "$[0]", "$[0] is a list");
  refused(keyed(list({}, COFFER_SET)), "$.m", "the option \"keys\"");
  const conformance::OptionValues any = {{"keys", "any"}};
  EXPECT_EQ(written(keyed(list({integer(1)})), any), "m:\n  ? - 1\n  : null");
  EXPECT_EQ(written(keyed(map({})), any), "m:\n  ? {}\n  : null");
  EXPECT_EQ(written(list({list({integer(1), integer(2)})}, COFFER_SET), any),
            "!!set\n? - 1\n  - 2");
  EXPECT_EQ(written(keyed(list({integer(1)})), {{"keys", "any"}, {"indent", "0"}}),
            "{m: {? [1] : null}}");
  // A tuple takes both.
  refused(keyed(list({}, COFFER_TUPLE)), "$.m", "the option \"ext\"", any);
  refused(keyed(list({}, COFFER_TUPLE)), "$.m", "the option \"keys\"", {{"ext", "plain"}});
}

TEST(Options, Extensions) {
  const conformance::OptionValues plain = {{"ext", "plain"}};
  const Value decimal = ext(COFFER_EXT_DECIMAL, "-12.50");
  refused(map({{text("items"), list({null(), map({{text("price"), decimal}})})}}),
          "$.items[1].price", "$.items[1].price is a decimal");
  EXPECT_EQ(written(decimal, plain), "\"-12.50\"");
  const Value uuid =
      ext(COFFER_EXT_UUID, "\x01\x23\x45\x67\x89\xab\xcd\xef\xfe\xdc\xba\x98\x76\x54\x32\x10");
  refused(uuid, "$", "a UUID");
  EXPECT_EQ(written(uuid, plain), "\"01234567-89ab-cdef-fedc-ba9876543210\"");
  const Value time = packed_ext(COFFER_EXT_TIME, int64_t{3'600'500'000'000});
  refused(time, "$", "a time");
  EXPECT_EQ(written(time, plain), "\"01:00:00.500\"");
  const Value duration = packed_ext(COFFER_EXT_DURATION, int64_t{90}, int32_t{0});
  refused(duration, "$", "a duration");
  EXPECT_EQ(written(duration, plain), "PT90S");
  refused(ext(COFFER_EXT_APPLICATION, "x"), "$", "an application's own type", plain);
  refused(ext(77, "x"), "$", "in a form that has no text", plain);
}

TEST(Options, TimestampsThatYamlDoesNotHave) {
  const conformance::OptionValues plain = {{"ext", "plain"}};
  const auto each = [&](const Value& value, std::string_view reason, std::string_view as_text) {
    refused(value, "$", reason);
    EXPECT_EQ(written(value, plain), as_text);
  };
  each(packed_ext(COFFER_EXT_DATE, int32_t{2'932'897}), "the years 1 to 9999", "\"+10000-01-01\"");
  each(packed_ext(COFFER_EXT_DATE, int32_t{-719'163}), "the years 1 to 9999", "\"0000-12-31\"");
  each(packed_ext(COFFER_EXT_DATETIME, int64_t{253'402'300'800}, int32_t{0}), "the years 1 to 9999",
       "\"+10000-01-01T00:00:00\"");
  each(packed_ext(COFFER_EXT_DATETIME, int64_t{0}, int32_t{1}), "finer than the microseconds",
       "\"1970-01-01T00:00:00.000000001\"");
  each(packed_ext(COFFER_EXT_DATETIME_TZ, int64_t{0}, int32_t{0}, int32_t{30}),
       "a zone with seconds", "\"1970-01-01T00:00:30+00:00:30\"");
  refused(packed_ext(COFFER_EXT_DATETIME, int64_t{0}, int32_t{-1}), "$", "in a form", plain);
  refused(packed_ext(COFFER_EXT_DATETIME_TZ, INT64_MAX, int32_t{0}, int32_t{60}), "$", "in a form");
  refused(ext(COFFER_EXT_DATE, "12345"), "$", "in a form that has no text");
}

TEST(Options, Indent) {
  const Value value = map({{text("a"), list({integer(1), map({{text("b"), text("x\ny\n")}})})}});
  EXPECT_EQ(written(value), "a:\n  - 1\n  - b: |\n      x\n      y");
  EXPECT_EQ(written(value, {{"indent", "4"}}),
            "a:\n    -   1\n    -   b: |\n            x\n            y");
  EXPECT_EQ(written(value, {{"indent", "0"}}), "{a: [1, {b: \"x\\ny\\n\"}]}");
  EXPECT_EQ(written(list({text("a, b")})), "- a, b");
  EXPECT_EQ(written(list({text("a, b")}), {{"indent", "0"}}), "[\"a, b\"]");
}

TEST(Options, Ascii) {
  EXPECT_EQ(written(text("aä€😀\x7f\n~"), {{"ascii", "true"}}),
            "\"a\\xE4\\u20AC\\U0001F600\\x7F\\n~\"");
  EXPECT_EQ(written(text("plain"), {{"ascii", "true"}}), "plain");
}

TEST(Options, ThoseThatMakeNoSenseAreRefused) {
  const struct {
    const char* key;
    const char* value;
    const char* message;
  } cases[] = {{"keys", "text", "it can be error or any"},
               {"ext", "iso", "it can be error or plain"},
               {"indent", "17", "the option \"indent\" is 17; it can be 2 to 16"},
               {"indent", "1", "2 to 16"}};
  for (const auto& c : cases) {
    Serializer yaml(kYaml, {{c.key, c.value}});
    EXPECT_EQ(yaml.created().status, COFFER_INVALID_ARGUMENT) << c.key;
    EXPECT_EQ(yaml.created().detail("option"), c.key);
    EXPECT_NE(yaml.created().message.find(c.message), std::string::npos) << yaml.created();
  }
}

TEST(Paths, TextThatIsNotUtf8) {
  refused(map({{text("name"), text("Gr\xfc\xdf")}}), "$.name", "$.name is text that is not UTF-8");
}

}  // namespace
}  // namespace coffer::yaml
