// What the plugin allocates: nothing for usual values, a small multiple of the input for any, all
// of it from the host, all of it given back, and an error when there is none.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "plugins/serializers/pickle/testing.h"

namespace coffer::pickle {
namespace {

using namespace coffer::serializers;

// Keeps nothing, and reads the host's account whenever something is played.
class Meter {
 public:
  explicit Meter(conformance::FakeHost& host) : host_(host) {
    visitor_ = {sizeof(coffer_visitor),
                0,
                this,
                [](void* self) { return of(self); },
                [](void* self, uint8_t) { return of(self); },
                [](void* self, int64_t) { return of(self); },
                [](void* self, uint64_t) { return of(self); },
                [](void* self, const char*, size_t) { return of(self); },
                [](void* self, double) { return of(self); },
                [](void* self, const char*, size_t) { return of(self); },
                [](void* self, const void*, size_t) { return of(self); },
                [](void* self, uint64_t, uint32_t) { return of(self); },
                [](void* self) { return of(self); },
                [](void* self, uint64_t) { return of(self); },
                [](void* self) { return of(self); },
                [](void* self, uint32_t, const void*, size_t) { return of(self); }};
  }
  const coffer_visitor& visitor() const { return visitor_; }
  uint64_t peak() const { return peak_; }

 private:
  static coffer_status of(void* self) {
    auto& me = *static_cast<Meter*>(self);
    me.peak_ = std::max(me.peak_, me.host_.live_bytes());
    return COFFER_OK;
  }

  conformance::FakeHost& host_;
  coffer_visitor visitor_;
  uint64_t peak_ = 0;
};

std::string repeated(std::string_view text, size_t times) {
  std::string out;
  for (size_t i = 0; i < times; ++i) out.append(text);
  return out;
}

TEST(Memory, NoneForUsualValues) {
  Serializer pickle(kPickle);
  const Value value =
      map({{text("name"), text("a text of more than sixteen bytes")},
           {text("n"), list({integer(1), real(2.5), null(), list({}, COFFER_TUPLE)})},
           {text("at"), packed_ext(COFFER_EXT_DATETIME, int64_t{0}, int32_t{0})},
           {text("price"), ext(COFFER_EXT_DECIMAL, "1.25")}});
  const uint64_t before = pickle.host().allocations();
  const Encoded encoded = pickle.encode(value);
  ASSERT_TRUE(encoded.ok());
  EXPECT_TRUE(pickle.decode(encoded.bytes).ok());
  EXPECT_EQ(pickle.host().allocations(), before);
}

// Bytes that take most memory for what they are: each is a value, or a place, of 16 bytes or more.
// The worst are tuples in tuples, a byte each; Python takes as much for them.
TEST(Memory, ASmallMultipleOfTheInput) {
  constexpr size_t kTimes = 200'000;
  const std::string inputs[] = {
      "](" + repeated("N", kTimes) + "e.",
      "](" + repeated("]", kTimes) + "e.",
      "](" + repeated(")", kTimes) + "e.",
      "](" + repeated("}", kTimes) + "e.",
      repeated("(", kTimes) + "N" + repeated("t", kTimes) + ".",
      ")" + repeated("\x85", kTimes) + ".",
      "]" + repeated("]a", kTimes) + ".",
      repeated("](", kTimes) + repeated("e", kTimes) + ".",
      "](" + repeated("N\x94", kTimes) + "e.",
      "Np" + std::to_string(kTimes) + "\n" + repeated("N0", kTimes) + ".",
      "}(" + repeated("NN", kTimes) + "u.",
      "}" + repeated("NNs", kTimes) + ".",
      "](" + repeated("Vä\n", kTimes) + "e.",
      "](" + repeated(raw("\x8a\x09\0\0\0\0\0\0\0\0\x01"), kTimes) + "e.",
      "](cuuid\nUUID\n" + raw("q\0") +
          repeated(raw("h\0)\x81"
                       "0"),
                   kTimes) +
          "e0].",
      "](cbuiltins\nset\nq" + raw("\0") + repeated(raw("h\0)R"), kTimes) + "e.",
  };
  for (const std::string& input : inputs) {
    Serializer pickle(kPickle);
    Meter meter(pickle.host());
    coffer_limits limits = kAmple;
    limits.max_depth = UINT32_MAX;
    const Result result = pickle.decode(input, meter.visitor(), limits);
    EXPECT_TRUE(result.ok() || result.status == COFFER_UNSUPPORTED ||
                result.status == COFFER_CORRUPT)
        << result;
    EXPECT_LT(meter.peak() / input.size(), 110u) << testing::PrintToString(input.substr(0, 20));
    EXPECT_LE(pickle.host().live_blocks(), 1u);  // the instance
  }
}

// What is said to follow is no reason to take memory.
TEST(Memory, NoneForClaims) {
  Serializer pickle(kPickle);
  const uint64_t before = pickle.host().allocations();
  for (const std::string& input :
       {raw("X\xff\xff\xff\x7f."), raw("\x8d\0\0\0\0\0\x01\0\0."), raw("Nr\xff\xff\xff\x7f."),
        raw("\x95\xff\xff\xff\xff\0\0\0\0N."), raw("\x96\0\0\0\0\x01\0\0\0.")}) {
    EXPECT_EQ(pickle.decode(input).status, COFFER_CORRUPT);
  }
  EXPECT_EQ(pickle.host().allocations(), before);
}

// Each allocation in turn is refused.
TEST(Memory, WhenThereIsNone) {
  Serializer pickle(kPickle);
  conformance::FakeHost& host = pickle.host();
  std::string input = "](";
  for (int i = 0; i < 300; ++i)
    input +=
        raw("]\x94(NN\x8c\x01x\x94"
            "e(Vä\n\x85t\x8a\x09\0\0\0\0\0\0\0\0\x01");
  input += "e" + repeated("\x85", 40) + ".";
  const uint64_t before = host.allocations();
  ASSERT_TRUE(pickle.decode(input).ok());
  const uint64_t needed = host.allocations() - before;
  ASSERT_GT(needed, 5u);
  for (uint64_t k = 1; k <= needed; ++k) {
    host.fail_allocation(k);
    const Decoded decoded = pickle.decode(input);
    EXPECT_EQ(decoded.status, COFFER_EXHAUSTED) << k;
    EXPECT_EQ(decoded.problem, "") << k;
    EXPECT_LE(host.live_blocks(), 1u) << k;
  }
  host.fail_allocation(0);
  EXPECT_TRUE(pickle.decode(input).ok());

  Value deep = null();
  for (int i = 0; i < 200; ++i) deep = list({std::move(deep)});
  host.fail_allocation(1);
  EXPECT_EQ(pickle.encode(deep).status, COFFER_EXHAUSTED);
  host.fail_allocation(0);
  EXPECT_TRUE(pickle.encode(deep).ok());
}

}  // namespace
}  // namespace coffer::pickle
