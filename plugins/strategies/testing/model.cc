#include "plugins/strategies/testing/model.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace coffer::strategy {
namespace {

constexpr uint64_t kKeys = 400;
constexpr size_t kCapacity = 200;
constexpr int kStepsPerComparison = 997;

class Walk {
 public:
  Walk(Driver* driver, Model* model, uint64_t seed)
      : driver_(driver), model_(model), random_(seed) {}

  void step() {
    const uint64_t key = random_() % (1 + random_() % kKeys);  // low keys far more often
    if (!driver_->holds(key)) return insert(key);
    const uint64_t choice = random_() % 100;
    if (choice < 60) {
      hit(key);
    } else if (choice < 80) {
      replace(key);
    } else {
      remove(key);
    }
  }

  // The whole order, and a proposal that ends where the weights do.
  void compare() {
    const Keys order = model_->order();
    ASSERT_EQ(driver_->order(), order);
    if (order.empty()) return;
    const uint64_t need = random_() % 600;
    const size_t room = 1 + random_() % order.size();
    Keys expected;
    for (uint64_t sum = 0; expected.size() < room && (expected.empty() || sum < need);) {
      sum += model_->entries[order[expected.size()]].weight;
      expected.push_back(order[expected.size()]);
    }
    ASSERT_EQ(driver_->victims(need, room), expected) << "need " << need << ", room " << room;
  }

 private:
  uint64_t random_weight() { return random_() % 8; }
  coffer_time random_expiry() {
    if (random_() % 4 == 0) return COFFER_NEVER;
    return static_cast<coffer_time>(random_() % 50 + 1);
  }

  void insert(uint64_t key) {
    while (driver_->size() >= kCapacity) {
      const uint64_t victim = driver_->victims(1, 1).front();
      driver_->remove(victim, COFFER_REMOVE_EVICTED);
      model_->entries.erase(victim);
    }
    ModelEntry& entry = model_->entries[key];
    entry.weight = random_weight();
    entry.expires_at = random_expiry();
    model_->insert(&entry);
    driver_->insert(key, entry.weight, entry.expires_at);
    model_->end_call(1);
  }

  void hit(uint64_t key) {
    Keys batch = {key};
    for (auto entry = model_->entries.find(key);
         random_() % 4 != 0 && entry != model_->entries.end(); ++entry) {
      batch.push_back(entry->first);  // the first twice: the same node may be hit again
    }
    for (uint64_t each : batch) model_->use(&model_->entries[each]);
    driver_->hit(batch);
    model_->end_call(batch.size());
  }

  void replace(uint64_t key) {
    ModelEntry& entry = model_->entries[key];
    const bool used = random_() % 2 == 0;
    const auto into = random_() % 2 == 0 ? Driver::Into::kSame : Driver::Into::kFresh;
    entry.weight = random_weight();
    const coffer_time expires_at = random_() % 2 == 0 ? random_expiry() : entry.expires_at;
    model_->change_expiry(&entry, expires_at);
    entry.expires_at = expires_at;
    if (used) model_->use(&entry);
    driver_->replace(key, into, used, entry.weight, expires_at);
    if (used) model_->end_call(1);
  }

  void remove(uint64_t key) {
    model_->entries.erase(key);
    driver_->remove(key, random_() % 2 == 0 ? COFFER_REMOVE_DELETED : COFFER_REMOVE_EXPIRED);
  }

  Driver* driver_;
  Model* model_;
  std::mt19937_64 random_;
};

}  // namespace

Keys Model::order() const {
  std::vector<const std::pair<const uint64_t, ModelEntry>*> sorted;
  for (const auto& item : entries) sorted.push_back(&item);
  std::sort(sorted.begin(), sorted.end(),
            [this](auto* a, auto* b) { return before(a->second, b->second); });
  Keys keys;
  for (const auto* item : sorted) keys.push_back(item->first);
  return keys;
}

void random_walk(Driver* driver, Model* model, int steps, uint64_t seed) {
  Walk walk(driver, model, seed);
  for (int i = 0; i < steps; ++i) {
    walk.step();
    if (i % kStepsPerComparison != 0) continue;
    walk.compare();
    if (testing::Test::HasFatalFailure()) {
      FAIL() << "step " << i << ", COFFER_TEST_SEED=" << seed;
    }
  }
}

}  // namespace coffer::strategy
