// Input from anywhere, bombs, values and writers that fail, limits.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "plugins/serializers/pickle/testing.h"
#include "plugins/serializers/testing/random_value.h"

namespace coffer::pickle {
namespace {

using namespace coffer::serializers;

constexpr Features kAll = {
    .not_finite = true, .blobs = true, .any_keys = false, .list_kinds = false, .exts = false};

void corrupt(const std::string& bytes, size_t offset, std::string_view message) {
  const Decoded decoded = Serializer(kPickle).decode(bytes);
  EXPECT_EQ(decoded.status, COFFER_CORRUPT) << testing::PrintToString(bytes) << decoded;
  EXPECT_EQ(decoded.problem, "");
  EXPECT_EQ(decoded.detail("offset"), std::to_string(offset))
      << testing::PrintToString(bytes) << decoded;
  EXPECT_NE(decoded.message.find(message), std::string::npos)
      << testing::PrintToString(bytes) << decoded;
}

TEST(Corrupt, NamesOffsetAndReason) {
  corrupt("", 0, "there is nothing");
  corrupt("N", 1, "ends without its end mark");
  corrupt("\x80", 0, "1 bytes are said to follow, but there are 0");
  corrupt("N.N", 2, "more after the end mark");
  corrupt(".", 0, "the stack holds 0 values");
  corrupt("NN.", 2, "the stack holds 2 values");
  corrupt("(N.", 2, "the stack holds 1 values");  // and a mark
  corrupt("N\xff.", 1, "unknown instruction 0xff");
  corrupt("Iabc\n.", 0, "not an integer");
  corrupt("I007\n.", 0, "not an integer");
  corrupt("I\n.", 0, "not an integer");
  corrupt("L1LL\n.", 0, "not an integer");
  corrupt("I1", 2, "in the middle of a line");
  corrupt("F1.5x\n.", 0, "not a float");
  corrupt("F\n.", 0, "not a float");
  corrupt("F1e999\n.", 0, "not a float");
  corrupt("S'abc\n.", 0, "without its quotes");
  corrupt("S'\n.", 0, "without its quotes");
  corrupt("S'\\x4'\n.", 0, "malformed escape");
  corrupt("S'\\'\n.", 0, "malformed escape");
  corrupt("V\\u12\n.", 0, "without its digits");
  corrupt("V\\U00110000\n.", 0, "without its digits");
  corrupt("\x8c\x01\xff.", 0, "not UTF-8");
  corrupt("\x8c\x02\xed\xa0.", 0, "not UTF-8");
  corrupt(
      "(K\x01"
      "d.",
      3, "a key without a value");
  corrupt("}(K\x01u.", 4, "a key without a value");
  corrupt(
      "N(K\x01"
      "e.",
      4, "items for a list that is not there");
  corrupt("](K\x01\x90.", 4, "items for a set that is not there");
  corrupt("](K\x01K\x02u.", 6, "items for a dict that is not there");
  corrupt(
      ")K\x01"
      "a.",
      3, "an item for a list that is not there");
  corrupt("(\x91(K\x01\x90.", 5, "items for a set that is not there");  // a frozen set takes none
  corrupt("gx\n.", 0, "not an index");
  corrupt("g0\n.", 0, "place 0 of the memo is empty");
  corrupt("h\x07.", 0, "place 7 of the memo is empty");
  corrupt("K\x01K\x02\x93.", 4, "a global whose name is not text");
}

TEST(Corrupt, StackUnderflow) {
  for (const std::string& bytes :
       {raw("0."), raw("2."), raw("a."), raw("s."), raw("\x85."), raw("N\x86."), raw("NN\x87."),
        raw("R."), raw("NR."), raw("b."), raw("N\x81."), raw("\x93."), raw("q\0."), raw("\x94."),
        raw("(a."), raw("((s."), raw("N(\x85."), raw("](N(a.")}) {
    const Decoded decoded = Serializer(kPickle).decode(bytes);
    EXPECT_EQ(decoded.status, COFFER_CORRUPT) << testing::PrintToString(bytes) << decoded;
  }
  // Not below a mark either, and a mark that is not there.
  corrupt("](K\x01(a.", 5, "more from the stack than there is");
  corrupt("N((a.", 3, "more from the stack than there is");
  for (const char* instruction : {"t", "l", "d", "e", "u", "1", "\x90", "\x91", "o"}) {
    corrupt("N" + std::string(instruction) + ".", 1, "there is no mark");
  }
  corrupt("(e.", 1, "more from the stack than there is");
}

// What a length says is not believed.
TEST(Corrupt, LengthLies) {
  for (const std::string& head :
       {raw("X\xff\xff\xff\xff"), raw("B\xff\xff\xff\xff"), raw("T\xff\xff\xff\x7f"),
        raw("\x8b\xff\xff\xff\x7f"), raw("\x8d\xff\xff\xff\xff\xff\xff\xff\xff"),
        raw("\x8e\xff\xff\xff\xff\xff\xff\xff\x7f"), raw("\x96\0\0\0\0\0\0\0\x80"), raw("\x8c\xff"),
        raw("C\xff"), raw("U\xff"), raw("\x8a\xff")}) {
    corrupt(head + "abc.", 0, "bytes are said to follow, but there are 4");
  }
  corrupt(raw("T\xff\xff\xff\xff."), 0, "a string of -1 bytes");
  corrupt(raw("\x8b\0\0\0\x80."), 0, "a number of -2147483648 bytes");
  corrupt(raw("\x95\x03\0\0\0\0\0\0\0N."), 0, "a frame of 3 bytes, but there are 2");
  corrupt(raw("Nr\xff\xff\xff\xff."), 1, "place 4294967295 of the memo is out of reach");
  corrupt("Np18446744073709551615\n.", 1, "out of reach");
  corrupt("Np18446744073709551616\n.", 1, "not an index");
}

// Cut anywhere, and changed anywhere: refused or a value, and the report is in order.
TEST(Hostile, TruncationAndBitFlips) {
  const uint64_t seed = test_seed();
  RandomValues random(seed, kAll);
  for (int round = 0; round < 60; ++round) {
    const Serializer pickle(
        kPickle, {{"protocol", std::to_string(2 + round % 4)}, {"nanoseconds", "truncate"}});
    const Encoded encoded = pickle.encode(list({random.tree(), random.extension()}));
    if (encoded.status == COFFER_UNSUPPORTED) continue;  // a year that Python has not
    ASSERT_TRUE(encoded.ok()) << encoded;
    const std::string& bytes = encoded.bytes;
    if (bytes.size() > 600) continue;
    for (size_t size = 0; size < bytes.size(); ++size) {
      const Decoded decoded = pickle.decode(std::string_view(bytes).substr(0, size));
      ASSERT_EQ(decoded.problem, "");
      ASSERT_EQ(decoded.status, COFFER_CORRUPT);
      ASSERT_LE(std::stoull(decoded.detail("offset")), size);
    }
    for (int flip = 0; flip < 100; ++flip) {
      std::string changed = bytes;
      for (uint64_t bits = 1 + random.below(3); bits > 0; --bits) {
        changed[random.below(changed.size())] ^= static_cast<char>(1u << random.below(8));
      }
      const Decoded decoded = pickle.decode(changed);
      ASSERT_EQ(decoded.problem, "") << testing::PrintToString(changed);
      if (decoded.status == COFFER_OK) continue;
      ASSERT_TRUE(decoded.status == COFFER_CORRUPT || decoded.status == COFFER_UNSUPPORTED)
          << decoded;
      ASSERT_LE(std::stoull(decoded.detail("offset")), changed.size()) << decoded;
    }
  }
}

// ---- Bombs --------------------------------------------------------------------------------------

// l0 = []; l1 = [l0, l0]; l2 = [l1, l1]; ...: a hundred bytes that are 2^30 lists.
TEST(Bombs, OfTheMemo) {
  std::string bytes = "]\x94";
  for (int i = 0; i < 40; ++i)
    bytes += std::string("0](h") + static_cast<char>(i) + "h" + static_cast<char>(i) + "e\x94";
  const Serializer pickle(kPickle);
  coffer_limits limits = {sizeof(limits), 100, 100'000, 1 << 20};
  Decoded decoded = pickle.decode(bytes + ".", limits);
  EXPECT_EQ(decoded.status, COFFER_TOO_LARGE) << decoded;
  EXPECT_EQ(decoded.detail("limit"), "max_items");
  limits.max_depth = 20;
  EXPECT_EQ(pickle.decode(bytes + ".", limits).detail("limit"), "max_depth");
  // As tuples, which are never filled later.
  bytes = ")";
  for (int i = 0; i < 60; ++i) bytes += "2\x86";
  EXPECT_EQ(pickle.decode(bytes + ".", {sizeof(limits), 100, 100'000, 1 << 20}).detail("limit"),
            "max_items");
}

TEST(Bombs, OfSharedText) {
  const std::string text(10'000, 'x');
  std::string bytes = "](X" + raw("\x10\x27\0\0") + text + "\x94";
  for (int i = 0; i < 10'000; ++i) bytes += raw("h\0");
  const coffer_limits limits = {sizeof(limits), 100, 100'000, 1 << 20};
  EXPECT_EQ(Serializer(kPickle).decode(bytes + "e.", limits).detail("limit"), "max_bytes");
}

// Calls that would copy what they are given, one in another and again and again: memory stays a
// small multiple.
TEST(Bombs, OfNestedCalls) {
  const Serializer pickle(kPickle);
  const coffer_limits limits = {sizeof(limits), 100, 1'000'000, 1 << 20};
  std::string set = "]q" + raw("\0(");
  for (int i = 0; i < 5'000; ++i) set += "N";
  set +=
      "e0(cbuiltins\nset\nq\x01"
      "1](";
  for (int i = 0; i < 20'000; ++i) set += raw("h\x01h\0\x85R");
  Decoded decoded = pickle.decode(set + "e.", limits);
  EXPECT_EQ(decoded.detail("limit"), "max_items") << decoded;

  std::string latin1 = raw("(c_codecs\nencode\nq\0X\x10\x27\0\0") + std::string(10'000, 'x') +
                       raw("q\x01X\x06\0\0\0latin1q\x02"
                           "1](");
  for (int i = 0; i < 10'000; ++i) latin1 += raw("h\0h\x01h\x02\x86R");
  decoded = pickle.decode(latin1 + "e.", limits);
  EXPECT_EQ(decoded.detail("limit"), "max_bytes") << decoded;
}

TEST(Bombs, OfDigits) {
  // To change its base would take very long.
  const std::string bytes = raw("\x8b\x40\x42\x0f\0") + std::string(1'000'000, '\x7f');
  EXPECT_EQ(Serializer(kPickle).decode(bytes + ".").status, COFFER_TOO_LARGE);
  EXPECT_EQ(Serializer(kPickle).decode("L" + std::string(1'000'000, '1') + "\n.").status,
            COFFER_TOO_LARGE);
  EXPECT_TRUE(Serializer(kPickle).decode("L" + std::string(39'456, '9') + "L\n.").ok());
  EXPECT_TRUE(
      Serializer(kPickle).decode(raw("\x8b\0\x40\0\0") + std::string(16'384, '\x7f') + ".").ok());
  EXPECT_EQ(Serializer(kPickle)
                .decode(raw("\x8b\x01\x40\0\0") + std::string(16'385, '\x7f') + ".")
                .status,
            COFFER_TOO_LARGE);
}

// ---- Limits -------------------------------------------------------------------------------------

TEST(Limits, AreKept) {
  const Serializer pickle(kPickle);
  const auto limited = [&](const std::string& bytes, uint32_t depth, uint64_t items,
                           uint64_t size) {
    const coffer_limits limits = {sizeof(limits), depth, items, size};
    const Decoded decoded = pickle.decode(bytes, limits);
    EXPECT_EQ(decoded.problem, "");
    return decoded.status == COFFER_OK          ? std::string("ok")
           : decoded.status == COFFER_TOO_LARGE ? decoded.detail("limit")
                                                : "status " + std::to_string(decoded.status);
  };
  EXPECT_EQ(limited("](](K\x01"
                    "ee.",
                    2, 9, 9),
            "ok");
  EXPECT_EQ(limited("](](](K\x01"
                    "eee.",
                    2, 9, 9),
            "max_depth");
  EXPECT_EQ(limited("](]]]e.", 2, 9, 9), "ok");  // depth is not the number of them
  EXPECT_EQ(limited("](NNe.", 9, 3, 9), "ok");
  EXPECT_EQ(limited("](NNNe.", 9, 3, 9), "max_items");
  EXPECT_EQ(limited("}(NNu.", 9, 3, 9), "ok");
  EXPECT_EQ(limited("}(NNNNu.", 9, 4, 9), "max_items");
  EXPECT_EQ(limited("](\x8c\x03"
                    "abcC\x02xxe.",
                    9, 9, 5),
            "ok");
  EXPECT_EQ(limited("](\x8c\x03"
                    "abcC\x03xxxe.",
                    9, 9, 5),
            "max_bytes");
  EXPECT_EQ(limited(raw("\x8a\x09\0\0\0\0\0\0\0\0\x01."), 9, 9, 19), "max_bytes");
  EXPECT_EQ(limited(raw("\x8a\x09\0\0\0\0\0\0\0\0\x01."), 9, 9, 20), "ok");
  EXPECT_EQ(limited("cdatetime\ndate\nC\x04\x07\xe8\x02\x1d\x85R.", 9, 1, 4),
            "ok");  // one item, whatever it is made of
  EXPECT_EQ(limited("cdatetime\ndate\nC\x04\x07\xe8\x02\x1d\x85R.", 9, 1, 3), "max_bytes");
  EXPECT_EQ(limited(raw("c_codecs\nencode\nX\x02\0\0\0\xc3\xbfX\x06\0\0\0latin1\x86R."), 9, 1, 1),
            "ok");
}

TEST(Limits, HostileDepthCostsNoStack) {
  const Serializer pickle(kPickle);
  coffer_limits limits = kAmple;
  std::string bytes;
  constexpr size_t kDepth = 300'000;
  for (size_t i = 0; i < kDepth; ++i) bytes += "](";
  EXPECT_EQ(pickle.decode(bytes, limits).status, COFFER_CORRUPT);
  bytes += std::string(kDepth, 'e');
  EXPECT_EQ(pickle.decode(bytes + ".", limits).detail("limit"), "max_depth");
  // For a visitor that keeps nothing.
  limits.max_depth = UINT32_MAX;
  static std::atomic<uint64_t> ends;
  ends = 0;
  Builder ignored;
  coffer_visitor visitor = *ignored.visitor();
  visitor.list_begin = [](void*, uint64_t, uint32_t) -> coffer_status { return COFFER_OK; };
  visitor.list_end = [](void*) -> coffer_status { return ++ends, COFFER_OK; };
  EXPECT_EQ(pickle.decode(bytes + ".", visitor, limits).status, COFFER_OK);
  EXPECT_EQ(ends, kDepth);
  // A tuple in a tuple in a tuple.
  EXPECT_EQ(pickle.decode(")" + std::string(kDepth, '\x85') + ".", visitor, limits).status,
            COFFER_OK);
}

// ---- Failures of others -------------------------------------------------------------------------

// Each event, told to fail, ends the decoding with that status and without a report.
TEST(Visitor, ItsFailureIsPassedThrough) {
  const Serializer pickle(kPickle);
  const std::string bytes =
      raw("]("
          "N\x88K\x01\x8a\x09\xff\xff\xff\xff\xff\xff\xff\xff\0\x8a\x09\0\0\0\0\0\0\0\0\x01G\0\0\0"
          "\0\0\0\0\0\x8c\x01xC\x01y"
          "}(NNu)\x8f(N\x90U\x01z"
          "c_codecs\nencode\nX\x01\0\0\0xX\x06\0\0\0latin1\x86R"
          "cdatetime\ndate\nC\x04\x07\xe8\x02\x1d\x85R"
          "cdecimal\nDecimal\n\x8c\x01"
          "1\x85R"
          "e.");
  Builder all;
  ASSERT_TRUE(pickle.decode(bytes, *all.visitor()).ok());
  ASSERT_EQ(all.events(), 23u);
  for (uint64_t event = 0; event < all.events(); ++event) {
    Builder builder;
    builder.fail_at(event, COFFER_CANCELLED);
    const Result result = pickle.decode(bytes, *builder.visitor());
    EXPECT_EQ(result.status, COFFER_CANCELLED) << event;
    EXPECT_EQ(result.message, "") << event;
    EXPECT_EQ(builder.events(), event + 1);  // and it asks no further
  }
}

TEST(Writer, ItsFailureIsPassedThrough) {
  RandomValues random(test_seed(), {.blobs = true});
  const Value value = list({random.tree(), text(std::string(5'000, 'x')), random.tree(),
                            blob(std::string(300, 'y')), blob(std::string(700, '\xff'))});
  for (const char* protocol : {"2", "4"}) {
    const Serializer pickle(kPickle, {{"protocol", protocol}});
    const Encoded whole = pickle.encode(value);
    ASSERT_TRUE(whole.ok()) << whole;
    for (const size_t room : {size_t{0}, size_t{1}, size_t{255}, size_t{256}, size_t{700},
                              whole.bytes.size() / 2, whole.bytes.size() - 1}) {
      StringWriter out(room);
      const Encoded encoded = pickle.encode(as_c(value), out.writer());
      EXPECT_EQ(encoded.status, COFFER_TOO_LARGE) << room;
      EXPECT_EQ(encoded.message, "") << room;
      EXPECT_TRUE(whole.bytes.starts_with(out.bytes()));
    }
  }
}

TEST(Value, ItsFailureIsPassedThrough) {
  const Serializer pickle(kPickle);
  const coffer_value value = {nullptr, [](void*, const coffer_visitor* v, coffer_sink*) {
                                v->list_begin(v->self, 2, COFFER_LIST);
                                return coffer_status{COFFER_IO};
                              }};
  StringWriter out;
  const Encoded encoded = pickle.encode(value, out.writer());
  EXPECT_EQ(encoded.status, COFFER_IO);
  EXPECT_EQ(encoded.message, "");
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
      [](void*, const coffer_visitor* v, coffer_sink*) { return v->map_end(v->self); },
      [](void*, const coffer_visitor* v, coffer_sink*) { return v->map_begin(v->self, 0); },
      [](void*, const coffer_visitor* v, coffer_sink*) {
        return v->map_begin(v->self, 0), v->list_end(v->self);
      },
      [](void*, const coffer_visitor* v, coffer_sink*) {
        return v->list_begin(v->self, 0, COFFER_LIST), v->map_end(v->self);
      },
      [](void*, const coffer_visitor* v, coffer_sink*) {
        v->map_begin(v->self, 1), v->text(v->self, "k", 1);
        return v->map_end(v->self);
      },
  };
  const Serializer pickle(kPickle);
  for (const Play play : plays) {
    StringWriter out;
    const Encoded encoded = pickle.encode({nullptr, play}, out.writer());
    EXPECT_EQ(encoded.status, COFFER_INVALID_ARGUMENT);
    EXPECT_EQ(encoded.problem, "");
    EXPECT_NE(encoded.detail("at"), "");
  }
}

TEST(Threads, OneInstanceServesAll) {
  const Serializer pickle(kPickle);
  const uint64_t seed = test_seed();
  std::atomic<int> bad = 0;
  std::vector<std::thread> threads;
  for (uint64_t t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      RandomValues random(seed + t, kAll);
      for (int i = 0; i < 100; ++i) {
        const Value value = random.tree();
        const Encoded encoded = pickle.encode(value);
        if (!encoded.ok() || pickle.decode(encoded.bytes).value != value) ++bad;
        if (pickle.decode(encoded.bytes + "!").status != COFFER_CORRUPT) ++bad;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(bad, 0);
}

}  // namespace
}  // namespace coffer::pickle
