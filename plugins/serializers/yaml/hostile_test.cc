// Input from anywhere, values and writers that fail, limits.
#include <gtest/gtest.h>

#include <atomic>
#include <limits>
#include <thread>

#include "plugins/serializers/testing/random_value.h"
#include "plugins/serializers/yaml/testing.h"

namespace coffer::yaml {
namespace {

using namespace coffer::serializers;

constexpr Features kHeld = {.blobs = true, .any_keys = true};

void corrupt(const Serializer& yaml, std::string_view bytes, size_t offset,
             std::string_view message) {
  const Decoded decoded = yaml.decode(bytes);
  EXPECT_EQ(decoded.status, COFFER_CORRUPT) << bytes;
  EXPECT_EQ(decoded.problem, "") << bytes;
  EXPECT_EQ(decoded.detail("offset"), std::to_string(offset)) << bytes << decoded;
  EXPECT_NE(decoded.message.find(message), std::string::npos) << bytes << decoded;
}

TEST(Corrupt, NamesOffsetAndReason) {
  const Serializer yaml(kYaml);
  corrupt(yaml, "", 0, "there is no value");
  corrupt(yaml, "# nothing\n", 10, "there is no value");
  corrupt(yaml, "[1", 2, "did not find expected ',' or ']'");
  corrupt(yaml, "a: b: c", 4, "mapping values are not allowed");
  corrupt(yaml, "- a\nb: c", 4, "did not find expected '-' indicator");
  corrupt(yaml, "\"abc", 4, "unexpected end of stream");
  corrupt(yaml, "\"\\q\"", 1, "unknown escape character");
  corrupt(yaml, "*a", 0, "an alias of \"a\", which names no value");
  corrupt(yaml, "[&a 1, &a 2]", 7, "a second value of the name \"a\"");
  corrupt(yaml, "- x\n- &a [*a]\n", 10, "\"a\" is a value that contains itself");
  corrupt(yaml, "- 2001-02-30", 2, "no such date or time");
  corrupt(yaml, "- !!int x", 2, "not an integer");
  corrupt(yaml, "- !!bool x", 2, "not a boolean");
  corrupt(yaml, "- !!binary 'A'", 2, "not base64");
  corrupt(yaml, "- !!omap [a]", 10, "maps of one pair");
  corrupt(yaml, "- <<: 1", 6, "neither a map nor a list of maps");
  // Offsets are of bytes, where libyaml counts characters.
  corrupt(yaml, "äöü: [1, *x]", 12, "an alias");
  corrupt(yaml, "\xef\xbb\xbf*a", 3, "an alias");
}

TEST(Corrupt, WhatComesAfterTheValue) {
  const Serializer yaml(kYaml);
  corrupt(yaml, "--- 1\n--- 2\n", 6, "a second document");
  corrupt(yaml, "a\n...\nb\n", 6, "document start");
  corrupt(yaml, std::string_view("a\n...\n\0", 7), 6, "control characters");
  corrupt(yaml, "- 1\n...\n- 1\n...\n", 8, "document start");
}

TEST(Corrupt, TagsOfObjectsAreRefusedByName) {
  const Serializer yaml(kYaml);
  for (const std::string tag :
       {"!!python/object:os.system", "!!python/object/apply:os.system", "!!python/tuple",
        "!!java.util.Date", "!ruby/object:Gem", "!custom"}) {
    corrupt(yaml, "- ok\n- " + tag + " [ls]\n", 7, "names no type of plain data");
    const Decoded decoded = yaml.decode("- ok\n- " + tag + " [ls]\n");
    EXPECT_TRUE(decoded.detail("tag").ends_with(tag.substr(2))) << decoded.detail("tag");
  }
  corrupt(yaml, "!!int [1]", 0, "the tag \"tag:yaml.org,2002:int\" for a sequence");
  corrupt(yaml, "!!set [1]", 0, "for a sequence");
  corrupt(yaml, "!!seq {}", 0, "for a mapping");
}

TEST(Corrupt, EncodingsOtherThanUtf8) {
  const Serializer yaml(kYaml);
  corrupt(yaml,
          std::string_view("\xff\xfe"
                           "a\0",
                           4),
          0, "UTF-16");
  corrupt(yaml, std::string_view("\xfe\xff\0a", 4), 0, "UTF-16");
  corrupt(yaml, "- a\n- \xff", 6, "not UTF-8");
  corrupt(yaml, "\"\xed\xa0\x80\"", 1, "not UTF-8");  // a surrogate
  corrupt(yaml, "\xc0\xaf", 0, "not UTF-8");          // overlong
  corrupt(yaml, "a\x01", 1, "control characters");
  corrupt(yaml, "\"\\uD800\"", 1, "half a surrogate pair");
}

// Cut anywhere, and changed anywhere: CORRUPT or a value, and the report is in order.
TEST(Hostile, TruncationAndBitFlips) {
  const Serializer yaml(kYaml, {{"keys", "any"}});
  RandomValues random(test_seed(), kHeld);
  for (int round = 0; round < 40; ++round) {
    const Encoded encoded = yaml.encode(random.tree());
    ASSERT_TRUE(encoded.ok()) << encoded;
    const std::string& bytes = encoded.bytes;
    if (bytes.size() > 600) continue;
    const auto judge = [&](const std::string& changed) {
      const Decoded decoded = yaml.decode(changed);
      ASSERT_EQ(decoded.problem, "") << testing::PrintToString(changed);
      if (decoded.status == COFFER_OK) return;
      ASSERT_EQ(decoded.status, COFFER_CORRUPT);
      ASSERT_LE(std::stoull(decoded.detail("offset")), changed.size());
    };
    for (size_t size = 0; size < bytes.size(); ++size) judge(bytes.substr(0, size));
    for (int flip = 0; flip < 60; ++flip) {
      std::string changed = bytes;
      for (uint64_t bits = 1 + random.below(3); bits > 0; --bits) {
        changed[random.below(changed.size())] ^= static_cast<char>(1u << random.below(8));
      }
      judge(changed);
    }
  }
}

std::string limited(std::string_view bytes, uint32_t depth, uint64_t items, uint64_t size,
                    const char* expansion = "16MiB") {
  const Serializer yaml(kYaml, {{"expansion", expansion}});
  const coffer_limits limits = {sizeof(limits), depth, items, size};
  const Decoded decoded = yaml.decode(bytes, limits);
  EXPECT_EQ(decoded.problem, "");
  return decoded.status == COFFER_OK          ? std::string("ok")
         : decoded.status == COFFER_TOO_LARGE ? decoded.detail("limit")
                                              : "status " + std::to_string(decoded.status);
}

TEST(Limits, AreKept) {
  EXPECT_EQ(limited("[[1]]", 2, 9, 9), "ok");
  EXPECT_EQ(limited("[[[1]]]", 2, 9, 9), "max_depth");
  EXPECT_EQ(limited("- - - 1", 2, 9, 9), "max_depth");
  EXPECT_EQ(limited("{a: {b: {}}}", 2, 9, 9), "max_depth");
  EXPECT_EQ(limited("[[],[],[]]", 2, 9, 9), "ok");  // depth is not the number of them
  EXPECT_EQ(limited("[1,2]", 9, 3, 9), "ok");
  EXPECT_EQ(limited("[1,2,3]", 9, 3, 9), "max_items");
  EXPECT_EQ(limited("{a: 1}", 9, 3, 9), "ok");
  EXPECT_EQ(limited("{a: 1, b: 2}", 9, 4, 9), "max_items");
  EXPECT_EQ(limited("!!set {a, b}", 9, 3, 9), "ok");  // what is not played is not counted
  EXPECT_EQ(limited("[abc, de]", 9, 9, 5), "ok");
  EXPECT_EQ(limited("[abc, def]", 9, 9, 5), "max_bytes");
  EXPECT_EQ(limited("!!binary AAAA", 9, 9, 3), "ok");
  EXPECT_EQ(limited("18446744073709551616", 9, 9, 19), "max_bytes");
}

TEST(Limits, CountWhatAliasesPlay) {
  EXPECT_EQ(limited("[&a [1], *a, *a]", 9, 7, 9), "ok");
  EXPECT_EQ(limited("[&a [1], *a, *a]", 9, 6, 9), "max_items");
  EXPECT_EQ(limited("[&a abc, *a]", 9, 9, 6), "ok");
  EXPECT_EQ(limited("[&a abc, *a]", 9, 9, 5), "max_bytes");
  EXPECT_EQ(limited("[&a [[1]], [*a]]", 4, 99, 9), "ok");
  EXPECT_EQ(limited("[&a [[1]], [*a]]", 3, 99, 9), "max_depth");
  EXPECT_EQ(limited("{<<: {a: 1, b: 2}}", 9, 5, 9), "ok");
  EXPECT_EQ(limited("{<<: {a: 1, b: 2}}", 9, 4, 9), "max_items");
}

// 16 bytes for each value that an alias plays, and its text.
TEST(Limits, OfExpansion) {
  EXPECT_EQ(limited("[&a abc, *a]", 9, 99, 99, "19"), "ok");
  EXPECT_EQ(limited("[&a abc, *a]", 9, 99, 99, "18"), "expansion");
  EXPECT_EQ(limited("[&a [1, {b: c}], *a]", 9, 99, 99, "83"), "ok");
  EXPECT_EQ(limited("[&a [1, {b: c}], *a]", 9, 99, 99, "82"), "expansion");
  EXPECT_EQ(limited("[a, b]", 9, 99, 99, "0"), "ok");
  EXPECT_EQ(limited("[&a a, *a]", 9, 99, 99, "0"), "expansion");
  EXPECT_EQ(limited("{<<: {a: 1}}", 9, 99, 99, "0"), "expansion");
}

TEST(Limits, HostileDepthCostsNoStackAndLittleTime) {
  const Serializer yaml(kYaml);
  coffer_limits limits = kAmple;
  limits.max_depth = UINT32_MAX;
  for (const char* opening : {"[", "- ", "? ", "{a: ", "[? ", "!!set {? "}) {
    std::string open;
    while (open.size() < 300'000) open += opening;
    EXPECT_EQ(yaml.decode(open, limits).detail("limit"), "max_depth") << opening;
  }
  const std::string deep = std::string(1'000, '[') + std::string(1'000, ']');
  EXPECT_TRUE(yaml.decode(deep, limits).ok());
  // And no deeper than can be read is written.
  Value nested = list({});
  for (int i = 1; i < 1'000; ++i) nested = list({std::move(nested)});
  const Encoded encoded = yaml.encode(nested);
  ASSERT_TRUE(encoded.ok()) << encoded;
  EXPECT_EQ(yaml.decode(encoded.bytes).value, nested);
  EXPECT_EQ(yaml.encode(list({std::move(nested)})).status, COFFER_TOO_LARGE);
}

TEST(Limits, ManyDirectivesAreRefused) {
  const Serializer yaml(kYaml);
  std::string directives;
  for (int i = 0; i < 100; ++i) directives += "%TAG !t" + std::to_string(i) + "! tag:x,1:\n";
  EXPECT_TRUE(yaml.decode(directives + "---\na\n").ok());
  EXPECT_EQ(yaml.decode(directives + "%TAG !x! y\n---\na\n").status, COFFER_CORRUPT);
}

// Each event, told to fail, ends the decoding with that status and without a report.
TEST(Visitor, ItsFailureIsPassedThrough) {
  const Serializer yaml(kYaml);
  const std::string bytes =
      "{a: [null, true, 1, 18446744073709551615, 18446744073709551616, 0.5, x, {}, [],"
      " !!set {y}, !!binary AA==, 2001-01-01, &a [z], *a, {<<: {m: n}}]}";
  Builder all;
  ASSERT_TRUE(yaml.decode(bytes, *all.visitor()).ok());
  ASSERT_EQ(all.events(), 31u);
  for (uint64_t event = 0; event < all.events(); ++event) {
    Builder builder;
    builder.fail_at(event, COFFER_CANCELLED);
    const Result result = yaml.decode(bytes, *builder.visitor());
    EXPECT_EQ(result.status, COFFER_CANCELLED) << event;
    EXPECT_EQ(result.message, "") << event;
    EXPECT_EQ(builder.events(), event + 1);  // and it asks no further
  }
}

TEST(Writer, ItsFailureIsPassedThrough) {
  const Serializer yaml(kYaml, {{"indent", "3"}});
  RandomValues random(test_seed(), {.blobs = true});
  const Value value = list({random.tree(), text(std::string(5'000, 'x')), random.tree(),
                            blob(std::string(300, 'y')), text("a\n" + std::string(100, 'b'))});
  const Encoded whole = yaml.encode(value);
  ASSERT_TRUE(whole.ok()) << whole;
  for (const size_t room : {size_t{0}, size_t{1}, size_t{255}, size_t{256}, size_t{700},
                            whole.bytes.size() / 2, whole.bytes.size() - 1}) {
    StringWriter out(room);
    const Encoded encoded = yaml.encode(as_c(value), out.writer());
    EXPECT_EQ(encoded.status, COFFER_TOO_LARGE) << room;
    EXPECT_EQ(encoded.message, "") << room;
    EXPECT_TRUE(whole.bytes.starts_with(out.bytes()));
  }
}

TEST(Value, ItsFailureIsPassedThrough) {
  const Serializer yaml(kYaml);
  const coffer_value value = {nullptr, [](void*, const coffer_visitor* v, coffer_sink*) {
                                v->list_begin(v->self, 2, COFFER_LIST);
                                return coffer_status{COFFER_IO};
                              }};
  StringWriter out;
  const Encoded encoded = yaml.encode(value, out.writer());
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
    const Serializer yaml(kYaml, {{"indent", indent}});
    for (const Play play : plays) {
      StringWriter out;
      const Encoded encoded = yaml.encode({nullptr, play}, out.writer());
      EXPECT_EQ(encoded.status, COFFER_INVALID_ARGUMENT);
      EXPECT_EQ(encoded.problem, "");
      EXPECT_NE(encoded.detail("at"), "");
    }
  }
}

TEST(Threads, OneInstanceServesAll) {
  const Serializer yaml(kYaml);
  const uint64_t seed = test_seed();
  std::atomic<int> bad = 0;
  std::vector<std::thread> threads;
  for (uint64_t t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      RandomValues random(seed + t);
      for (int i = 0; i < 100; ++i) {
        const Value value = random.tree();
        const Encoded encoded = yaml.encode(value);
        if (!encoded.ok() || yaml.decode(encoded.bytes).value != value) ++bad;
        if (yaml.decode(encoded.bytes + "!x [\"").status != COFFER_CORRUPT) ++bad;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(bad, 0);
}

TEST(RoundTrip, RandomValues) {
  RandomValues random(test_seed(), kHeld);
  const conformance::OptionValues any = {{"keys", "any"}};
  const Serializer block(kYaml, any), flow(kYaml, {{"keys", "any"}, {"indent", "0"}}),
      wide(kYaml, {{"keys", "any"}, {"indent", "7"}, {"ascii", "true"}});
  for (int i = 0; i < 1'000; ++i) {
    const Value value = random.tree();
    for (const Serializer* yaml : {&block, &flow, &wide}) {
      const Encoded encoded = yaml->encode(value);
      ASSERT_TRUE(encoded.ok()) << value << encoded;
      const Decoded decoded = yaml->decode(encoded.bytes);
      ASSERT_TRUE(decoded.ok()) << encoded.bytes << decoded;
      ASSERT_EQ(decoded.value, value) << encoded.bytes;
    }
  }
}

// A name in a comment is none, but the text is no longer plain: it is read into a document.
Decoded decode_as_document(const Serializer& yaml, const std::string& bytes) {
  return yaml.decode("# &name\n" + bytes);
}

TEST(Plain, IsReadAsADocumentIsRead) {
  const Serializer yaml(kYaml, {{"keys", "any"}});
  RandomValues random(test_seed(), kHeld);
  for (int round = 0; round < 200; ++round) {
    const std::string bytes = yaml.encode(random.tree()).bytes;
    if (bytes.size() > 600 || bytes.empty()) continue;
    for (int flip = 0; flip < 60; ++flip) {
      std::string changed = bytes;
      const size_t at = random.below(changed.size());
      if (flip > 0) changed[at] = "&!<*-:?[]{},# \n'\"|%a"[random.below(20)];
      // These would have to stand in front of the comment.
      if (changed.starts_with("\ufeff") || changed.starts_with("%")) continue;
      const Decoded here = yaml.decode(changed), there = decode_as_document(yaml, changed);
      ASSERT_EQ(here.status, there.status) << changed << here << there;
      if (here.ok()) {
        ASSERT_EQ(here.value, there.value) << changed;
      }
    }
  }
}

TEST(Plain, IsNotWhatLooksAtOtherNodes) {
  const Serializer yaml(kYaml, {{"keys", "any"}});
  const Value pair = list({integer(1), integer(1)});
  EXPECT_EQ(yaml.decode("[&a 1, *a]").value, pair);
  EXPECT_EQ(yaml.decode("- &a 1\n- *a\n").value, pair);
  EXPECT_EQ(yaml.decode("{\"a\":&a 1,? *a :2}").value,
            map({{text("a"), integer(1)}, {integer(1), integer(2)}}));
  EXPECT_EQ(yaml.decode("{<<: {a: 1}}").value, map({{text("a"), integer(1)}}));
  EXPECT_EQ(yaml.decode("{!!merge x: {a: 1}}").value, map({{text("a"), integer(1)}}));
  EXPECT_EQ(yaml.decode("{!<tag:yaml.org,2002:m%65rge> x: {a: 1}}").value,
            map({{text("a"), integer(1)}}));
  EXPECT_EQ(yaml.decode("!!set {a, b}").value, list({text("a"), text("b")}, COFFER_SET));
  EXPECT_EQ(yaml.decode("[a&b, R & D, now!, \"!!binary\", !!binary aGk=]").value,
            list({text("a&b"), text("R & D"), text("now!"), text("!!binary"), blob("hi")}));
}

}  // namespace
}  // namespace coffer::yaml
