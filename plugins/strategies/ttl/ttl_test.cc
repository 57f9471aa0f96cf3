#include <gtest/gtest.h>

#include <chrono>

#include "plugins/strategies/testing/model.h"
#include "plugins/strategies/testing/plugins.h"

namespace coffer::strategy {
namespace {

using Into = Driver::Into;

class ByExpiry : public Model {
 public:
  void insert(ModelEntry* entry) override { entry->turn = ++turns; }
  void use(ModelEntry*) override {}
  void change_expiry(ModelEntry* entry, coffer_time expires_at) override {
    if (entry->expires_at != expires_at) entry->turn = ++turns;
  }
  void end_call(uint64_t) override {}
  bool before(const ModelEntry& a, const ModelEntry& b) const override {
    if (a.expires_at == b.expires_at) return a.turn < b.turn;
    if (a.expires_at == COFFER_NEVER || b.expires_at == COFFER_NEVER) {
      return b.expires_at == COFFER_NEVER;
    }
    return a.expires_at < b.expires_at;
  }
};

TEST(Ttl, OrdersByExpiryAndThenByInsertion) {
  Driver ttl(kTtl);
  ttl.insert(1);
  ttl.insert(2, 1, 500);
  ttl.insert(3, 1, 100);
  ttl.insert(4);
  ttl.insert(5, 1, 300);
  ttl.insert(6, 1, 300);
  EXPECT_EQ(ttl.order(), Keys({3, 5, 6, 2, 1, 4}));
  ttl.remove(5);
  ttl.remove(3);
  ttl.remove(4);
  EXPECT_EQ(ttl.order(), Keys({6, 2, 1}));
}

TEST(Ttl, AnOverwriteMovesIfTheExpiryChanged) {
  Driver ttl(kTtl);
  for (uint64_t key : {1, 2, 3, 4}) ttl.insert(key, 1, 100);
  ttl.replace(2, Into::kFresh, /*used=*/true, 1, 100);
  ttl.replace(3, Into::kSame, /*used=*/true, 1, 100);
  EXPECT_EQ(ttl.order(), Keys({1, 2, 3, 4}));
  ttl.replace(1, Into::kFresh, /*used=*/false, 1, 200);
  ttl.replace(2, Into::kSame, /*used=*/false, 1, COFFER_NEVER);
  ttl.replace(4, Into::kSame, /*used=*/false, 1, 50);
  EXPECT_EQ(ttl.order(), Keys({4, 3, 1, 2}));
}

TEST(Ttl, EqualsItsModel) {
  Driver ttl(kTtl);
  ByExpiry model;
  random_walk(&ttl, &model, 1000000, test_seed());
}

// Orders of insertion that would degrade a tree without balance to a list, with 200,000 entries:
// minutes instead of less than a second.
TEST(Ttl, NoOrderOfInsertionIsSlow) {
  constexpr int64_t kCount = 200000;
  const auto start = std::chrono::steady_clock::now();
  for (int pattern = 0; pattern < 3; ++pattern) {
    Driver ttl(kTtl);
    for (int64_t i = 1; i <= kCount; ++i) {
      const int64_t rising = i, falling = kCount - i + 1, inwards = i % 2 ? i : 2 * kCount - i;
      ttl.insert(i, 1, pattern == 0 ? rising : pattern == 1 ? falling : inwards);
    }
    EXPECT_EQ(ttl.size(), static_cast<size_t>(kCount));
  }
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(40));
}

}  // namespace
}  // namespace coffer::strategy
