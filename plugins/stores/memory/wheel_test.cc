// The wheel against a list that is searched from end to end.
#include "plugins/stores/memory/wheel.h"

#include <gtest/gtest.h>

#include <map>
#include <memory>

#include "plugins/stores/memory/slab.h"
#include "plugins/stores/memory/test_store.h"

namespace coffer::memory {
namespace {

class WheelTest : public testing::Test {
 protected:
  WheelTest() : home_(host_.get()) {
    home_.node_offset = home_.key_offset = sizeof(Entry);
    pool_ = Pool::make(&home_, true);
    EXPECT_TRUE(wheel_.open(home_, now_));
  }
  ~WheelTest() override {
    for (auto& [entry, at] : entries_) {
      wheel_.remove(entry);
      free_entry(entry);
    }
    wheel_.close(home_);
    pool_->close();
    EXPECT_EQ(host_.problems(), "");
  }

  void add(coffer_time at) {
    EntrySpec spec = {};
    spec.can_expire = true;
    spec.plan(*pool_);
    Entry* entry = make_entry(pool_, spec);
    entry->timer()->expires_at.store(at);
    wheel_.add(entry);
    entries_[entry] = at;
  }

  // Takes out all that have expired and expects exactly those.
  void expect_expired(int budget) {
    std::map<Entry*, coffer_time> expected;
    for (const auto& [entry, at] : entries_) {
      if (at <= now_) expected[entry] = at;
    }
    for (;;) {
      int left = budget;
      Entry* entry = wheel_.expired(now_, &left);
      if (entry == nullptr) {
        if (left < 0) continue;
        break;
      }
      ASSERT_EQ(expected.erase(entry), 1u) << "too early by " << entries_[entry] - now_;
      wheel_.remove(entry);
      entries_.erase(entry);
      free_entry(entry);
    }
    EXPECT_TRUE(expected.empty()) << expected.size() << " late, one by "
                                  << now_ - expected.begin()->second;
    EXPECT_EQ(wheel_.empty(), entries_.empty());
  }

  FakeHost host_;
  Home home_;
  Pool* pool_;
  coffer_time now_ = 123456789012345;
  Wheel wheel_;
  std::map<Entry*, coffer_time> entries_;
};

TEST_F(WheelTest, NothingComesTooEarlyOrTooLate) {
  Random random(test_seed());
  for (int i = 0; i < rounds(20000); ++i) {
    // From nanoseconds to years.
    add(now_ + 1 + static_cast<coffer_time>(random.below(uint64_t{1} << (1 + random.below(58)))));
    if (random.below(4) == 0) {
      now_ += static_cast<coffer_time>(random.below(uint64_t{1} << (1 + random.below(50))));
    }
    if (random.below(8) == 0) expect_expired(1 + static_cast<int>(random.below(5)));
    if (random.below(3) == 0 && !entries_.empty()) {
      auto victim = entries_.begin();
      wheel_.remove(victim->first);
      free_entry(victim->first);
      entries_.erase(victim);
    }
  }
}

TEST_F(WheelTest, ManyAtTheBordersOfSteps) {
  for (int shift = 20; shift < 60; ++shift) {
    for (int64_t off : {-1, 0, 1}) {
      const coffer_time border = ((now_ >> shift) + 1) << shift;
      add(border + off);
    }
  }
  std::map<coffer_time, int> instants;
  for (const auto& [entry, at] : entries_) instants[at];
  for (const auto& [at, none] : instants) {
    now_ = at - 1;
    expect_expired(100);
    now_ = at;
    expect_expired(100);
  }
  EXPECT_TRUE(entries_.empty());
}

TEST_F(WheelTest, AClockThatStandsStillOrGoesBackDoesNoHarm) {
  add(now_ + 5);
  now_ -= 1000000000;
  expect_expired(10);
  add(now_ + 5);
  now_ += 5;
  int budget = 10;
  // It was added when the clock was behind the wheel, and may come when the wheel gets there.
  Entry* entry = wheel_.expired(now_, &budget);
  EXPECT_TRUE(entry == nullptr || entries_[entry] <= now_);
  now_ += 2000000000;
  expect_expired(10);
  EXPECT_TRUE(entries_.empty());
}

}  // namespace
}  // namespace coffer::memory
