// Input from anywhere, values and writers that fail, limits.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "plugins/serializers/msgpack/testing.h"
#include "plugins/serializers/testing/random_value.h"

namespace coffer::msgpack {
namespace {

using namespace coffer::serializers;
using namespace std::string_literals;

constexpr Features kAll = {
    .not_finite = true, .blobs = true, .any_keys = true, .list_kinds = true, .exts = true};

void corrupt(const Serializer& msgpack, std::string_view bytes, size_t offset,
             std::string_view message) {
  const Decoded decoded = msgpack.decode(bytes);
  EXPECT_EQ(decoded.status, COFFER_CORRUPT) << testing::PrintToString(bytes);
  EXPECT_EQ(decoded.problem, "");
  EXPECT_EQ(decoded.detail("offset"), std::to_string(offset))
      << testing::PrintToString(bytes) << decoded;
  EXPECT_NE(decoded.message.find(message), std::string::npos) << decoded;
}

TEST(Corrupt, NamesOffsetAndReason) {
  const Serializer msgpack(kMsgpack);
  corrupt(msgpack, "", 0, "there is no value");
  corrupt(msgpack, "\xc1", 0, "0xc1 begins no value");
  corrupt(msgpack, "\x92\xc0\xc1", 2, "0xc1 begins no value");
  corrupt(msgpack, "\x92\xc0", 0, "it claims 2 items, and 1 bytes are left");
  corrupt(msgpack, "\x92\xa1z", 3, "a value is missing");
  corrupt(msgpack, "\xcd\x01", 2, "ends in the middle");
  corrupt(msgpack, "\xcb\x00"s, 2, "ends in the middle");
  corrupt(msgpack, "\xda\x01", 2, "ends in the middle");
  corrupt(msgpack, "\xc0\xc0", 1, "more after the value");
  corrupt(msgpack, "\x90\x00"s, 1, "more after the value");
  corrupt(msgpack, "\xa2\xc3\xc3", 1, "not UTF-8");
  corrupt(msgpack, "\x81\xa1\xff\xc0", 2, "not UTF-8");  // keys too
  corrupt(msgpack, "\xa3\xed\xa0\x80", 1, "not UTF-8");  // half a surrogate pair
}

TEST(Corrupt, Extensions) {
  const Serializer msgpack(kMsgpack);
  const auto malformed = [&](const std::string& bytes) {
    corrupt(msgpack, "\x91" + bytes, 1, "in a form it does not have");
  };
  malformed("\xd4\xff\x00"s);  // timestamps
  malformed("\xd8\xff" + std::string(16, '\0'));
  malformed("\xd7\xff\xff\xff\xff\xff\x00\x00\x00\x00"s);
  malformed("\xc7\x0c\xff\x3b\x9a\xca\x00"s + std::string(8, '\0'));
  malformed("\xc7\x00\x40"s);  // big integers
  malformed(
      "\xc7\x03\x40"
      "123");
  malformed(
      "\xc7\x14\x40"
      "08446744073709551616");
  malformed(
      "\xc7\x14\x40"
      "18446744073709551615");  // u64
  malformed(
      "\xc7\x15\x40"
      "+18446744073709551616");
  malformed(
      "\xc7\x15\x40"
      "18446744073709551616 ");
  for (const char* text : {"", ".", "1e", "--1", "1.5x", "na", "infi", "1 "}) {
    const std::string decimal(text);
    malformed("\xc7" + std::string(1, static_cast<char>(decimal.size())) + "\x41" + decimal);
  }
  malformed(
      "\xc7\x03\x42"
      "abc");                                              // UUID
  malformed("\xd5\x43\x00\x00"s);                          // date
  malformed("\xd7\x44\x00\x00\x4e\x94\x91\x4f\x00\x00"s);  // 24:00
  malformed("\xd7\x44\xff\xff\xff\xff\xff\xff\xff\xff");
  malformed("\xc7\x0c\x44" + std::string(8, '\0') + "\x00\x01\x51\x80"s);  // a zone of a day
  malformed("\xc7\x0c\x45" + std::string(8, '\0') + "\x3b\x9a\xca\x00"s);
  malformed("\xd8\x46" + std::string(12, '\0') + "\xff\xfe\xae\x80");
  malformed("\xc7\x0c\x47" + std::string(8, '\0') + "\xff\xff\xff\xff");
  malformed(
      "\xc7\x03\x4b"
      "\0\x04\0"s);                        // applications' own
  malformed("\xd6\x4b\x00\x00\x00\x07"s);  // which this is not
  malformed("\xc7\x00\x48"s);              // tuples
  malformed("\xd4\x48\xc0");
  malformed("\xd4\x48\x80");
}

TEST(Corrupt, TuplesEndWhereTheirExtensionDoes) {
  const Serializer msgpack(kMsgpack);
  corrupt(msgpack, "\xd5\x48\x90\xc0", 3, "does not end where");          // too early
  corrupt(msgpack, "\x92\xd4\x48\x91\xc0\xc0", 5, "does not end where");  // too late
  corrupt(msgpack, "\xd5\x48\x91\xd5\x48\x91\xc0\xc0\xc0", 7, "does not end where");
}

// A length field costs nothing but its bytes.
TEST(LengthLie, IsCorruptAtOnce) {
  const Serializer msgpack(kMsgpack);
  for (const char* first : {"\xc6", "\xc9", "\xdb", "\xdd", "\xdf"}) {
    const std::string bytes = "\x93\xc0" + std::string(first) +
                              "\xff\xff\xff\xff\x05"
                              "abc";
    const Decoded decoded = msgpack.decode(bytes);
    EXPECT_EQ(decoded.status, COFFER_CORRUPT);
    EXPECT_EQ(decoded.detail("offset"), "2") << decoded;
    EXPECT_NE(decoded.message.find("it claims 4294967295"), std::string::npos) << decoded;
  }
  // Lists in each other that all claim the rest of the input.
  std::string nested;
  for (int i = 0; i < 900; ++i) nested += "\xdc\x00\xff"s;
  const Decoded decoded = msgpack.decode(nested);
  EXPECT_EQ(decoded.status, COFFER_CORRUPT);
}

// Cut anywhere, and changed anywhere: a proper refusal or a value, and the report is in order.
TEST(Hostile, TruncationAndBitFlips) {
  const Serializer msgpack(kMsgpack);
  RandomValues random(test_seed(), kAll);
  for (int round = 0; round < 60; ++round) {
    const Encoded encoded = msgpack.encode(random.tree());
    ASSERT_TRUE(encoded.ok()) << encoded;
    const std::string& bytes = encoded.bytes;
    if (bytes.size() > 600) continue;
    for (size_t size = 0; size < bytes.size(); ++size) {
      const Decoded decoded = msgpack.decode(std::string_view(bytes).substr(0, size));
      ASSERT_EQ(decoded.problem, "");
      ASSERT_EQ(decoded.status, COFFER_CORRUPT);
      ASSERT_LE(std::stoull(decoded.detail("offset")), size);
    }
    for (int flip = 0; flip < 60; ++flip) {
      std::string changed = bytes;
      for (uint64_t bits = 1 + random.below(3); bits > 0; --bits) {
        changed[random.below(changed.size())] ^= static_cast<char>(1u << random.below(8));
      }
      const Decoded decoded = msgpack.decode(changed);
      ASSERT_EQ(decoded.problem, "") << testing::PrintToString(changed);
      if (decoded.status == COFFER_OK) continue;
      ASSERT_TRUE(decoded.status == COFFER_CORRUPT || decoded.status == COFFER_UNSUPPORTED);
      ASSERT_LE(std::stoull(decoded.detail("offset")), changed.size());
    }
  }
}

TEST(Limits, AreKept) {
  const Serializer msgpack(kMsgpack);
  const auto limited = [&](std::string_view bytes, uint32_t depth, uint64_t items, uint64_t size) {
    const coffer_limits limits = {sizeof(limits), depth, items, size};
    const Decoded decoded = msgpack.decode(bytes, limits);
    EXPECT_EQ(decoded.problem, "");
    return decoded.status == COFFER_OK          ? std::string("ok")
           : decoded.status == COFFER_TOO_LARGE ? decoded.detail("limit")
                                                : "status " + std::to_string(decoded.status);
  };
  EXPECT_EQ(limited("\x91\x91\x01", 2, 9, 9), "ok");
  EXPECT_EQ(limited("\x91\x91\x91\x01", 2, 9, 9), "max_depth");
  EXPECT_EQ(limited("\x81\x01\x81\x01\x80", 2, 9, 9), "max_depth");
  EXPECT_EQ(limited("\xd4\x48\x90", 1, 9, 9), "ok");
  EXPECT_EQ(limited("\x91\xd4\x48\x90", 1, 9, 9), "max_depth");
  EXPECT_EQ(limited("\x93\x90\x90\x90", 2, 9, 9), "ok");  // depth is not the number of them
  EXPECT_EQ(limited("\x92\x01\x02", 9, 3, 9), "ok");
  EXPECT_EQ(limited("\x93\x01\x02\x03", 9, 3, 9), "max_items");
  EXPECT_EQ(limited("\x82\x01\x02\x03\x04", 9, 4, 9), "max_items");
  EXPECT_EQ(limited("\x92\xa3"
                    "abc\xc4\x02"
                    "de",
                    9, 9, 5),
            "ok");
  EXPECT_EQ(limited("\x92\xa3"
                    "abc\xc4\x03"
                    "def",
                    9, 9, 5),
            "max_bytes");
  EXPECT_EQ(limited("\xc7\x14\x40"
                    "18446744073709551616",
                    9, 9, 19),
            "max_bytes");
  EXPECT_EQ(limited("\xc7\x14\x40"
                    "18446744073709551616",
                    9, 9, 20),
            "ok");
  EXPECT_EQ(limited("\xd6\xff\x00\x00\x00\x00"s, 9, 9, 15), "max_bytes");  // of what is played
  EXPECT_EQ(limited("\xd6\xff\x00\x00\x00\x00"s, 9, 9, 16), "ok");
}

TEST(Limits, HostileDepthCostsNoStack) {
  const Serializer msgpack(kMsgpack);
  coffer_limits limits = kAmple;
  const std::string open(300'000, '\x91');
  EXPECT_EQ(msgpack.decode(open, limits).detail("limit"), "max_depth");
  limits.max_depth = UINT32_MAX;
  const Decoded decoded = msgpack.decode(open, limits);
  EXPECT_EQ(decoded.status, COFFER_CORRUPT);
  EXPECT_EQ(decoded.detail("offset"), "299999");

  // Well-formed, for a visitor that keeps nothing.
  static std::atomic<uint64_t> ends;
  ends = 0;
  Builder ignored;
  coffer_visitor visitor = *ignored.visitor();
  visitor.list_begin = [](void*, uint64_t, uint32_t) -> coffer_status { return COFFER_OK; };
  visitor.list_end = [](void*) -> coffer_status { return ++ends, COFFER_OK; };
  EXPECT_EQ(msgpack.decode(open + "\x90", visitor, limits).status, COFFER_OK);
  EXPECT_EQ(ends, open.size() + 1);
}

// Each event, told to fail, ends the decoding with that status and without a report.
TEST(Visitor, ItsFailureIsPassedThrough) {
  const Serializer msgpack(kMsgpack);
  const Value value =
      map({{text("a"),
            list({null(), boolean(true), integer(-1), integer("18446744073709551615"),
                  integer("18446744073709551616"), real(0.5), blob("x"),
                  packed_ext(COFFER_EXT_DATE, int32_t{1}), map({}), list({null()}, COFFER_SET)})}});
  const std::string bytes = msgpack.encode(value).bytes;
  Builder all;
  ASSERT_TRUE(msgpack.decode(bytes, *all.visitor()).ok());
  ASSERT_EQ(all.events(), 18u);
  for (uint64_t event = 0; event < all.events(); ++event) {
    Builder builder;
    builder.fail_at(event, COFFER_CANCELLED);
    const Result result = msgpack.decode(bytes, *builder.visitor());
    EXPECT_EQ(result.status, COFFER_CANCELLED) << event;
    EXPECT_EQ(result.message, "") << event;
    EXPECT_EQ(builder.events(), event + 1);  // and it asks no further
  }
}

TEST(Writer, ItsFailureIsPassedThrough) {
  const Serializer msgpack(kMsgpack);
  RandomValues random(test_seed(), kAll);
  const Value value = list({random.tree(), text(std::string(5'000, 'x')), random.tree(),
                            list({blob(std::string(300, 'y'))}, COFFER_TUPLE)});
  const Encoded whole = msgpack.encode(value);
  ASSERT_TRUE(whole.ok()) << whole;
  for (const size_t room : {size_t{0}, size_t{1}, size_t{255}, size_t{256}, size_t{700},
                            whole.bytes.size() / 2, whole.bytes.size() - 1}) {
    StringWriter out(room);
    const Encoded encoded = msgpack.encode(as_c(value), out.writer());
    EXPECT_EQ(encoded.status, COFFER_TOO_LARGE) << room;
    EXPECT_EQ(encoded.message, "") << room;
    EXPECT_TRUE(whole.bytes.starts_with(out.bytes()));
  }
}

// In whichever of its plays.
TEST(Value, ItsFailureIsPassedThrough) {
  const Serializer msgpack(kMsgpack);
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
      const Encoded encoded = msgpack.encode(value, out.writer());
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
  const Serializer msgpack(kMsgpack);
  for (const Play play : plays) {
    StringWriter out;
    const Encoded encoded = msgpack.encode({nullptr, play}, out.writer());
    EXPECT_EQ(encoded.status, COFFER_INVALID_ARGUMENT);
    EXPECT_EQ(encoded.problem, "");
    EXPECT_NE(encoded.detail("at"), "");
  }
}

// What was measured has to be what is written.
TEST(Value, ThatChangesBetweenPlaysIsRefused) {
  const Serializer msgpack(kMsgpack);
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
      const Encoded encoded = msgpack.encode(value, out.writer());
      EXPECT_EQ(encoded.status, COFFER_INVALID_ARGUMENT);
      EXPECT_EQ(encoded.problem, "");
    }
  }
}

TEST(Threads, OneInstanceServesAll) {
  const Serializer msgpack(kMsgpack);
  const uint64_t seed = test_seed();
  std::atomic<int> bad = 0;
  std::vector<std::thread> threads;
  for (uint64_t t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      RandomValues random(seed + t, kAll);
      for (int i = 0; i < 100; ++i) {
        const Value value = random.tree();
        const Encoded encoded = msgpack.encode(value);
        if (!encoded.ok() || msgpack.decode(encoded.bytes).value != value) ++bad;
        if (msgpack.decode(encoded.bytes + "!").status != COFFER_CORRUPT) ++bad;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(bad, 0);
}

TEST(RoundTrip, RandomValues) {
  RandomValues random(test_seed(), kAll);
  const Serializer msgpack(kMsgpack);
  for (int i = 0; i < 3'000; ++i) {
    const Value value = random.tree();
    const Encoded encoded = msgpack.encode(value);
    ASSERT_TRUE(encoded.ok()) << value << encoded;
    const Decoded decoded = msgpack.decode(encoded.bytes);
    ASSERT_TRUE(decoded.ok()) << testing::PrintToString(encoded.bytes) << decoded;
    ASSERT_EQ(decoded.value, value);
  }
}

}  // namespace
}  // namespace coffer::msgpack
