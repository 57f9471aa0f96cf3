// ext=tagged: what JSON does not have keeps its type.
#include <gtest/gtest.h>

#include "plugins/serializers/json/testing.h"
#include "plugins/serializers/testing/random_value.h"

namespace coffer::json {
namespace {

using namespace coffer::serializers;

struct Tags : testing::Test {
  Serializer json{kJson, {{"ext", "tagged"}}};

  void same(const Value& value, std::string_view bytes) {
    const Encoded encoded = json.encode(value);
    EXPECT_TRUE(encoded.ok()) << encoded;
    EXPECT_EQ(encoded.bytes, bytes);
    reads(bytes, value);
  }
  void reads(std::string_view bytes, const Value& value) {
    const Decoded decoded = json.decode(bytes);
    EXPECT_TRUE(decoded.ok()) << bytes << decoded;
    EXPECT_EQ(decoded.value, value) << bytes;
  }
  void corrupt(std::string_view bytes, std::string_view message) {
    const Decoded decoded = json.decode(bytes);
    EXPECT_EQ(decoded.status, COFFER_CORRUPT) << bytes;
    EXPECT_EQ(decoded.problem, "");
    EXPECT_NE(decoded.message.find(message), std::string::npos) << bytes << decoded;
    EXPECT_LE(std::stoull(decoded.detail("offset")), bytes.size());
  }
};

TEST_F(Tags, Lists) {
  same(list({}, COFFER_TUPLE), R"({"$tuple":[]})");
  same(list({integer(1), list({}, COFFER_SET), list({})}, COFFER_FROZENSET),
       R"({"$frozenset":[1,{"$set":[]},[]]})");
  same(list({list({list({}, COFFER_TUPLE)}), map({})}), R"([[{"$tuple":[]}],{}])");
}

TEST_F(Tags, Extensions) {
  same(ext(COFFER_EXT_DECIMAL, "-12.50"), R"({"$decimal":"-12.50"})");
  same(ext(COFFER_EXT_UUID, "\x01\x23\x45\x67\x89\xab\xcd\xef\xfe\xdc\xba\x98\x76\x54\x32\x10"),
       R"({"$uuid":"01234567-89ab-cdef-fedc-ba9876543210"})");
  for (const auto& [days, text] : {std::pair{0, "1970-01-01"},
                                   {-1, "1969-12-31"},
                                   {19'782, "2024-02-29"},
                                   {-719'528, "0000-01-01"},
                                   {-719'529, "-0001-12-31"},
                                   {INT32_MAX, "+5881580-07-11"},
                                   {INT32_MIN, "-5877641-06-23"}}) {
    same(packed_ext(COFFER_EXT_DATE, int32_t{days}), "{\"$date\":\"" + std::string(text) + "\"}");
  }
  same(packed_ext(COFFER_EXT_TIME, int64_t{86'399'999'999'999}),
       R"({"$time":"23:59:59.999999999"})");
  same(packed_ext(COFFER_EXT_TIME, int64_t{3'600'000'500'000}, int32_t{-5'430}),
       R"({"$time":"01:00:00.000500-01:30:30"})");
  same(packed_ext(COFFER_EXT_DATETIME, int64_t{-1}, int32_t{1}),
       R"({"$datetime":"1969-12-31T23:59:59.000000001"})");
  same(packed_ext(COFFER_EXT_DATETIME_TZ, int64_t{1'709'208'000}, int32_t{0}, int32_t{7'200}),
       R"({"$datetime_tz":"2024-02-29T14:00:00+02:00"})");
  same(packed_ext(COFFER_EXT_DURATION, int64_t{-1}, int32_t{750'000'000}),
       R"({"$duration":"-PT0.250S"})");
  same(packed_ext(COFFER_EXT_DURATION, INT64_MIN, int32_t{0}),
       R"({"$duration":"-PT9223372036854775808S"})");
  for (const int64_t seconds : {INT64_MIN, INT64_MIN + 1, INT64_MAX}) {
    const Value value = packed_ext(COFFER_EXT_DATETIME, seconds, int32_t{7});
    reads(json.encode(value).bytes, value);
    const Value duration = packed_ext(COFFER_EXT_DURATION, seconds, int32_t{7});
    reads(json.encode(duration).bytes, duration);
  }
}

TEST_F(Tags, KeysWithADollar) {
  same(map({{text("$tuple"), list({})}}), R"({"$$tuple":[]})");
  same(map({{text("$"), text("$")}, {text("$$"), null()}, {text("a$"), null()}}),
       R"({"$$":"$","$$$":null,"a$":null})");
}

TEST_F(Tags, WhatHasNoTagIsRefused) {
  const Encoded encoded = json.encode(list({ext(COFFER_EXT_APPLICATION, "x")}));
  EXPECT_EQ(encoded.status, COFFER_UNSUPPORTED);
  EXPECT_EQ(encoded.detail("at"), "$[0]");
  const Encoded key = json.encode(map({{packed_ext(COFFER_EXT_DATE, int32_t{0}), null()}}));
  EXPECT_EQ(key.status, COFFER_UNSUPPORTED);
  EXPECT_NE(key.message.find("a key of $ is a date"), std::string::npos) << key;
}

TEST_F(Tags, BrokenOnesAreCorrupt) {
  corrupt(R"({"$what":1})", "no tag that is known");
  corrupt(R"({"$":1})", "no tag that is known");
  corrupt(R"({"a":1,"$date":"1970-01-01"})", "not the only key");
  corrupt(R"({"$date":"1970-01-01","a":1})", "a key behind a tag");
  corrupt(R"({"$date":1})", "a value of another kind");
  corrupt(R"({"$date":{}})", "a value of another kind");
  corrupt(R"({"$date":["1970-01-01"]})", "a value of another kind");
  corrupt(R"({"$tuple":"x"})", "a value of another kind");
  for (const char* text : {R"("$date":"1970-1-1")",
                           R"("$date":"2023-02-29")",
                           R"("$date":"1900-02-29")",
                           R"("$date":"1970-13-01")",
                           R"("$date":"10000-01-01")",
                           R"("$date":"+99999999-01-01")",
                           R"("$date":"1970-01-01 ")",
                           R"("$time":"24:00:00")",
                           R"("$time":"1:00:00")",
                           R"("$time":"01:00:00.")",
                           R"("$time":"01:00:00.1234567890")",
                           R"("$time":"01:00:00+24:00")",
                           R"("$datetime":"1970-01-01")",
                           R"("$datetime":"1970-01-01T00:00:00Z")",
                           R"("$datetime_tz":"1970-01-01T00:00:00")",
                           R"("$duration":"1S")",
                           R"("$duration":"PTS")",
                           R"("$duration":"PT9223372036854775808S")",
                           R"("$duration":"PT1")",
                           R"("$uuid":"01234567-89ab-cdef-fedc-ba987654321")",
                           R"("$uuid":"0123456789ab-cdef-fedc-ba9876543210--")",
                           R"("$uuid":"+1234567-89ab-cdef-fedc-ba9876543210")",
                           R"("$decimal":"1,5")"}) {
    corrupt("{" + std::string(text) + "}", "not the text of the tag");
  }
}

// They count what is played.
TEST_F(Tags, LimitsAreKept) {
  const auto limited = [&](std::string_view bytes, uint32_t depth, uint64_t items, uint64_t size) {
    const coffer_limits limits = {sizeof(limits), depth, items, size};
    const Decoded decoded = json.decode(bytes, limits);
    EXPECT_EQ(decoded.problem, "");
    return decoded.status == COFFER_OK ? std::string("ok") : decoded.detail("limit");
  };
  EXPECT_EQ(limited(R"({"$tuple":[{"$set":[1]}]})", 2, 3, 9), "ok");
  EXPECT_EQ(limited(R"({"$tuple":[{"$set":[1]}]})", 1, 3, 9), "max_depth");
  EXPECT_EQ(limited(R"({"$tuple":[{"$set":[1]}]})", 2, 2, 9), "max_items");
  EXPECT_EQ(limited(R"({"$date":"1970-01-01"})", 1, 1, 4), "ok");
  EXPECT_EQ(limited(R"({"$date":"1970-01-01"})", 1, 1, 3), "max_bytes");
  EXPECT_EQ(limited(R"([{},{"a":1}])", 2, 5, 1), "ok");
  EXPECT_EQ(limited(std::string(100'000, '['), 50, 1'000'000, 9), "max_depth");
}

TEST_F(Tags, RandomValuesSurvive) {
  RandomValues random(test_seed(), {.list_kinds = true, .exts = true});
  const Serializer pretty(kJson, {{"ext", "tagged"}, {"indent", "2"}});
  for (int i = 0; i < 2'000; ++i) {
    const Value value = random.tree();
    for (const Serializer* serializer : std::initializer_list<const Serializer*>{&json, &pretty}) {
      const Encoded encoded = serializer->encode(value);
      ASSERT_TRUE(encoded.ok()) << encoded;
      ASSERT_EQ(serializer->decode(encoded.bytes).value, value) << encoded.bytes;
    }
  }
}

TEST_F(Tags, TheVisitorsFailureIsPassedThrough) {
  const std::string bytes = R"({"a":{"$tuple":[1,{"$date":"1970-01-01"},{}]}})";
  Builder all;
  ASSERT_TRUE(json.decode(bytes, *all.visitor()).ok());
  for (uint64_t event = 0; event < all.events(); ++event) {
    Builder builder;
    builder.fail_at(event, COFFER_CANCELLED);
    const Result result = json.decode(bytes, *builder.visitor());
    EXPECT_EQ(result.status, COFFER_CANCELLED) << event;
    EXPECT_EQ(result.message, "") << event;
    EXPECT_EQ(builder.events(), event + 1);
  }
}

}  // namespace
}  // namespace coffer::json
