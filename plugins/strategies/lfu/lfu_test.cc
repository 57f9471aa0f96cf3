#include <gtest/gtest.h>

#include <bit>

#include "plugins/strategies/testing/model.h"
#include "plugins/strategies/testing/plugins.h"

namespace coffer::strategy {
namespace {

using Into = Driver::Into;

// Ages by walking over all entries and halving each count.
class ByUses : public Model {
 public:
  explicit ByUses(uint64_t interval) : interval_(interval) {}

  void insert(ModelEntry* entry) override {
    entry->uses = 1;
    entry->turn = ++turns;
  }
  void use(ModelEntry* entry) override {
    entry->uses = static_cast<float>(entry->uses) + 1.0f;
    entry->turn = ++turns;
  }
  void change_expiry(ModelEntry*, coffer_time) override {}
  void end_call(uint64_t uses) override {
    uses_ += uses;
    if (interval_ == 0 || uses_ < interval_ * entries.size()) return;
    uses_ = 0;
    for (auto& [key, entry] : entries) entry.uses /= 2;
    ++halvings;
  }
  bool before(const ModelEntry& a, const ModelEntry& b) const override {
    return level(a) != level(b) ? level(a) < level(b) : a.turn < b.turn;
  }

  int halvings = 0;

 private:
  // The exponent and 5 bits of the mantissa.
  static uint64_t level(const ModelEntry& entry) {
    return std::bit_cast<uint64_t>(entry.uses) >> (52 - 5);
  }

  uint64_t interval_;
  uint64_t uses_ = 0;
};

void hit(Driver* lfu, uint64_t key, int times) {
  for (int i = 0; i < times; ++i) lfu->hit({key});
}

TEST(Lfu, OrdersByUsesThenByWhoCameFirst) {
  Driver lfu(kLfu, {{"aging_interval", "0"}});
  for (uint64_t key : {1, 2, 3, 4}) lfu.insert(key);
  EXPECT_EQ(lfu.order(), Keys({1, 2, 3, 4}));
  lfu.hit({2, 1});
  EXPECT_EQ(lfu.order(), Keys({3, 4, 2, 1}));
  lfu.hit({2, 2, 3});
  EXPECT_EQ(lfu.order(), Keys({4, 1, 3, 2}));
  lfu.remove(1);
  EXPECT_EQ(lfu.order(), Keys({4, 3, 2}));
}

TEST(Lfu, CountsUpTo63ApartAndHigherOnesByOneIn32) {
  Driver lfu(kLfu, {{"aging_interval", "0"}});
  Keys expected;
  for (uint64_t uses = 63; uses > 0; --uses) {
    lfu.insert(uses);
    hit(&lfu, uses, static_cast<int>(uses) - 1);
    expected.insert(expected.begin(), uses);
  }
  lfu.insert(1000);
  hit(&lfu, 1000, 1000);
  lfu.insert(968);
  hit(&lfu, 968, 967);
  expected.insert(expected.end(), {968, 1000});
  EXPECT_EQ(lfu.order(), expected);
}

TEST(Lfu, AnOverwriteKeepsTheCount) {
  Driver lfu(kLfu, {{"aging_interval", "0"}});
  for (uint64_t key : {1, 2, 3}) lfu.insert(key);
  hit(&lfu, 1, 2);
  hit(&lfu, 2, 1);
  lfu.replace(1, Into::kFresh, /*used=*/false);
  lfu.replace(2, Into::kSame, /*used=*/false);
  EXPECT_EQ(lfu.order(), Keys({3, 2, 1}));
  lfu.replace(2, Into::kSame, /*used=*/true);
  lfu.replace(2, Into::kFresh, /*used=*/true);
  EXPECT_EQ(lfu.order(), Keys({3, 1, 2}));
}

TEST(Lfu, WhatWasHotYesterdayLeaves) {
  Driver lfu(kLfu);
  lfu.insert(1);
  for (int i = 0; i < 1000000; ++i) lfu.hit({1});
  for (uint64_t key = 2; key <= 10; ++key) lfu.insert(key);
  // A million uses are 20 halvings from one, and 10 entries age every 20 uses.
  for (int i = 0; i < 500; ++i) lfu.hit({2 + static_cast<uint64_t>(i) % 9});
  EXPECT_EQ(lfu.order().front(), 1u);

  Driver perfect(kLfu, {{"aging_interval", "0"}});
  perfect.insert(1);
  hit(&perfect, 1, 1000);
  for (uint64_t key = 2; key <= 10; ++key) perfect.insert(key);
  for (int i = 0; i < 500; ++i) perfect.hit({2 + static_cast<uint64_t>(i) % 9});
  EXPECT_EQ(perfect.order().back(), 1u);
}

// Entries older than the ring of levels is long, and some so old that their count is zero.
TEST(Lfu, OrderOutlivesTheRing) {
  Driver lfu(kLfu, {{"aging_interval", "1"}});
  ByUses model(1);
  auto insert = [&](uint64_t key) {
    model.insert(&model.entries[key]);
    lfu.insert(key);
    model.end_call(1);
  };
  auto use = [&](uint64_t key) {
    model.use(&model.entries[key]);
    lfu.hit({key});
    model.end_call(1);
  };
  for (uint64_t key = 0; key < 40; ++key) {
    insert(key);
    for (uint64_t i = 0; i < key * 7; ++i) use(key);
    ASSERT_EQ(lfu.order(), model.order()) << "key " << key;
  }
  EXPECT_GT(model.halvings, 200);
  for (uint64_t key = 0; key < 40; key += 3) {
    use(key);
    ASSERT_EQ(lfu.order(), model.order()) << "key " << key;
  }
}

TEST(Lfu, EqualsItsModelWithAging) {
  Driver lfu(kLfu);
  ByUses model(2);
  random_walk(&lfu, &model, 1000000, test_seed());
  EXPECT_GT(model.halvings, 1000);
}

TEST(Lfu, EqualsItsModelWithoutAging) {
  Driver lfu(kLfu, {{"aging_interval", "0"}});
  ByUses model(0);
  random_walk(&lfu, &model, 1000000, test_seed());
}

TEST(Lfu, RefusesAnIntervalOutOfRange) {
  for (const char* interval : {"-1", "1000000001"}) {
    conformance::FakeHost host;
    conformance::FakeSink sink;
    coffer_instance instance = {};
    const conformance::OptionList options(*kLfu.info(0), {{"aging_interval", interval}});
    const coffer_status status =
        kLfu.create(host.get(), "lfu", options.data(), options.size(), &instance, sink.get());
    EXPECT_EQ(status, COFFER_INVALID_ARGUMENT);
    EXPECT_EQ(sink.problem(status), "");
    EXPECT_NE(sink.failures().at(0).message.find(interval), std::string::npos);
    EXPECT_EQ(instance.self, nullptr);
    EXPECT_EQ(host.problems(), "");
  }
}

}  // namespace
}  // namespace coffer::strategy
