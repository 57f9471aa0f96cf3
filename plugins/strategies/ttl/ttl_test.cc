#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "plugins/strategies/testing/model.h"
#include "plugins/strategies/testing/plugins.h"
#include "plugins/strategies/ttl/order.h"

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

// ---- The tree stays flat: what bounds the time of a call. Of n nodes in a tree of random shape
// the deepest is at about 4.3 ln n, which for 20,000 is 43; without balance it is thousands.

constexpr int64_t kCount = 20000;
constexpr int kDeepest = 70;

int depth(const std::vector<ExpiryNode>& nodes) {
  int deepest = 0;
  for (const ExpiryNode& node : nodes) {
    int depth = 0;
    for (const ExpiryNode* at = &node; at != nullptr; at = at->parent) ++depth;
    deepest = std::max(deepest, depth);
  }
  return deepest;
}

TEST(Ttl, NoOrderOfInsertionMakesTheTreeDeep) {
  int64_t (*const patterns[])(int64_t) = {
      [](int64_t) -> int64_t { return 1; },
      [](int64_t i) { return i; },
      [](int64_t i) { return kCount - i; },
      [](int64_t i) { return i % 2 == 0 ? i : 2 * kCount - i; },
  };
  for (auto* expiry : patterns) {
    std::vector<ExpiryNode> nodes(kCount);
    ExpiryOrder order;
    for (int64_t i = 0; i < kCount; ++i) order.insert(&nodes[i], expiry(i));
    EXPECT_LT(depth(nodes), kDeepest);
  }
}

TEST(Ttl, ComingAndGoingDoesNotMakeTheTreeDeep) {
  std::mt19937_64 random(test_seed());
  std::vector<ExpiryNode> nodes(kCount);
  ExpiryOrder order;
  for (int64_t i = 0; i < kCount; ++i) order.insert(&nodes[i], i);
  for (int64_t i = kCount; i < 30 * kCount; ++i) {
    ExpiryNode* node = &nodes[random() % kCount];
    order.erase(node);
    order.insert(node, i + static_cast<int64_t>(random() % kCount));
  }
  EXPECT_LT(depth(nodes), kDeepest);
}

}  // namespace
}  // namespace coffer::strategy
