// Input from anywhere, values and writers that fail, limits, memory.
#include <gtest/gtest.h>

#include <atomic>
#include <limits>
#include <thread>

#include "plugins/serializers/json/testing.h"
#include "plugins/serializers/testing/random_value.h"

namespace coffer::json {
namespace {

using namespace coffer::serializers;

void corrupt(const Serializer& json, std::string_view bytes, size_t offset,
             std::string_view message) {
  const Decoded decoded = json.decode(bytes);
  EXPECT_EQ(decoded.status, COFFER_CORRUPT) << bytes;
  EXPECT_EQ(decoded.problem, "") << bytes;
  EXPECT_EQ(decoded.detail("offset"), std::to_string(offset)) << bytes << decoded;
  EXPECT_NE(decoded.message.find(message), std::string::npos) << bytes << decoded;
}

TEST(Corrupt, NamesOffsetAndReason) {
  const Serializer json(kJson);
  corrupt(json, "", 0, "there is no value");
  corrupt(json, "  ", 2, "there is no value");
  corrupt(json, "nul", 3, "ends in the middle");
  corrupt(json, "nule", 3, "expected a value");
  corrupt(json, "True", 0, "expected a value");
  corrupt(json, "NaN", 0, "the option \"nan\" can read them");
  corrupt(json, "[-Infinity]", 1, "NaN and infinities are no JSON");
  corrupt(json, "[-Inf]", 2, "expected a digit after '-'");
  corrupt(json, "-", 1, "ends in the middle");
  corrupt(json, "[01]", 2, "must not start with 0");
  corrupt(json, "+1", 0, "expected a value");
  corrupt(json, ".5", 0, "expected a value");
  corrupt(json, "[1.]", 3, "expected a digit after the point");
  corrupt(json, "[1e]", 3, "expected a digit in the exponent");
  corrupt(json, "[1e+]", 4, "expected a digit in the exponent");
  corrupt(json, "0x1F", 1, "more after the value");
  corrupt(json, "12a", 2, "more after the value");
  corrupt(json, "[12a]", 3, "expected ',' or ']'");
  corrupt(json, "[1,]", 3, "expected a value");
  corrupt(json, "[1 2]", 3, "expected ',' or ']'");
  corrupt(json, "[1", 2, "ends in the middle");
  corrupt(json, "]", 0, "expected a value");
  corrupt(json, "{\"a\" 1}", 5, "expected ':'");
  corrupt(json, "{\"a\":}", 5, "expected a value");
  corrupt(json, "{\"a\":1,}", 7, "expected a key in quotes");
  corrupt(json, "{a:1}", 1, "expected a key in quotes");
  corrupt(json, "{1:1}", 1, "expected a key in quotes");
  corrupt(json, "{\"a\":1 \"b\":2}", 7, "expected ',' or '}'");
  corrupt(json, "{\"a\":1]", 6, "expected ',' or '}'");
  corrupt(json, "'a'", 0, "expected a value");
  corrupt(json, "// 1\n1", 0, "expected a value");
  corrupt(json,
          "\xef\xbb\xbf"
          "1",
          0, "expected a value");  // no byte order mark
}

TEST(Corrupt, BytesAfterTheValue) {
  const Serializer json(kJson);
  corrupt(json, "1 2", 2, "more after the value");
  corrupt(json, "{}}", 2, "more after the value");
  corrupt(json, std::string_view("1\0", 2), 1, "more after the value");
  corrupt(json, std::string_view("1\0 2", 4), 1, "more after the value");
  corrupt(json, std::string_view("[]\0garbage", 10), 2, "more after the value");
  corrupt(json, std::string_view("\0", 1), 0, "expected a value");
  corrupt(json, std::string_view("[1,\0]", 5), 3, "expected a value");
}

TEST(Corrupt, Strings) {
  const Serializer json(kJson);
  corrupt(json, "\"abc", 4, "ends in the middle");
  corrupt(json, "\"abc\\", 4, "ends inside a string");
  corrupt(json, "\"a\\x\"", 2, "no such escape");
  corrupt(json, "\"a\\U0041\"", 2, "no such escape");
  corrupt(json, "\"\\u12\"", 1, "four hex digits");
  corrupt(json, "\"\\u12", 1, "four hex digits");
  corrupt(json, "\"\\u00g0\"", 1, "four hex digits");
  corrupt(json, "\"\\u+123\"", 1, "four hex digits");
  corrupt(json, "\"a\nb\"", 2, "control character");
  corrupt(json, std::string_view("\"a\0b\"", 5), 2, "control character");
  corrupt(json, "\"\xff\"", 1, "not UTF-8");
  corrupt(json, "[\"0123456789\xc3\"]", 12, "not UTF-8");
  corrupt(json, "\"\xed\xa0\x80\"", 1, "not UTF-8");  // a surrogate in UTF-8
  corrupt(json, "\"\xc0\xaf\"", 1, "not UTF-8");      // overlong
  corrupt(json, "\"\xc3\\n\xa4\"", 1, "not UTF-8");   // cut by an escape
  corrupt(json, "\"a\\n\xf4\x90\x80\x80\"", 4, "not UTF-8");
  corrupt(json, "{\"\xff\":1}", 2, "not UTF-8");  // keys too
}

// RapidJSON lets the lower half pass.
TEST(Corrupt, HalfSurrogates) {
  const Serializer json(kJson);
  for (const char* half : {"\\ud800", "\\udbff", "\\udc00", "\\udfff", "\\ud800\\ud800", "\\ud800x",
                           "\\ud800\\n", "\\ude00\\ud83d", "\\ud800\\u00"}) {
    corrupt(json, "\"ab" + std::string(half) + "\"", 3, "surrogate");
  }
}

// Cut anywhere, and changed anywhere: CORRUPT or a value, and the report is in order.
void cut_and_flip(const Serializer& json, RandomValues& random) {
  for (int round = 0; round < 50; ++round) {
    const Encoded encoded = json.encode(random.tree());
    ASSERT_TRUE(encoded.ok()) << encoded;
    const std::string& bytes = encoded.bytes;
    if (bytes.size() > 600) continue;
    for (size_t size = 0; size < bytes.size(); ++size) {
      const Decoded decoded = json.decode(std::string_view(bytes).substr(0, size));
      ASSERT_EQ(decoded.problem, "");
      // A number cut short may still be a number; nothing else may.
      if (decoded.status == COFFER_OK) {
        ASSERT_TRUE(decoded.value->kind == Value::Kind::kInteger ||
                    decoded.value->kind == Value::Kind::kFloat)
            << bytes.substr(0, size);
      } else {
        ASSERT_EQ(decoded.status, COFFER_CORRUPT);
        ASSERT_LE(std::stoull(decoded.detail("offset")), size);
      }
    }
    for (int flip = 0; flip < 60 && !bytes.empty(); ++flip) {
      std::string changed = bytes;
      for (uint64_t bits = 1 + random.below(3); bits > 0; --bits) {
        changed[random.below(changed.size())] ^= static_cast<char>(1u << random.below(8));
      }
      const Decoded decoded = json.decode(changed);
      ASSERT_EQ(decoded.problem, "") << testing::PrintToString(changed);
      if (decoded.status == COFFER_OK) continue;
      ASSERT_EQ(decoded.status, COFFER_CORRUPT) << testing::PrintToString(changed);
      ASSERT_LE(std::stoull(decoded.detail("offset")), changed.size());
    }
  }
}

TEST(Hostile, TruncationAndBitFlips) {
  RandomValues random(test_seed());
  cut_and_flip(Serializer(kJson), random);
}

TEST(Hostile, TruncationAndBitFlipsOfTags) {
  RandomValues random(test_seed(), {.list_kinds = true, .exts = true});
  cut_and_flip(Serializer(kJson, {{"ext", "tagged"}}), random);
}

TEST(Limits, AreKept) {
  const Serializer json(kJson);
  const auto limited = [&](std::string_view bytes, uint32_t depth, uint64_t items, uint64_t size) {
    const coffer_limits limits = {sizeof(limits), depth, items, size};
    const Decoded decoded = json.decode(bytes, limits);
    EXPECT_EQ(decoded.problem, "");
    return decoded.status == COFFER_OK          ? std::string("ok")
           : decoded.status == COFFER_TOO_LARGE ? decoded.detail("limit")
                                                : "status " + std::to_string(decoded.status);
  };
  EXPECT_EQ(limited("[[1]]", 2, 9, 9), "ok");
  EXPECT_EQ(limited("[[[1]]]", 2, 9, 9), "max_depth");
  EXPECT_EQ(limited("{\"a\":{\"b\":{}}}", 2, 9, 9), "max_depth");
  EXPECT_EQ(limited("[[],[],[]]", 2, 9, 9), "ok");  // depth is not the number of them
  EXPECT_EQ(limited("[1,2]", 9, 3, 9), "ok");
  EXPECT_EQ(limited("[1,2,3]", 9, 3, 9), "max_items");
  EXPECT_EQ(limited("{\"a\":1}", 9, 3, 9), "ok");
  EXPECT_EQ(limited("{\"a\":1,\"b\":2}", 9, 4, 9), "max_items");
  EXPECT_EQ(limited("[\"abc\",\"de\"]", 9, 9, 5), "ok");
  EXPECT_EQ(limited("[\"abc\",\"def\"]", 9, 9, 5), "max_bytes");
  EXPECT_EQ(limited("\"\\u0041\\u0041\"", 9, 9, 2), "ok");  // of what is played
  EXPECT_EQ(limited("18446744073709551616", 9, 9, 19), "max_bytes");
  EXPECT_EQ(limited("18446744073709551616", 9, 9, 20), "ok");
}

TEST(Limits, HostileDepthCostsNoStack) {
  const Serializer json(kJson);
  coffer_limits limits = kAmple;
  const std::string open(300'000, '[');
  EXPECT_EQ(json.decode(open, limits).detail("limit"), "max_depth");
  limits.max_depth = UINT32_MAX;
  const Decoded decoded = json.decode(open, limits);
  EXPECT_EQ(decoded.status, COFFER_CORRUPT);
  EXPECT_EQ(decoded.detail("offset"), "300000");

  // Well-formed, for a visitor that keeps nothing.
  const std::string deep = open + std::string(open.size(), ']');
  static std::atomic<uint64_t> ends;
  ends = 0;
  Builder ignored;
  coffer_visitor visitor = *ignored.visitor();
  visitor.list_begin = [](void*, uint64_t, uint32_t) -> coffer_status { return COFFER_OK; };
  visitor.list_end = [](void*) -> coffer_status { return ++ends, COFFER_OK; };
  EXPECT_EQ(json.decode(deep, visitor, limits).status, COFFER_OK);
  EXPECT_EQ(ends, open.size());
}

// Each event, told to fail, ends the decoding with that status and without a report.
TEST(Visitor, ItsFailureIsPassedThrough) {
  const Serializer json(kJson);
  const std::string bytes =
      "{\"a\":[null,true,1,18446744073709551615,18446744073709551616,0.5,\"x\\n\",{},[]]}";
  Builder all;
  ASSERT_TRUE(json.decode(bytes, *all.visitor()).ok());
  ASSERT_EQ(all.events(), 16u);
  for (uint64_t event = 0; event < all.events(); ++event) {
    Builder builder;
    builder.fail_at(event, COFFER_CANCELLED);
    const Result result = json.decode(bytes, *builder.visitor());
    EXPECT_EQ(result.status, COFFER_CANCELLED) << event;
    EXPECT_EQ(result.message, "") << event;
    EXPECT_EQ(builder.events(), event + 1);  // and it asks no further
  }
}

TEST(Writer, ItsFailureIsPassedThrough) {
  const Serializer json(kJson);
  RandomValues random(test_seed(), {.blobs = true});
  const Serializer base64(kJson, {{"binary", "base64"}, {"indent", "3"}});
  Value value = list({random.tree(), text(std::string(5'000, 'x')), random.tree(),
                      blob(std::string(300, 'y')), text(std::string(100, '\n'))});
  const Encoded whole = base64.encode(value);
  ASSERT_TRUE(whole.ok()) << whole;
  for (const size_t room : {size_t{0}, size_t{1}, size_t{255}, size_t{256}, size_t{700},
                            whole.bytes.size() / 2, whole.bytes.size() - 1}) {
    StringWriter out(room);
    const Encoded encoded = base64.encode(as_c(value), out.writer());
    EXPECT_EQ(encoded.status, COFFER_TOO_LARGE) << room;
    EXPECT_EQ(encoded.message, "") << room;
    EXPECT_TRUE(whole.bytes.starts_with(out.bytes()));
  }
}

TEST(Value, ItsFailureIsPassedThrough) {
  const Serializer json(kJson);
  const coffer_value value = {nullptr, [](void*, const coffer_visitor* v, coffer_sink*) {
                                v->list_begin(v->self, 2, COFFER_LIST);
                                return coffer_status{COFFER_IO};
                              }};
  StringWriter out;
  const Encoded encoded = json.encode(value, out.writer());
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
  for (const char* indent : {"0", "2"}) {
    const Serializer json(kJson, {{"indent", indent}});
    for (const Play play : plays) {
      StringWriter out;
      const Encoded encoded = json.encode({nullptr, play}, out.writer());
      EXPECT_EQ(encoded.status, COFFER_INVALID_ARGUMENT);
      EXPECT_EQ(encoded.problem, "");
      EXPECT_NE(encoded.detail("at"), "");
    }
  }
}

TEST(Threads, OneInstanceServesAll) {
  const Serializer json(kJson, {{"nan", "text"}});
  const uint64_t seed = test_seed();
  std::atomic<int> bad = 0;
  std::vector<std::thread> threads;
  for (uint64_t t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      RandomValues random(seed + t);
      for (int i = 0; i < 100; ++i) {
        const Value value = random.tree();
        const Encoded encoded = json.encode(value);
        if (!encoded.ok() || json.decode(encoded.bytes).value != value) ++bad;
        if (json.decode(encoded.bytes + "!").status != COFFER_CORRUPT) ++bad;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(bad, 0);
}

TEST(RoundTrip, RandomValues) {
  const uint64_t seed = test_seed();
  RandomValues random(seed);
  const Serializer compact(kJson), pretty(kJson, {{"indent", "2"}}),
      ascii(kJson, {{"ascii", "true"}});
  for (int i = 0; i < 1'000; ++i) {
    const Value value = random.tree();
    for (const Serializer* json : {&compact, &pretty, &ascii}) {
      const Encoded encoded = json->encode(value);
      ASSERT_TRUE(encoded.ok()) << value << encoded;
      const Decoded decoded = json->decode(encoded.bytes);
      ASSERT_TRUE(decoded.ok()) << encoded.bytes << decoded;
      ASSERT_EQ(decoded.value, value) << encoded.bytes;
    }
  }
}

}  // namespace
}  // namespace coffer::json
