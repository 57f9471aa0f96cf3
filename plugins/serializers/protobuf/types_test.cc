// Which bytes stand for which value, in both directions; tests/protobuf asks protobuf's own
// library.
#include <gtest/gtest.h>

#include "plugins/serializers/protobuf/testing.h"
#include "plugins/serializers/testing/random_value.h"

namespace coffer::protobuf {
namespace {

using namespace coffer::serializers;
using namespace std::string_literals;

struct Types : testing::Test {
  Serializer protobuf{kProtobuf};

  // `value` is written as `bytes`, and those are read as `value`.
  void same(const Value& value, std::string_view bytes) {
    const Encoded encoded = protobuf.encode(value);
    EXPECT_TRUE(encoded.ok()) << encoded;
    EXPECT_EQ(encoded.bytes, bytes);
    const Decoded decoded = protobuf.decode(bytes);
    EXPECT_TRUE(decoded.ok()) << decoded;
    EXPECT_EQ(decoded.value, value);
  }
  void refused(const Value& value, std::string_view at, std::string_view message) {
    const Encoded encoded = protobuf.encode(value);
    EXPECT_EQ(encoded.status, COFFER_UNSUPPORTED) << value;
    EXPECT_EQ(encoded.problem, "");
    EXPECT_EQ(encoded.detail("at"), at);
    EXPECT_NE(encoded.message.find(message), std::string::npos) << encoded.message;
  }
};

TEST_F(Types, Names) {
  EXPECT_EQ(protobuf.table().format, 20u);
  EXPECT_STREQ(protobuf.table().media_type, "application/x-protobuf");
  EXPECT_EQ(protobuf.table().caps, kProtobuf.info(0)->caps);
  EXPECT_EQ(kProtobuf.info(1), nullptr);
  coffer_instance out = {};
  conformance::FakeSink sink;
  EXPECT_EQ(kProtobuf.create(protobuf.host().get(), "json", nullptr, 0, &out, sink.get()),
            COFFER_NOT_FOUND);
  EXPECT_EQ(sink.problem(COFFER_NOT_FOUND), "");
}

TEST_F(Types, Scalars) {
  same(null(), "\x08\x00"s);
  same(boolean(true), "\x10\x01");
  same(integer(-1), "\x18\x01");
  same(integer(64), "\x18\x80\x01");
  same(integer("18446744073709551615"), "\x20\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01");
  same(integer("18446744073709551616"),
       "\x2a\x14"
       "18446744073709551616");
  same(real(1.5), "\x31\x00\x00\x00\x00\x00\x00\xf8\x3f"s);
  same(text("\xc3\xa4"), "\x3a\x02\xc3\xa4");
  same(blob("\xff"), "\x42\x01\xff");
  same(text(std::string(1'000, 'x')), "\x3a\xe8\x07" + std::string(1'000, 'x'));
}

TEST_F(Types, ListsAndMaps) {
  same(list({}), "\x48\x00"s);
  same(list({null(), list({integer(1)}, COFFER_TUPLE)}),
       "\x48\x02\x7a\x02\x08\x00\x7a\x06\x58\x01\x7a\x02\x18\x02"s);
  same(list({}, COFFER_SET), "\x60\x00"s);
  same(list({}, COFFER_FROZENSET), "\x68\x00"s);
  same(map({{text("a"), integer(1)}, {list({}), null()}}),
       "\x50\x02\x7a\x03\x3a\x01\x61\x7a\x02\x18\x02\x7a\x02\x48\x00\x7a\x02\x08\x00"s);
}

TEST_F(Types, TypedExtensions) {
  same(ext(COFFER_EXT_DECIMAL, "-12.50"), "\x82\x01\x06-12.50");
  same(ext(COFFER_EXT_UUID, "0123456789abcdef"),
       "\x8a\x01\x10"
       "0123456789abcdef");
  same(packed_ext(COFFER_EXT_DATE, int32_t{-1}), "\x90\x01\x01");
  same(packed_ext(COFFER_EXT_TIME, int64_t{0}), "\x9a\x01\x00"s);
  same(packed_ext(COFFER_EXT_TIME, int64_t{5}, int32_t{0}), "\x9a\x01\x04\x08\x05\x10\x00"s);
  same(packed_ext(COFFER_EXT_DATETIME, int64_t{-1}, int32_t{3}), "\xa2\x01\x04\x08\x01\x10\x03");
  same(packed_ext(COFFER_EXT_DATETIME_TZ, int64_t{1}, int32_t{0}, int32_t{-60}),
       "\xaa\x01\x04\x08\x02\x18\x77");
  same(packed_ext(COFFER_EXT_DURATION, int64_t{0}, int32_t{0}), "\xb2\x01\x00"s);
  same(ext(COFFER_EXT_APPLICATION, "x"), "\xba\x01\x06\x08\x80\x08\x12\x01x");
}

// A user's own message: the name of its type, a zero byte, its bytes.
TEST_F(Types, MessagesOfTheUser) {
  same(ext(1044, "a.B\0\x08\x01"s),
       "\xc2\x01\x09\x0a\x03"
       "a.B\x12\x02\x08\x01");
  same(ext(1044, "\0"s), "\xc2\x01\x00"s);
  refused(list({ext(1044, "no zero byte")}), "$[0]", "the zero byte behind the name");
  refused(ext(1044, "\xff\0"s), "$", "not UTF-8");
  // By another number, if an application has this one.
  const Serializer other(kProtobuf, {{"message_ext", "2000"}});
  EXPECT_EQ(other
                .decode("\xc2\x01\x09\x0a\x03"
                        "a.B\x12\x02\x08\x01")
                .value,
            ext(2000, "a.B\0\x08\x01"s));
  EXPECT_EQ(other.encode(ext(1044, "x")).bytes, "\xba\x01\x06\x08\x94\x08\x12\x01x");
  const Serializer wrong(kProtobuf, {{"message_ext", "7"}});
  EXPECT_EQ(wrong.created().status, COFFER_INVALID_ARGUMENT);
  EXPECT_NE(wrong.created().message.find("\"message_ext\" is 7; it can be 1024 to 4294967295"),
            std::string::npos);
}

TEST_F(Types, FormsThatHeadersDoNotKnowAreRefused) {
  refused(map({{text("items"), list({null(), map({{text("id"), ext(COFFER_EXT_UUID, "x")}})})}}),
          "$.items[1].id", "a UUID, in a form");
  refused(text("\xff"), "$", "not UTF-8");
  refused(list({}, 4), "$", "unknown kind");
  refused(ext(0, ""), "$", "in a form");
}

TEST_F(Types, UnknownCountsGiveTheSameBytes) {
  RandomValues random(
      test_seed(),
      {.not_finite = true, .blobs = true, .any_keys = true, .list_kinds = true, .exts = true});
  for (int i = 0; i < 500; ++i) {
    const Value value = random.tree();
    const coffer_value uncounted = {const_cast<Value*>(&value),
                                    [](void* self, const coffer_visitor* into, coffer_sink*) {
                                      return play(*static_cast<const Value*>(self), *into, false);
                                    }};
    StringWriter out;
    const Encoded encoded = protobuf.encode(uncounted, out.writer());
    ASSERT_TRUE(encoded.ok()) << encoded;
    ASSERT_EQ(out.bytes(), protobuf.encode(value).bytes) << value;
  }
}

}  // namespace
}  // namespace coffer::protobuf
