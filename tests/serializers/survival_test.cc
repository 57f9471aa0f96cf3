// Of every serializer: a value comes back as it was, or it is refused with its path. Nothing
// changes silently.
#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "plugins/serializers/json/testing.h"
#include "plugins/serializers/msgpack/testing.h"
#include "plugins/serializers/pickle/testing.h"
#include "plugins/serializers/protobuf/testing.h"
#include "plugins/serializers/testing/random_value.h"
#include "plugins/serializers/yaml/testing.h"

namespace coffer::serializers {
namespace {

struct Format {
  const char* name;
  const Plugin* plugin;
  conformance::OptionValues options;
  bool holds_all;  // refuses no value that keeps the rules of coffer/value.h
};

void PrintTo(const Format& format, std::ostream* out) { *out << format.name; }

struct Survival : testing::TestWithParam<Format> {
  Serializer serializer{*GetParam().plugin, GetParam().options};

  // What may be anywhere stands at a place whose path is known. Returns whether it survived.
  bool survives(const Value& value) {
    const Value whole = map(
        {{text("items"), list({null(), integer(1), text("x"), map({{text("price"), value}})})}});
    const Encoded encoded = serializer.encode(whole);
    EXPECT_EQ(encoded.problem, "");
    if (encoded.status != COFFER_OK) {
      EXPECT_EQ(encoded.status, COFFER_UNSUPPORTED) << value << encoded;
      EXPECT_TRUE(encoded.detail("at").starts_with("$.items[3].price")) << value << encoded;
      EXPECT_NE(encoded.message.find("$.items[3].price"), std::string::npos) << encoded;
      return false;
    }
    const Decoded decoded = serializer.decode(encoded.bytes);
    EXPECT_TRUE(decoded.ok()) << value << decoded;
    EXPECT_EQ(decoded.value, whole);
    return true;
  }
};

TEST_P(Survival, OfRandomValues) {
  RandomValues random(
      test_seed(),
      {.not_finite = true, .blobs = true, .any_keys = true, .list_kinds = true, .exts = true});
  int survived = 0;
  constexpr int kValues = 3'000;
  for (int i = 0; i < kValues && !HasFailure(); ++i) survived += survives(random.tree()) ? 1 : 0;
  EXPECT_GT(survived, kValues / 20);
  if (GetParam().holds_all) {
    EXPECT_EQ(survived, kValues);
  }
}

TEST_P(Survival, OfEachKindByItself) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const int64_t day = 86'400;
  for (const Value& value : {real(kInfinity),
                             real(-kInfinity),
                             real(std::numeric_limits<double>::quiet_NaN()),
                             real(-0.0),
                             real(1.0),
                             real(5e-324),
                             integer(int64_t{1}),
                             integer("9223372036854775808"),
                             integer("18446744073709551616"),
                             integer("-9223372036854775809"),
                             text(""),
                             text(std::string_view("\0", 1)),
                             blob(""),
                             blob("\xff"),
                             list({}),
                             list({}, COFFER_TUPLE),
                             list({}, COFFER_SET),
                             list({}, COFFER_FROZENSET),
                             map({}),
                             map({{integer(1), null()}}),
                             map({{text("1"), null()},
                                  {integer(1), null()},
                                  {real(1.0), null()},
                                  {boolean(true), null()}}),
                             map({{text("a"), integer(1)}, {text("a"), integer(2)}}),
                             map({{list({}), null()}}),
                             map({{map({}), null()}}),
                             map({{list({}, COFFER_TUPLE), null()}}),
                             map({{ext(COFFER_EXT_DECIMAL, "1.5"), null()}}),
                             list({list({})}, COFFER_SET),
                             ext(COFFER_EXT_DECIMAL, "-12.50"),
                             ext(COFFER_EXT_DECIMAL, "1.5"),
                             ext(COFFER_EXT_DECIMAL, "1.50"),
                             ext(COFFER_EXT_DECIMAL, "NaN"),
                             ext(COFFER_EXT_UUID, "0123456789abcdef"),
                             packed_ext(COFFER_EXT_DATE, int32_t{0}),
                             packed_ext(COFFER_EXT_DATE, INT32_MAX),
                             packed_ext(COFFER_EXT_TIME, int64_t{1}),
                             packed_ext(COFFER_EXT_TIME, int64_t{1'000}, int32_t{1}),
                             packed_ext(COFFER_EXT_DATETIME, day, int32_t{1'000}),
                             packed_ext(COFFER_EXT_DATETIME, day, int32_t{1}),
                             packed_ext(COFFER_EXT_DATETIME, INT64_MIN, int32_t{0}),
                             packed_ext(COFFER_EXT_DATETIME_TZ, day, int32_t{1}, int32_t{-1}),
                             packed_ext(COFFER_EXT_DURATION, int64_t{-1}, int32_t{999'999'999}),
                             packed_ext(COFFER_EXT_DURATION, INT64_MIN, int32_t{0}),
                             ext(COFFER_EXT_APPLICATION, "x")}) {
    const bool survived = survives(value);
    if (GetParam().holds_all) {
      EXPECT_TRUE(survived) << value;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Each, Survival,
    testing::Values(Format{"json", &json::kJson, {}, false},
                    Format{"json_tagged", &json::kJson, {{"ext", "tagged"}}, false},
                    Format{"msgpack", &msgpack::kMsgpack, {}, true},
                    Format{"pickle", &pickle::kPickle, {}, false},
                    Format{"protobuf", &protobuf::kProtobuf, {}, true},
                    Format{"yaml", &yaml::kYaml, {}, false},
                    Format{"yaml_keys", &yaml::kYaml, {{"keys", "any"}}, false}),
    [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace coffer::serializers
