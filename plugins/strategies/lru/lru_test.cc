#include <gtest/gtest.h>

#include "plugins/strategies/testing/model.h"
#include "plugins/strategies/testing/plugins.h"

namespace coffer::strategy {
namespace {

using Into = Driver::Into;

class ByLastUse : public Model {
 public:
  void insert(ModelEntry* entry) override { entry->turn = ++turns; }
  void use(ModelEntry* entry) override { entry->turn = ++turns; }
  void change_expiry(ModelEntry*, coffer_time) override {}
  void end_call(uint64_t) override {}
  bool before(const ModelEntry& a, const ModelEntry& b) const override { return a.turn < b.turn; }
};

TEST(Lru, OrdersByLastUse) {
  Driver lru(kLru);
  for (uint64_t key : {1, 2, 3, 4}) lru.insert(key);
  EXPECT_EQ(lru.order(), Keys({1, 2, 3, 4}));
  lru.hit({2, 1, 2});
  EXPECT_EQ(lru.order(), Keys({3, 4, 1, 2}));
  lru.remove(4);
  EXPECT_EQ(lru.order(), Keys({3, 1, 2}));
}

TEST(Lru, AnOverwriteCountsAsUseOnlyIfItIsOne) {
  Driver lru(kLru);
  for (uint64_t key : {1, 2, 3, 4}) lru.insert(key);
  lru.replace(2, Into::kFresh, /*used=*/false);
  lru.replace(3, Into::kSame, /*used=*/false);
  EXPECT_EQ(lru.order(), Keys({1, 2, 3, 4}));
  lru.replace(1, Into::kFresh, /*used=*/true);
  lru.replace(2, Into::kSame, /*used=*/true);
  EXPECT_EQ(lru.order(), Keys({3, 4, 1, 2}));
}

TEST(Lru, EqualsItsModel) {
  Driver lru(kLru);
  ByLastUse model;
  random_walk(&lru, &model, 1000000, test_seed());
}

}  // namespace
}  // namespace coffer::strategy
