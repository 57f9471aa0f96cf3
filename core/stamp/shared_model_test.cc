// Processes that share a store which forgets at random, and that run into each other's calls:
// nothing stale is ever fresh.
#include <gtest/gtest.h>

#include <random>
#include <string>

#include "core/stamp/shared.h"
#include "core/stamp/testing/fake_store.h"
#include "core/stamp/testing/model.h"

namespace coffer::core {
namespace {

struct Kind {
  bool evicts;
  bool interferes;
};

class SharedStampsModel : public ::testing::TestWithParam<Kind> {};

TEST_P(SharedStampsModel, NothingStaleIsEverFresh) {
  const unsigned seed = std::random_device()();
  for (unsigned round = 0; round < 6; ++round) {
    SCOPED_TRACE("seed " + std::to_string(seed + round));
    testing::FakeStore store;
    store.random.seed(seed + round);
    SharedStamps one(std::make_unique<StoreKeeper>(store.connect()));
    SharedStamps other(std::make_unique<StoreKeeper>(store.connect()));
    testing::StampsModel model(seed + round, {&one, &other}, false);
    store.between = [&] {
      if (GetParam().evicts && store.random() % 200 == 0) store.evict_one();
      if (GetParam().interferes && store.random() % 30 == 0) model.interfere();
    };
    for (int i = 0; i < 1500; ++i) {
      model.step();
      if (::testing::Test::HasFatalFailure()) FAIL() << "step " << i;
    }
    // The test must not pass because nothing is ever fresh, or nothing ever ends.
    EXPECT_GT(model.fresh, 200u);
    EXPECT_GT(model.dead, 500u);
    EXPECT_LT(model.late_in_vain, model.late);
    model.finish();
  }
}

INSTANTIATE_TEST_SUITE_P(All, SharedStampsModel,
                         ::testing::Values(Kind{false, false}, Kind{true, false}, Kind{false, true},
                                           Kind{true, true}),
                         [](const auto& info) {
                           return std::string(info.param.evicts ? "Evicts" : "Keeps") +
                                  (info.param.interferes ? "AndInterferes" : "");
                         });

}  // namespace
}  // namespace coffer::core
