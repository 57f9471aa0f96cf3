// Which bytes stand for which value, in both directions: the tables of the README.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "plugins/serializers/msgpack/testing.h"
#include "plugins/serializers/testing/random_value.h"

namespace coffer::msgpack {
namespace {

using namespace coffer::serializers;
using namespace std::string_literals;

struct Types : testing::Test {
  Serializer msgpack{kMsgpack};

  // `value` is written as `bytes`, and those are read as `value`.
  void same(const Value& value, std::string_view bytes) {
    const Encoded encoded = msgpack.encode(value);
    EXPECT_TRUE(encoded.ok()) << encoded;
    EXPECT_EQ(encoded.bytes, bytes);
    reads(bytes, value);
  }
  void reads(std::string_view bytes, const Value& value) {
    const Decoded decoded = msgpack.decode(bytes);
    EXPECT_TRUE(decoded.ok()) << testing::PrintToString(bytes) << ": " << decoded;
    EXPECT_EQ(decoded.value, value) << testing::PrintToString(bytes);
  }
  // `value`, which begins with `head`, and ends with `size` bytes of `fill`.
  void begins(const Value& value, std::string_view head, size_t size, char fill) {
    same(value, std::string(head) + std::string(size, fill));
  }
};

TEST_F(Types, Names) {
  EXPECT_EQ(msgpack.table().format, 17u);
  EXPECT_STREQ(msgpack.table().media_type, "application/msgpack");
  EXPECT_EQ(msgpack.table().caps, kMsgpack.info(0)->caps);
  EXPECT_EQ(kMsgpack.info(1), nullptr);
}

TEST_F(Types, OtherPluginsAreNotHere) {
  coffer_instance out = {};
  conformance::FakeSink sink;
  EXPECT_EQ(kMsgpack.create(msgpack.host().get(), "json", nullptr, 0, &out, sink.get()),
            COFFER_NOT_FOUND);
  EXPECT_EQ(sink.problem(COFFER_NOT_FOUND), "");
}

TEST_F(Types, Constants) {
  same(null(), "\xc0");
  same(boolean(false), "\xc2");
  same(boolean(true), "\xc3");
}

TEST_F(Types, IntegersInTheFewestBytes) {
  const struct {
    const char* digits;
    std::string bytes;
  } cases[] = {{"0", "\x00"s},
               {"127", "\x7f"},
               {"128", "\xcc\x80"},
               {"255", "\xcc\xff"},
               {"256", "\xcd\x01\x00"s},
               {"65535", "\xcd\xff\xff"},
               {"65536", "\xce\x00\x01\x00\x00"s},
               {"4294967295", "\xce\xff\xff\xff\xff"},
               {"4294967296", "\xcf\x00\x00\x00\x01\x00\x00\x00\x00"s},
               {"9223372036854775807", "\xcf\x7f\xff\xff\xff\xff\xff\xff\xff"},
               {"9223372036854775808", "\xcf\x80\x00\x00\x00\x00\x00\x00\x00"s},
               {"18446744073709551615", "\xcf\xff\xff\xff\xff\xff\xff\xff\xff"},
               {"-1", "\xff"},
               {"-32", "\xe0"},
               {"-33", "\xd0\xdf"},
               {"-128", "\xd0\x80"},
               {"-129", "\xd1\xff\x7f"},
               {"-32768", "\xd1\x80\x00"s},
               {"-32769", "\xd2\xff\xff\x7f\xff"},
               {"-2147483648", "\xd2\x80\x00\x00\x00"s},
               {"-2147483649", "\xd3\xff\xff\xff\xff\x7f\xff\xff\xff"},
               {"-9223372036854775808", "\xd3\x80\x00\x00\x00\x00\x00\x00\x00"s}};
  for (const auto& c : cases) same(integer(std::string(c.digits)), c.bytes);
}

TEST_F(Types, IntegersAreReadInAnyEncoding) {
  reads("\xcc\x05", integer(5));
  reads("\xcd\x00\x05"s, integer(5));
  reads("\xce\x00\x00\x00\x05"s, integer(5));
  reads("\xcf\x00\x00\x00\x00\x00\x00\x00\x05"s, integer(5));
  reads("\xd0\x05", integer(5));
  reads("\xd1\xff\xfb", integer(-5));
  reads("\xd2\xff\xff\xff\xfb", integer(-5));
  reads("\xd3\xff\xff\xff\xff\xff\xff\xff\xfb", integer(-5));
}

TEST_F(Types, FloatsAreAlwaysDoubles) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  same(real(0.0), "\xcb\x00\x00\x00\x00\x00\x00\x00\x00"s);
  same(real(-0.0), "\xcb\x80\x00\x00\x00\x00\x00\x00\x00"s);
  same(real(1.5), "\xcb\x3f\xf8\x00\x00\x00\x00\x00\x00"s);
  same(real(kInfinity), "\xcb\x7f\xf0\x00\x00\x00\x00\x00\x00"s);
  same(real(-kInfinity), "\xcb\xff\xf0\x00\x00\x00\x00\x00\x00"s);
  same(real(std::numeric_limits<double>::quiet_NaN()), "\xcb\x7f\xf8\x00\x00\x00\x00\x00\x00"s);
  same(real(5e-324), "\xcb\x00\x00\x00\x00\x00\x00\x00\x01"s);
  // Float 32, which others write.
  reads("\xca\x3f\xc0\x00\x00"s, real(1.5));
  reads("\xca\x80\x00\x00\x00"s, real(-0.0));
  reads("\xca\xff\x80\x00\x00"s, real(-kInfinity));
  const Decoded nan = msgpack.decode("\xca\x7f\xc0\x00\x00"s);
  ASSERT_TRUE(nan.ok());
  EXPECT_TRUE(std::isnan(std::bit_cast<double>(nan.value->bits)));
}

TEST_F(Types, Text) {
  same(text(""), "\xa0");
  same(text("ä\0b"s), "\xa4\xc3\xa4\0b"s);
  begins(text(std::string(31, 'x')), "\xbf", 31, 'x');
  begins(text(std::string(32, 'x')), "\xd9\x20", 32, 'x');
  begins(text(std::string(255, 'x')), "\xd9\xff", 255, 'x');
  begins(text(std::string(256, 'x')), "\xda\x01\x00"s, 256, 'x');
  begins(text(std::string(65'535, 'x')), "\xda\xff\xff", 65'535, 'x');
  begins(text(std::string(65'536, 'x')), "\xdb\x00\x01\x00\x00"s, 65'536, 'x');
  begins(text(std::string(3'000'000, 'x')), "\xdb\x00\x2d\xc6\xc0"s, 3'000'000, 'x');
  reads("\xd9\x01z", text("z"));
  reads("\xda\x00\x01z"s, text("z"));
  reads("\xdb\x00\x00\x00\x01z"s, text("z"));
}

TEST_F(Types, Blobs) {
  same(blob(""), "\xc4\x00"s);
  same(blob("\xff\x00"s), "\xc4\x02\xff\x00"s);
  begins(blob(std::string(255, '\x80')), "\xc4\xff", 255, '\x80');
  begins(blob(std::string(256, '\x80')), "\xc5\x01\x00"s, 256, '\x80');
  begins(blob(std::string(65'536, '\x80')), "\xc6\x00\x01\x00\x00"s, 65'536, '\x80');
  reads("\xc5\x00\x01z"s, blob("z"));
  reads("\xc6\x00\x00\x00\x01z"s, blob("z"));
}

TEST_F(Types, Lists) {
  const auto nulls = [](size_t n) { return list(std::vector<Value>(n)); };
  same(nulls(0), "\x90");
  same(list({integer(1), list({})}), "\x92\x01\x90");
  begins(nulls(15), "\x9f", 15, '\xc0');
  begins(nulls(16), "\xdc\x00\x10"s, 16, '\xc0');
  begins(nulls(65'535), "\xdc\xff\xff", 65'535, '\xc0');
  begins(nulls(65'536), "\xdd\x00\x01\x00\x00"s, 65'536, '\xc0');
  reads("\xdd\x00\x00\x00\x01\xc0"s, nulls(1));
}

TEST_F(Types, MapsWithAnyKeys) {
  const auto nulls = [](size_t n) {
    Value out = map({});
    out.items.resize(2 * n);
    return out;
  };
  same(nulls(0), "\x80");
  same(map({{text("a"), integer(1)}, {integer(2), map({})}, {list({}), null()}, {null(), null()}}),
       "\x84\xa1\x61\x01\x02\x80\x90\xc0\xc0\xc0");
  begins(nulls(15), "\x8f", 30, '\xc0');
  begins(nulls(16), "\xde\x00\x10"s, 32, '\xc0');
  begins(nulls(65'536), "\xdf\x00\x01\x00\x00"s, 131'072, '\xc0');
  // In the order played; a key that comes twice stays twice.
  same(map({{text("b"), null()}, {text("a"), null()}, {text("b"), null()}}),
       "\x83\xa1\x62\xc0\xa1\x61\xc0\xa1\x62\xc0");
}

TEST_F(Types, MomentsInUtcAreMessagePacksOwn) {
  const auto moment = [](int64_t seconds, int32_t nanoseconds) {
    return packed_ext(COFFER_EXT_DATETIME_TZ, seconds, nanoseconds, int32_t{0});
  };
  same(moment(0, 0), "\xd6\xff\x00\x00\x00\x00"s);
  same(moment(UINT32_MAX, 0), "\xd6\xff\xff\xff\xff\xff");
  same(moment(int64_t{UINT32_MAX} + 1, 0), "\xd7\xff\x00\x00\x00\x01\x00\x00\x00\x00"s);
  same(moment(1, 999'999'999), "\xd7\xff\xee\x6b\x27\xfc\x00\x00\x00\x01"s);
  same(moment((int64_t{1} << 34) - 1, 1), "\xd7\xff\x00\x00\x00\x07\xff\xff\xff\xff"s);
  same(moment(int64_t{1} << 34, 1),
       "\xc7\x0c\xff\x00\x00\x00\x01\x00\x00\x00\x04\x00\x00\x00\x00"s);
  same(moment(-1, 0), "\xc7\x0c\xff\x00\x00\x00\x00\xff\xff\xff\xff\xff\xff\xff\xff"s);
  same(moment(INT64_MIN, 5), "\xc7\x0c\xff\x00\x00\x00\x05\x80\x00\x00\x00\x00\x00\x00\x00"s);
  reads("\xd7\xff\x00\x00\x00\x00\x00\x00\x00\x07"s, moment(7, 0));
  reads("\xc7\x04\xff\x00\x00\x00\x07"s, moment(7, 0));
}

TEST_F(Types, TypedExtensions) {
  same(integer("18446744073709551616"),
       "\xc7\x14\x40"
       "18446744073709551616");
  same(integer("-9223372036854775809"),
       "\xc7\x14\x40"
       "-9223372036854775809");
  same(ext(COFFER_EXT_DECIMAL, "-12.50"), "\xc7\x06\x41-12.50");
  same(ext(COFFER_EXT_DECIMAL, "NaN"), "\xc7\x03\x41NaN");
  same(ext(COFFER_EXT_UUID, "0123456789abcdef"),
       "\xd8\x42"
       "0123456789abcdef");
  same(packed_ext(COFFER_EXT_DATE, int32_t{-1}), "\xd6\x43\xff\xff\xff\xff");
  same(packed_ext(COFFER_EXT_DATE, int32_t{19'782}), "\xd6\x43\x00\x00\x4d\x46"s);
  same(packed_ext(COFFER_EXT_TIME, int64_t{1'000'000'000}),
       "\xd7\x44\x00\x00\x00\x00\x3b\x9a\xca\x00"s);
  same(packed_ext(COFFER_EXT_TIME, int64_t{1}, int32_t{-3'600}),
       "\xc7\x0c\x44\x00\x00\x00\x00\x00\x00\x00\x01\xff\xff\xf1\xf0"s);
  same(packed_ext(COFFER_EXT_DATETIME, int64_t{-2}, int32_t{3}),
       "\xc7\x0c\x45\xff\xff\xff\xff\xff\xff\xff\xfe\x00\x00\x00\x03"s);
  same(packed_ext(COFFER_EXT_DATETIME_TZ, int64_t{2}, int32_t{3}, int32_t{7'200}),
       "\xd8\x46\x00\x00\x00\x00\x00\x00\x00\x02\x00\x00\x00\x03\x00\x00\x1c\x20"s);
  same(packed_ext(COFFER_EXT_DURATION, int64_t{-1}, int32_t{750'000'000}),
       "\xc7\x0c\x47\xff\xff\xff\xff\xff\xff\xff\xff\x2c\xb4\x17\x80");
  same(ext(COFFER_EXT_APPLICATION, ""), "\xd6\x4b\x00\x00\x04\x00"s);
  same(ext(COFFER_EXT_APPLICATION + 5, "any"),
       "\xc7\x07\x4b\x00\x00\x04\x05"
       "any"s);
  same(ext(UINT32_MAX, std::string(300, 'x')),
       "\xc8\x01\x30\x4b\xff\xff\xff\xff" + std::string(300, 'x'));
}

TEST_F(Types, TuplesAndSets) {
  same(list({}, COFFER_TUPLE), "\xd4\x48\x90");
  same(list({integer(1), text("a")}, COFFER_TUPLE), "\xd6\x48\x92\x01\xa1\x61");
  same(list({integer(1)}, COFFER_SET), "\xd5\x49\x91\x01");
  same(list({integer(1), integer(2)}, COFFER_FROZENSET), "\xc7\x03\x4a\x92\x01\x02");
  same(list({list({list({}, COFFER_TUPLE)}, COFFER_TUPLE), list({}, COFFER_SET)}),
       "\x92\xd6\x48\x91\xd4\x48\x90\xd4\x49\x90"s);
  same(map({{list({integer(1), integer(2)}, COFFER_TUPLE), null()}}),
       "\x81\xc7\x03\x48\x92\x01\x02\xc0");
  begins(list(std::vector<Value>(70'000), COFFER_TUPLE),
         "\xc9\x00\x01\x11\x75\x48\xdd\x00\x01\x11\x70"s, 70'000, '\xc0');
  reads("\xc7\x05\x48\xdd\x00\x00\x00\x00"s, list({}, COFFER_TUPLE));
  reads("\xd6\x48\xdc\x00\x01\xc0"s, list({null()}, COFFER_TUPLE));
}

// Lists whose length nobody knows are written as if it were known.
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
    const Encoded encoded = msgpack.encode(uncounted, out.writer());
    ASSERT_TRUE(encoded.ok()) << encoded;
    ASSERT_EQ(out.bytes(), msgpack.encode(value).bytes) << value;
  }
}

// The first list that has to be measured may come late, after bytes have been handed over.
TEST_F(Types, CountsThatAreKnownForSomeListsOnly) {
  const coffer_value value = {nullptr, [](void*, const coffer_visitor* v, coffer_sink*) {
                                const std::string large(1'000, 'x');
                                coffer_status status = v->list_begin(v->self, 3, COFFER_LIST);
                                if (status == COFFER_OK)
                                  status = v->text(v->self, large.data(), large.size());
                                if (status == COFFER_OK)
                                  status = v->map_begin(v->self, COFFER_COUNT_UNKNOWN);
                                if (status == COFFER_OK) status = v->i64(v->self, 1);
                                if (status == COFFER_OK)
                                  status = v->list_begin(v->self, 0, COFFER_SET);
                                if (status == COFFER_OK) status = v->list_end(v->self);
                                if (status == COFFER_OK) status = v->map_end(v->self);
                                if (status == COFFER_OK)
                                  status = v->text(v->self, large.data(), large.size());
                                return status == COFFER_OK ? v->list_end(v->self) : status;
                              }};
  StringWriter out;
  const Encoded encoded = msgpack.encode(value, out.writer());
  ASSERT_TRUE(encoded.ok()) << encoded;
  const std::string large = "\xda\x03\xe8" + std::string(1'000, 'x');
  EXPECT_EQ(out.bytes(), "\x93" + large + "\x81\x01\xd4\x49\x90" + large);
}

}  // namespace
}  // namespace coffer::msgpack
