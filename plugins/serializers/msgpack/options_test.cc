// What the options make of what MessagePack lacks, what is refused, and where.
#include <gtest/gtest.h>

#include "plugins/serializers/msgpack/testing.h"

namespace coffer::msgpack {
namespace {

using namespace coffer::serializers;
using namespace std::string_literals;
using OptionValues = conformance::OptionValues;

// Refused, and says where and what could be done.
void refused(const Value& value, std::string_view at, std::string_view message,
             const OptionValues& options = {}) {
  const Serializer msgpack(kMsgpack, options);
  const Encoded encoded = msgpack.encode(value);
  EXPECT_EQ(encoded.status, COFFER_UNSUPPORTED) << value;
  EXPECT_EQ(encoded.problem, "");
  EXPECT_EQ(encoded.detail("at"), at);
  EXPECT_NE(encoded.message.find(message), std::string::npos) << encoded.message;
}

std::string written(const Value& value, const OptionValues& options) {
  const Serializer msgpack(kMsgpack, options);
  const Encoded encoded = msgpack.encode(value);
  EXPECT_TRUE(encoded.ok()) << value << encoded;
  return encoded.bytes;
}

const Value kPrice = ext(COFFER_EXT_DECIMAL, "-12.50");

TEST(Ext, ErrorRefusesWhatMessagePackLacks) {
  const OptionValues error = {{"ext", "error"}};
  refused(map({{text("items"), list({null(), map({{text("price"), kPrice}})})}}),
          "$.items[1].price", "$.items[1].price is a decimal, which MessagePack does not have",
          error);
  refused(integer("18446744073709551616"), "$", "an integer beyond 64 bits", error);
  refused(list({list({}, COFFER_TUPLE)}), "$[0]", "$[0] is a tuple", error);
  refused(list({}, COFFER_SET), "$", "$ is a set", error);
  refused(list({}, COFFER_FROZENSET), "$", "$ is a frozen set", error);
  refused(map({{list({}, COFFER_TUPLE), null()}}), "$", "a key of $ is a tuple", error);
  refused(packed_ext(COFFER_EXT_DATE, int32_t{1}), "$", "a date", error);
  refused(packed_ext(COFFER_EXT_DATETIME_TZ, int64_t{1}, int32_t{0}, int32_t{60}), "$",
          "a date and time", error);
  refused(ext(COFFER_EXT_APPLICATION, "x"), "$", "an application's own type", error);
  // Moments in UTC it has.
  EXPECT_EQ(written(packed_ext(COFFER_EXT_DATETIME_TZ, int64_t{1}, int32_t{0}, int32_t{0}), error),
            "\xd6\xff\x00\x00\x00\x01"s);
}

TEST(Ext, PlainMakesArraysAndText) {
  const OptionValues plain = {{"ext", "plain"}};
  EXPECT_EQ(written(kPrice, plain), "\xa6-12.50");
  EXPECT_EQ(written(integer("-18446744073709551616"), plain), "\xb5-18446744073709551616");
  EXPECT_EQ(written(list({integer(1), list({}, COFFER_SET)}, COFFER_TUPLE), plain), "\x92\x01\x90");
  EXPECT_EQ(written(packed_ext(COFFER_EXT_DATE, int32_t{0}), plain),
            "\xaa"
            "1970-01-01");
  EXPECT_EQ(written(packed_ext(COFFER_EXT_DURATION, int64_t{-1}, int32_t{750'000'000}), plain),
            "\xa9-PT0.250S");
  EXPECT_EQ(
      written(packed_ext(COFFER_EXT_DATETIME_TZ, int64_t{0}, int32_t{0}, int32_t{3'600}), plain),
      "\xb9"
      "1970-01-01T01:00:00+01:00");
  EXPECT_EQ(written(packed_ext(COFFER_EXT_DATETIME_TZ, int64_t{0}, int32_t{0}, int32_t{0}), plain),
            "\xd6\xff\x00\x00\x00\x00"s);
  refused(ext(COFFER_EXT_APPLICATION, "x"), "$", "the option \"ext\" can be \"typed\"", plain);
  refused(packed_ext(COFFER_EXT_DATETIME_TZ, INT64_MAX, int32_t{0}, int32_t{1}), "$",
          "in a form that has no text", plain);
}

// Reading knows the types, whatever is written.
TEST(Ext, IsForWritingAlone) {
  const Serializer plain(kMsgpack, {{"ext", "plain"}});
  EXPECT_EQ(plain.decode("\xc7\x06\x41-12.50").value, kPrice);
  EXPECT_EQ(plain.decode("\xd4\x48\x90").value, list({}, COFFER_TUPLE));
}

TEST(InvalidText, IsAnErrorOrBytes) {
  const Serializer strict(kMsgpack), lenient(kMsgpack, {{"invalid_text", "blob"}});
  const std::string bytes =
      "\x92\xa3"
      "ab\xff\xa1z";
  const Decoded decoded = strict.decode(bytes);
  EXPECT_EQ(decoded.status, COFFER_CORRUPT);
  EXPECT_EQ(decoded.detail("offset"), "4");
  EXPECT_NE(decoded.message.find("the option \"invalid_text\""), std::string::npos);
  EXPECT_EQ(lenient.decode(bytes).value, list({blob("ab\xff"), text("z")}));
  refused(map({{text("name"), text("Gr\xfc\xdf")}}), "$.name", "text that is not UTF-8",
          {{"invalid_text", "blob"}});
}

TEST(UnknownExt, IsAnErrorOrTheApplications) {
  const Serializer strict(kMsgpack), open(kMsgpack, {{"unknown_ext", "application"}});
  const std::string bytes =
      "\x92\xc0\xc7\x03\x05"
      "abc";
  const Decoded decoded = strict.decode(bytes);
  EXPECT_EQ(decoded.status, COFFER_UNSUPPORTED);
  EXPECT_EQ(decoded.problem, "");
  EXPECT_EQ(decoded.detail("offset"), "2");
  EXPECT_NE(decoded.message.find("extension type 5 at byte 2"), std::string::npos) << decoded;
  EXPECT_NE(decoded.message.find("the option \"unknown_ext\""), std::string::npos) << decoded;

  const Value value = list({null(), ext(COFFER_EXT_APPLICATION + 5, "abc")});
  EXPECT_EQ(open.decode(bytes).value, value);
  EXPECT_EQ(open.encode(value).bytes, bytes);  // and back, as it was
  // Types that are ours, or do not fit, have a wrapper.
  for (const uint32_t type : {64u, 75u, 128u, 70'000u}) {
    const Value wrapped = ext(COFFER_EXT_APPLICATION + type, "abc");
    const Encoded encoded = open.encode(wrapped);
    EXPECT_EQ(encoded.bytes.substr(0, 3), "\xc7\x07\x4b");
    EXPECT_EQ(open.decode(encoded.bytes).value, wrapped);
  }
  // Negative types are MessagePack's own.
  EXPECT_EQ(open.decode("\xd4\xfe\x01").status, COFFER_UNSUPPORTED);
  // The option needs no other.
  EXPECT_EQ(written(ext(COFFER_EXT_APPLICATION + 5, "abc"),
                    {{"unknown_ext", "application"}, {"ext", "error"}}),
            "\xc7\x03\x05"
            "abc");
}

TEST(Forms, ThatHeadersDoNotKnowAreRefused) {
  refused(ext(COFFER_EXT_UUID, "short"), "$", "a UUID, in a form");
  refused(ext(COFFER_EXT_DECIMAL, "1,5"), "$", "a decimal, in a form");
  refused(packed_ext(COFFER_EXT_TIME, int64_t{-1}), "$", "a time, in a form");
  refused(packed_ext(COFFER_EXT_DURATION, int64_t{0}, int32_t{-1}), "$", "in a form");
  refused(ext(0, ""), "$", "type 0");
  refused(list({}, 4), "$", "a list of an unknown kind");
}

TEST(Options, ThoseThatMakeNoSenseAreRefused) {
  const struct {
    const char* key;
    const char* value;
    const char* message;
  } cases[] = {{"ext", "iso", "the option \"ext\" is \"iso\"; it can be typed, plain or error"},
               {"invalid_text", "", "it can be error or blob"},
               {"unknown_ext", "pass", "it can be error or application"}};
  for (const auto& c : cases) {
    const Serializer msgpack(kMsgpack, {{c.key, c.value}});
    EXPECT_EQ(msgpack.created().status, COFFER_INVALID_ARGUMENT) << c.key;
    EXPECT_EQ(msgpack.created().detail("option"), c.key);
    EXPECT_NE(msgpack.created().message.find(c.message), std::string::npos) << msgpack.created();
  }
}

}  // namespace
}  // namespace coffer::msgpack
