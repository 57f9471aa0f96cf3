#include "core/value/tape.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "core/error/error.h"

namespace coffer::core {
namespace {

coffer_status copy(const Tape& from, Tape& to) {
  coffer_sink sink;
  const coffer_value value = from.value();
  return value.play(value.self, to.recorder(), &sink);
}

// One of every event.
void play_everything(const coffer_visitor& v, uint64_t list_count, uint64_t map_count) {
  v.list_begin(v.self, list_count, COFFER_LIST);
  v.null(v.self);
  v.boolean(v.self, 0);
  v.boolean(v.self, 1);
  v.i64(v.self, INT64_MIN);
  v.u64(v.self, UINT64_MAX);
  v.bigint(v.self, "-99999999999999999999", 21);
  v.f64(v.self, -0.0);
  v.f64(v.self, std::numeric_limits<double>::quiet_NaN());
  v.text(v.self, "a\0b", 3);
  v.text(v.self, nullptr, 0);
  v.blob(v.self, "\xff", 1);
  v.ext(v.self, 4711, "xyz", 3);
  v.map_begin(v.self, map_count);
  for (uint32_t kind = COFFER_TUPLE; kind <= COFFER_FROZENSET; ++kind) {
    v.list_begin(v.self, 0, kind);
    v.list_end(v.self);
    v.i64(v.self, kind);
  }
  v.map_end(v.self);
  v.list_end(v.self);
}

TEST(Tape, PlaysWhatItHeardAsOftenAsAsked) {
  Tape a, b, c;
  play_everything(*a.recorder(), 13, 3);
  ASSERT_TRUE(a.complete());
  ASSERT_EQ(copy(a, b), COFFER_OK);
  ASSERT_EQ(copy(a, c), COFFER_OK);
  EXPECT_EQ(a, b);
  EXPECT_EQ(a, c);
}

TEST(Tape, CountsAreExactWhateverWasAnnounced) {
  Tape known, unknown;
  play_everything(*known.recorder(), 13, 3);
  play_everything(*unknown.recorder(), COFFER_COUNT_UNKNOWN, COFFER_COUNT_UNKNOWN);
  EXPECT_EQ(known, unknown);

  std::vector<uint64_t> counts;
  Tape ignored;
  coffer_visitor v = *ignored.recorder();
  v.self = &counts;
  v.null = [](void*) -> coffer_status { return COFFER_OK; };
  v.boolean = [](void*, uint8_t) -> coffer_status { return COFFER_OK; };
  v.i64 = [](void*, int64_t) -> coffer_status { return COFFER_OK; };
  v.u64 = [](void*, uint64_t) -> coffer_status { return COFFER_OK; };
  v.f64 = [](void*, double) -> coffer_status { return COFFER_OK; };
  v.bigint = v.text = [](void*, const char*, size_t) -> coffer_status { return COFFER_OK; };
  v.blob = [](void*, const void*, size_t) -> coffer_status { return COFFER_OK; };
  v.ext = [](void*, uint32_t, const void*, size_t) -> coffer_status { return COFFER_OK; };
  v.list_begin = [](void* self, uint64_t count, uint32_t) -> coffer_status {
    static_cast<std::vector<uint64_t>*>(self)->push_back(count);
    return COFFER_OK;
  };
  v.map_begin = [](void* self, uint64_t count) -> coffer_status {
    static_cast<std::vector<uint64_t>*>(self)->push_back(count);
    return COFFER_CANCELLED;
  };
  EXPECT_EQ(unknown.play(v, nullptr), COFFER_CANCELLED);
  EXPECT_EQ(counts, (std::vector<uint64_t>{13, 3}));
}

TEST(Tape, TellsApart) {
  const auto one = [](auto play) {
    auto tape = std::make_unique<Tape>();
    play(*tape->recorder());
    return tape;
  };
  const auto minus = one([](auto& v) { v.f64(v.self, -0.0); });
  const auto plus = one([](auto& v) { v.f64(v.self, 0.0); });
  const auto integer = one([](auto& v) { v.i64(v.self, 0); });
  const auto text = one([](auto& v) { v.text(v.self, "x", 1); });
  const auto blob = one([](auto& v) { v.blob(v.self, "x", 1); });
  EXPECT_FALSE(*minus == *plus);
  EXPECT_FALSE(*plus == *integer);
  EXPECT_FALSE(*text == *blob);
}

TEST(Tape, RefusesWhatIsNoValue) {
  Tape tape;
  const coffer_visitor& v = *tape.recorder();
  coffer_sink sink;
  EXPECT_EQ(tape.play(v, &sink), COFFER_INVALID_STATE);
  EXPECT_EQ(v.list_end(v.self), COFFER_INVALID_ARGUMENT);
  EXPECT_EQ(v.map_begin(v.self, 1), COFFER_OK);
  EXPECT_EQ(v.list_end(v.self), COFFER_INVALID_ARGUMENT);
  EXPECT_EQ(v.null(v.self), COFFER_OK);
  EXPECT_EQ(v.map_end(v.self), COFFER_INVALID_ARGUMENT);  // a key alone
  EXPECT_FALSE(tape.complete());
  EXPECT_EQ(v.null(v.self), COFFER_OK);
  EXPECT_EQ(v.map_end(v.self), COFFER_OK);
  EXPECT_TRUE(tape.complete());
  EXPECT_EQ(v.null(v.self), COFFER_INVALID_ARGUMENT);  // a second value
  tape.clear();
  EXPECT_EQ(v.null(v.self), COFFER_OK);
}

}  // namespace
}  // namespace coffer::core
