// Input from anywhere, values and writers that fail, limits.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "plugins/serializers/protobuf/testing.h"
#include "plugins/serializers/testing/random_value.h"

namespace coffer::protobuf {
namespace {

using namespace coffer::serializers;
using namespace std::string_literals;

constexpr Features kAll = {
    .not_finite = true, .blobs = true, .any_keys = true, .list_kinds = true, .exts = true};

void corrupt(const Serializer& protobuf, std::string_view bytes, size_t offset,
             std::string_view message) {
  const Decoded decoded = protobuf.decode(bytes);
  EXPECT_EQ(decoded.status, COFFER_CORRUPT) << testing::PrintToString(bytes);
  EXPECT_EQ(decoded.problem, "");
  EXPECT_EQ(decoded.detail("offset"), std::to_string(offset))
      << testing::PrintToString(bytes) << decoded;
  EXPECT_NE(decoded.message.find(message), std::string::npos) << decoded;
}

TEST(Corrupt, NamesOffsetAndReason) {
  const Serializer protobuf(kProtobuf);
  corrupt(protobuf, "", 0, "a value without a kind");
  corrupt(protobuf, "\x00\x01"s, 0, "no field has such a tag");
  corrupt(protobuf, "\x0e", 0, "no field has such a tag");
  corrupt(protobuf, "\xff\xff\xff\xff\xff\x01", 0, "no field has such a tag");
  corrupt(protobuf, "\x18", 1, "ends in the middle of a field");
  corrupt(protobuf, "\x18\x80", 2, "ends in the middle of a field");
  corrupt(protobuf, "\x18" + std::string(10, '\x80') + "\x01", 11, "more than 10 bytes");
  corrupt(protobuf, "\x31\x00\x00"s, 1, "ends in the middle of a field");
  corrupt(protobuf,
          "\x3a\x05"
          "abc",
          1, "claims more bytes than are left");
  corrupt(protobuf, "\x3a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 1, "claims more bytes");
  corrupt(protobuf,
          "\x3a\x02"
          "a\xff",
          3, "not UTF-8");
  corrupt(protobuf, "\x3a\x01\xff\x08\x00"s, 2, "not UTF-8");  // overridden or not
  corrupt(protobuf, "\x0c", 1, "a group ends that has not begun");
  corrupt(protobuf, "\x08\x00\x0b"s, 3, "a group does not end");
  corrupt(protobuf, "\x08\x00\x0b\x14"s, 4, "another group ends");
  corrupt(protobuf, "\x08\x00"s + std::string(101, '\x0b'), 103, "too deep");
}

TEST(Corrupt, Lists) {
  const Serializer protobuf(kProtobuf);
  corrupt(protobuf, "\x48\x02\x7a\x02\x08\x00"s, 0, "a list or map of 2 that has 1 items");
  corrupt(protobuf, "\x48\x00\x7a\x02\x08\x00"s, 0, "a list or map of 0 that has 1 items");
  corrupt(protobuf, "\x50\x01\x7a\x02\x08\x00"s, 0, "a list or map of 1 that has 1 items");
  corrupt(protobuf, "\x50\x00\x7a\x02\x08\x00"s, 0, "a list or map of 0 that has 1 items");
  corrupt(protobuf, "\x08\x00\x7a\x02\x08\x00"s, 0, "a scalar with items");
  corrupt(protobuf, "\x7a\x02\x08\x00"s, 0, "a value without a kind");
  corrupt(protobuf, "\x48\x01\x7a\x00"s, 4, "a value without a kind");
}

TEST(Corrupt, TypedValues) {
  const Serializer protobuf(kProtobuf);
  for (const std::string& bytes : {
           "\x82\x01\x01x"s,  // decimal
           "\x8a\x01\x03"
           "abc"s,                                           // UUID
           "\x9a\x01\x07\x08\x80\x80\xe9\xa8\xe9\xd2\x13"s,  // 24:00 and more
           "\x9a\x01\x04\x10\x80\xc6\x0a"s,                  // a zone of a day
           "\xa2\x01\x06\x10\x80\x94\xeb\xdc\x03"s,          // a second
       }) {
    const Decoded decoded = protobuf.decode(bytes);
    EXPECT_EQ(decoded.status, COFFER_CORRUPT) << testing::PrintToString(bytes);
    EXPECT_EQ(decoded.problem, "");
  }
  corrupt(protobuf,
          "\x2a\x01"
          "5",
          0, "no integer beyond 64 bits");
  corrupt(protobuf, "\x82\x01\x01x", 0, "in a form it does not have");
  corrupt(protobuf, "\xba\x01\x02\x08\x03", 0, "a field of its own");
  corrupt(protobuf, "\xba\x01\x00"s, 0, "a field of its own");
  corrupt(protobuf, "\xba\x01\x03\x08\x94\x08", 0, "the type that messages are");
  corrupt(protobuf, "\xc2\x01\x04\x0a\x02\x00z"s, 0, "a zero byte");
}

TEST(Unknown, FieldsAndGroupsAreSkipped) {
  const Serializer protobuf(kProtobuf);
  const std::string groups = "\x0b\x13\x18\x05\x14\x22\x01z\x0c"s;  // fields of the same numbers
  const std::string later =
      "\xc8\x3e\x07\xd2\x3e\x01x\xdd\x3e\x01\x02\x03\x04\xe1\x3e"
      "12345678";
  const std::string other_types =
      "\x08\x00\x3d"
      "1234\x1a\x01x"s;
  const Decoded decoded = protobuf.decode(other_types + groups + later + "\x18\x06" + later);
  ASSERT_TRUE(decoded.ok()) << decoded;
  EXPECT_EQ(decoded.value, integer(3));
}

// A length or count costs nothing but its bytes.
TEST(LengthLie, IsCorruptAtOnce) {
  const Serializer protobuf(kProtobuf);
  for (const char* first : {"\x3a", "\x42", "\x7a", "\x2a", "\xba\x01"}) {
    const Decoded decoded = protobuf.decode(std::string(first) +
                                            "\xff\xff\xff\xff\x0f"
                                            "abc");
    EXPECT_EQ(decoded.status, COFFER_CORRUPT) << first;
    EXPECT_EQ(decoded.detail("offset"), std::to_string(std::string(first).size())) << decoded;
  }
  corrupt(protobuf, "\x48\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 0, "that has 0 items");
  corrupt(protobuf, "\x50\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01", 0, "that has 0 items");
}

// Cut anywhere, and changed anywhere: a proper refusal or a value, and the report is in order.
TEST(Hostile, TruncationAndBitFlips) {
  const Serializer protobuf(kProtobuf);
  RandomValues random(test_seed(), kAll);
  for (int round = 0; round < 60; ++round) {
    const Encoded encoded = protobuf.encode(random.tree());
    ASSERT_TRUE(encoded.ok()) << encoded;
    const std::string& bytes = encoded.bytes;
    if (bytes.size() > 600) continue;
    for (size_t size = 0; size < bytes.size(); ++size) {
      const Decoded decoded = protobuf.decode(std::string_view(bytes).substr(0, size));
      ASSERT_EQ(decoded.problem, "");
      ASSERT_EQ(decoded.status, COFFER_CORRUPT);
      ASSERT_LE(std::stoull(decoded.detail("offset")), size);
    }
    for (int flip = 0; flip < 60; ++flip) {
      std::string changed = bytes;
      for (uint64_t bits = 1 + random.below(3); bits > 0; --bits) {
        changed[random.below(changed.size())] ^= static_cast<char>(1u << random.below(8));
      }
      const Decoded decoded = protobuf.decode(changed);
      ASSERT_EQ(decoded.problem, "") << testing::PrintToString(changed);
      if (decoded.status == COFFER_OK) continue;
      ASSERT_EQ(decoded.status, COFFER_CORRUPT);
      ASSERT_LE(std::stoull(decoded.detail("offset")), changed.size());
    }
  }
}

TEST(Limits, AreKept) {
  const Serializer protobuf(kProtobuf);
  const auto limited = [&](const Value& value, uint32_t depth, uint64_t items, uint64_t size) {
    const coffer_limits limits = {sizeof(limits), depth, items, size};
    const Decoded decoded = protobuf.decode(protobuf.encode(value).bytes, limits);
    EXPECT_EQ(decoded.problem, "");
    return decoded.status == COFFER_OK          ? std::string("ok")
           : decoded.status == COFFER_TOO_LARGE ? decoded.detail("limit")
                                                : "status " + std::to_string(decoded.status);
  };
  const Value one = integer(1);
  EXPECT_EQ(limited(list({list({one})}), 2, 9, 9), "ok");
  EXPECT_EQ(limited(list({list({list({one})})}), 2, 9, 9), "max_depth");
  EXPECT_EQ(limited(map({{one, map({{one, map({})}})}}), 2, 9, 9), "max_depth");
  EXPECT_EQ(limited(list({list({}), list({}), list({})}), 2, 9, 9), "ok");
  EXPECT_EQ(limited(list({one, one}), 9, 3, 9), "ok");
  EXPECT_EQ(limited(list({one, one, one}), 9, 3, 9), "max_items");
  EXPECT_EQ(limited(map({{one, one}, {one, one}}), 9, 4, 9), "max_items");
  EXPECT_EQ(limited(list({text("abc"), blob("de")}), 9, 9, 5), "ok");
  EXPECT_EQ(limited(list({text("abc"), blob("def")}), 9, 9, 5), "max_bytes");
  EXPECT_EQ(limited(integer("18446744073709551616"), 9, 9, 19), "max_bytes");
  EXPECT_EQ(limited(integer("18446744073709551616"), 9, 9, 20), "ok");
  EXPECT_EQ(limited(packed_ext(COFFER_EXT_DATE, int32_t{0}), 9, 9, 3), "max_bytes");
  EXPECT_EQ(limited(ext(1044, "a\0bc"s), 9, 9, 3), "max_bytes");
  EXPECT_EQ(limited(ext(1044, "a\0bc"s), 9, 9, 4), "ok");
}

TEST(Limits, HostileDepthCostsNoStack) {
  const Serializer protobuf(kProtobuf);
  // 3,000 lists in each other, from within.
  std::string deep = "\x48\x00"s;
  for (int i = 1; i < 3'000; ++i) {
    std::string size;
    for (size_t left = deep.size(); left != 0; left >>= 7) {
      size += static_cast<char>((left & 0x7F) | (left >= 0x80 ? 0x80 : 0));
    }
    deep = "\x48\x01\x7a" + size + deep;
  }
  EXPECT_EQ(protobuf.decode(deep).detail("limit"), "max_depth");
  coffer_limits limits = kAmple;
  limits.max_depth = UINT32_MAX;
  static std::atomic<uint64_t> ends;
  ends = 0;
  Builder ignored;
  coffer_visitor visitor = *ignored.visitor();
  visitor.list_begin = [](void*, uint64_t, uint32_t) -> coffer_status { return COFFER_OK; };
  visitor.list_end = [](void*) -> coffer_status { return ++ends, COFFER_OK; };
  EXPECT_EQ(protobuf.decode(deep, visitor, limits).status, COFFER_OK);
  EXPECT_EQ(ends, 3'000u);
}

// Each event, told to fail, ends the decoding with that status and without a report.
TEST(Visitor, ItsFailureIsPassedThrough) {
  const Serializer protobuf(kProtobuf);
  const Value value =
      map({{text("a"), list({null(), boolean(true), integer(-1), integer("18446744073709551615"),
                             integer("18446744073709551616"), real(0.5), blob("x"),
                             packed_ext(COFFER_EXT_DATE, int32_t{1}), map({}),
                             list({null()}, COFFER_SET), ext(1044, "shop.Order\0x"s)})}});
  const std::string bytes = protobuf.encode(value).bytes;
  Builder all;
  ASSERT_TRUE(protobuf.decode(bytes, *all.visitor()).ok());
  ASSERT_EQ(all.events(), 19u);
  for (uint64_t event = 0; event < all.events(); ++event) {
    Builder builder;
    builder.fail_at(event, COFFER_CANCELLED);
    const Result result = protobuf.decode(bytes, *builder.visitor());
    EXPECT_EQ(result.status, COFFER_CANCELLED) << event;
    EXPECT_EQ(result.message, "") << event;
    EXPECT_EQ(builder.events(), event + 1);  // and it asks no further
  }
}

TEST(Writer, ItsFailureIsPassedThrough) {
  const Serializer protobuf(kProtobuf);
  RandomValues random(test_seed(), kAll);
  const Value value = list({random.tree(), text(std::string(5'000, 'x')), random.tree(),
                            list({blob(std::string(300, 'y'))}, COFFER_TUPLE)});
  const Encoded whole = protobuf.encode(value);
  ASSERT_TRUE(whole.ok()) << whole;
  for (const size_t room : {size_t{0}, size_t{1}, size_t{255}, size_t{256}, size_t{700},
                            whole.bytes.size() / 2, whole.bytes.size() - 1}) {
    StringWriter out(room);
    const Encoded encoded = protobuf.encode(as_c(value), out.writer());
    EXPECT_EQ(encoded.status, COFFER_TOO_LARGE) << room;
    EXPECT_EQ(encoded.message, "") << room;
    EXPECT_TRUE(whole.bytes.starts_with(out.bytes()));
  }
}

// In whichever of its plays.
TEST(Value, ItsFailureIsPassedThrough) {
  const Serializer protobuf(kProtobuf);
  for (const int good_plays : {0, 1, 2}) {
    for (const uint64_t count : {uint64_t{2}, COFFER_COUNT_UNKNOWN}) {
      struct Source {
        int left;
        uint64_t count;
      } source{good_plays, count};
      const coffer_value value = {&source, [](void* self, const coffer_visitor* v, coffer_sink*) {
                                    auto& s = *static_cast<Source*>(self);
                                    coffer_status status =
                                        v->list_begin(v->self, s.count, COFFER_LIST);
                                    if (status != COFFER_OK) return --s.left, status;
                                    if (s.left-- <= 0) return coffer_status{COFFER_IO};
                                    v->null(v->self), v->null(v->self);
                                    return v->list_end(v->self);
                                  }};
      StringWriter out;
      const Encoded encoded = protobuf.encode(value, out.writer());
      const bool fails = count == COFFER_COUNT_UNKNOWN ? good_plays < 3 : good_plays < 1;
      EXPECT_EQ(encoded.status, fails ? COFFER_IO : COFFER_OK) << good_plays;
      EXPECT_EQ(encoded.message, "");
    }
  }
}

// The core keeps this from a serializer; without a core it does no harm.
TEST(Value, EventsOutOfOrderAreRefused) {
  using Play = coffer_status (*)(void*, const coffer_visitor*, coffer_sink*);
  const Play plays[] = {
      [](void*, const coffer_visitor*, coffer_sink*) { return coffer_status{COFFER_OK}; },
      [](void*, const coffer_visitor* v, coffer_sink*) {
        return v->null(v->self), v->null(v->self);
      },
      [](void*, const coffer_visitor* v, coffer_sink*) { return v->list_end(v->self); },
      [](void*, const coffer_visitor* v, coffer_sink*) { return v->map_begin(v->self, 1); },
      [](void*, const coffer_visitor* v, coffer_sink*) {
        return v->list_begin(v->self, 1, COFFER_LIST), v->list_end(v->self);
      },
      [](void*, const coffer_visitor* v, coffer_sink*) {
        v->map_begin(v->self, 1), v->text(v->self, "k", 1);
        return v->map_end(v->self);
      },
      // Not known beforehand; what a failure says is not heard.
      [](void*, const coffer_visitor* v, coffer_sink*) {
        v->map_begin(v->self, COFFER_COUNT_UNKNOWN), v->text(v->self, "k", 1);
        return v->map_end(v->self);
      },
      [](void*, const coffer_visitor* v, coffer_sink*) {
        v->list_begin(v->self, COFFER_COUNT_UNKNOWN, COFFER_LIST);
        return coffer_status{COFFER_OK};
      },
      [](void*, const coffer_visitor* v, coffer_sink*) {
        v->list_begin(v->self, COFFER_COUNT_UNKNOWN, COFFER_LIST);
        v->list_end(v->self);
        return v->list_end(v->self);
      },
  };
  const Serializer protobuf(kProtobuf);
  for (const Play play : plays) {
    StringWriter out;
    const Encoded encoded = protobuf.encode({nullptr, play}, out.writer());
    EXPECT_EQ(encoded.status, COFFER_INVALID_ARGUMENT);
    EXPECT_EQ(encoded.problem, "");
    EXPECT_NE(encoded.detail("at"), "");
  }
}

// What was measured has to be what is written.
TEST(Value, ThatChangesBetweenPlaysIsRefused) {
  const Serializer protobuf(kProtobuf);
  for (const bool longer : {false, true}) {
    for (const bool more : {false, true}) {
      struct Source {
        int plays = 0;
        bool longer, more;
      } source{0, longer, more};
      if (!longer && !more) continue;
      const coffer_value value = {&source, [](void* self, const coffer_visitor* v, coffer_sink*) {
                                    auto& s = *static_cast<Source*>(self);
                                    const bool last = ++s.plays == 3;
                                    coffer_status status =
                                        v->list_begin(v->self, COFFER_COUNT_UNKNOWN, COFFER_TUPLE);
                                    if (status == COFFER_OK)
                                      status = v->text(v->self, "abc", last && s.longer ? 3 : 2);
                                    if (status == COFFER_OK && last && s.more)
                                      status = v->null(v->self);
                                    return status == COFFER_OK ? v->list_end(v->self) : status;
                                  }};
      StringWriter out;
      const Encoded encoded = protobuf.encode(value, out.writer());
      EXPECT_EQ(encoded.status, COFFER_INVALID_ARGUMENT);
      EXPECT_EQ(encoded.problem, "");
    }
  }
}

TEST(Threads, OneInstanceServesAll) {
  const Serializer protobuf(kProtobuf);
  const uint64_t seed = test_seed();
  std::atomic<int> bad = 0;
  std::vector<std::thread> threads;
  for (uint64_t t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      RandomValues random(seed + t, kAll);
      for (int i = 0; i < 100; ++i) {
        const Value value = random.tree();
        const Encoded encoded = protobuf.encode(value);
        if (!encoded.ok() || protobuf.decode(encoded.bytes).value != value) ++bad;
        if (protobuf.decode(encoded.bytes + "\xff").status != COFFER_CORRUPT) ++bad;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(bad, 0);
}

TEST(RoundTrip, RandomValues) {
  RandomValues random(test_seed(), kAll);
  const Serializer protobuf(kProtobuf);
  for (int i = 0; i < 3'000; ++i) {
    const Value value = random.tree();
    const Encoded encoded = protobuf.encode(value);
    ASSERT_TRUE(encoded.ok()) << value << encoded;
    const Decoded decoded = protobuf.decode(encoded.bytes);
    ASSERT_TRUE(decoded.ok()) << testing::PrintToString(encoded.bytes) << decoded;
    ASSERT_EQ(decoded.value, value);
  }
}

}  // namespace
}  // namespace coffer::protobuf
