#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <string>

#include "core/stamp/local.h"
#include "core/stamp/testing/model.h"

namespace coffer::core {
namespace {

// Of a store that tells of its entries, and of one that does not.
class LocalStampsModel : public ::testing::TestWithParam<bool> {};

TEST_P(LocalStampsModel, AgreesWithBruteForce) {
  const bool tells = GetParam();
  const unsigned seed = std::random_device()();
  for (unsigned round = 0; round < 10; ++round) {
    SCOPED_TRACE("seed " + std::to_string(seed + round));
    // Not on the stack, where GCC's AddressSanitizer forgets alignments beyond 32 bytes (its bug
    // 110027).
    const auto stamps =
        std::make_unique<LocalStamps>(tells ? LocalStamps::kStoreTells : LocalStamps::kMostIdle);
    testing::StampsModel model(seed + round, {stamps.get()}, true, tells);
    for (int i = 0; i < 2000; ++i) {
      model.step();
      if (::testing::Test::HasFatalFailure()) FAIL() << "step " << i;
    }
    // The test must not pass because nothing is ever fresh, or nothing ever ends.
    EXPECT_GT(model.fresh, 1000u);
    EXPECT_GT(model.dead, 1000u);
    EXPECT_LT(model.late_in_vain, model.late / 2);
    model.finish();
    if (tells) {
      EXPECT_EQ(stamps->count().stamps, 0u);
      EXPECT_EQ(stamps->count().schemes, 0u);
    } else {
      EXPECT_LT(stamps->count().stamps, 60u);  // those for ever
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Stores, LocalStampsModel, ::testing::Bool());

}  // namespace
}  // namespace coffer::core
