#include "core/metrics/counters.h"

#include <gtest/gtest.h>

#include <memory>
#include <thread>
#include <vector>

namespace coffer::core {
namespace {

// More threads than indexes: those that share one must not lose counts either.
TEST(Counters, LosesNothingWithMoreThreadsThanIndexes) {
  auto counters = std::make_unique<Counters<2>>();
  std::vector<std::thread> threads;
  for (int t = 0; t < 80; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 1000; ++i) counters->add(0);
      counters->add(1, 5);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(counters->sum(0), 80'000u);
  EXPECT_EQ(counters->sum(1), 400u);
}

TEST(ThreadIndex, IsGivenBackWhenAThreadEnds) {
  for (int i = 0; i < 1000; ++i) {
    uint32_t index = kSharedThreadIndex;
    std::thread([&] { index = claim_thread_index(); }).join();
    ASSERT_LT(index, kSharedThreadIndex) << "after " << i << " threads";
  }
}

TEST(ThreadIndex, IsStableWithinAThread) {
  EXPECT_EQ(claim_thread_index(), claim_thread_index());
  EXPECT_EQ(own_thread_index(), claim_thread_index());
}

}  // namespace
}  // namespace coffer::core
