#include "core/stamp/slots.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

namespace coffer::core {
namespace {

DependencyId id(uint64_t n) { return {n * 31, n * 77}; }

TEST(Slots, EndedOnesComeInTheOrderOfTheirEnds) {
  Slots slots;
  const coffer_time ends[] = {50, 10, 40, 20, 30};
  for (uint64_t i = 0; i < 5; ++i) {
    Slot* const slot = slots.create(id(i), nullptr, i + 1);
    slot->until = ends[i];
    EXPECT_TRUE(slots.unpin(slot));
  }
  EXPECT_EQ(slots.ended(10), nullptr);
  for (const coffer_time end : {10, 20, 30, 40, 50}) {
    Slot* const slot = slots.ended(51);
    ASSERT_NE(slot, nullptr);
    EXPECT_EQ(slot->until, end);
    slots.reclaim(slot, 100);
  }
  EXPECT_EQ(slots.ended(1000), nullptr);
  EXPECT_EQ(slots.live(), 0u);
}

TEST(Slots, AReclaimedSlotIsUsedAgain) {
  Slots slots;
  Slot* const first = slots.create(id(1), nullptr, 1);
  slots.unpin(first);
  slots.reclaim(first, 2);
  EXPECT_EQ(slots.find(id(1)), nullptr);
  EXPECT_EQ(slots.create(id(2), nullptr, 3), first);
  EXPECT_EQ(first->stamp.load(), 3u);
}

// Random operations against maps.
TEST(Slots, AgreeWithAModel) {
  const auto seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  struct Model {
    Slot* slot;
    uint32_t pins;
    coffer_time until;
  };
  Slots slots;
  std::map<uint64_t, Model> model;
  coffer_time now = 0;
  for (uint64_t step = 1; step < 50'000; ++step) {
    const uint64_t key = random() % 300;
    const auto found = model.find(key);
    ASSERT_EQ(slots.find(id(key)), found == model.end() ? nullptr : found->second.slot);
    switch (random() % 4) {
      case 0:
        if (found == model.end()) {
          model[key] = {slots.create(id(key), nullptr, step), 1, Slot::kNoEntry};
        } else {
          slots.pin(found->second.slot);
          ++found->second.pins;
        }
        break;
      case 1:
      case 2: {
        if (found == model.end() || found->second.pins == 0) break;
        Model& entry = found->second;
        entry.until = random() % 10 == 0 ? Slot::kForEver
                                         : std::max<coffer_time>(entry.until, now + random() % 100);
        entry.slot->until = entry.until;
        ASSERT_EQ(slots.unpin(entry.slot), --entry.pins == 0);
        break;
      }
      default: {
        now += random() % 3;
        Slot* const ended = slots.ended(now);
        coffer_time first = Slot::kForEver;
        for (const auto& [k, entry] : model) {
          if (entry.pins == 0) first = std::min(first, entry.until);
        }
        ASSERT_EQ(ended != nullptr, first < now);
        if (ended == nullptr && (slots.idle() < 200 || slots.oldest() == nullptr)) break;
        Slot* const victim = ended != nullptr ? ended : slots.oldest();
        if (ended != nullptr) {
          ASSERT_EQ(ended->until, first);
        }
        const auto gone = std::find_if(model.begin(), model.end(), [&](const auto& entry) {
          return entry.second.slot == victim;
        });
        ASSERT_NE(gone, model.end());
        ASSERT_EQ(gone->second.pins, 0u);
        slots.reclaim(victim, step);
        model.erase(gone);
      }
    }
    ASSERT_EQ(slots.live(), model.size());
    ASSERT_EQ(slots.idle(),
              static_cast<size_t>(std::count_if(model.begin(), model.end(), [](const auto& entry) {
                return entry.second.pins == 0;
              })));
  }
}

}  // namespace
}  // namespace coffer::core
