#include "core/stamp/local.h"

#include <gtest/gtest.h>

#include <memory>
#include <set>

#include "core/dependency/testing/given.h"
#include "core/stamp/pinned.h"

namespace coffer::core {
namespace {

using namespace testing;  // NOLINT: the builders of dependencies

class LocalStampsTest : public ::testing::Test {
 protected:
  std::vector<Stamp> pin(const Given& given) {
    std::vector<Stamp> out;
    EXPECT_EQ(stamps_.pin(resolve(given), COFFER_NEVER, out, sink_), COFFER_OK);
    return out;
  }
  // As an entry does: pinned while computed, and stored until then.
  std::vector<Stamp> stored(const Given& given, coffer_time until) {
    std::vector<Stamp> out = pin(given);
    stamps_.unpin(out, until);
    return out;
  }
  bool fresh(const std::vector<Stamp>& stamps) {
    return stamps_.check(stamps, COFFER_NEVER, nullptr, sink_) == COFFER_OK;
  }
  void move_tag(std::string_view tag) {
    const DependencyId id = tag_id("scope", tag);
    EXPECT_EQ(stamps_.move({&id, 1}, COFFER_NEVER, sink_), COFFER_OK);
  }
  void move_space(std::string_view space) {
    const DependencyId id = space_id("scope", space);
    EXPECT_EQ(stamps_.move({&id, 1}, COFFER_NEVER, sink_), COFFER_OK);
  }
  void event(std::string_view space, const Cells& cells) {
    const Row what = row(space, cells);
    EXPECT_EQ(stamps_.move_rows({&what, 1}, COFFER_NEVER, sink_), COFFER_OK);
  }

  LocalStamps stamps_;
  coffer_sink sink_;
};

TEST_F(LocalStampsTest, ATagEndsWhatDependsOnItAndNothingElse) {
  const auto one = stored(Given().tag("user:1"), COFFER_NEVER);
  const auto both = stored(Given().tag("user:1").tag("user:2"), COFFER_NEVER);
  const auto two = stored(Given().tag("user:2"), COFFER_NEVER);
  move_tag("user:1");
  EXPECT_FALSE(fresh(one));
  EXPECT_FALSE(fresh(both));
  EXPECT_TRUE(fresh(two));
}

TEST_F(LocalStampsTest, CheckTellsWhichHasMoved) {
  const auto both = stored(Given().tag("a").tag("b"), COFFER_NEVER);
  move_tag("b");
  size_t which = 7;
  EXPECT_EQ(stamps_.check(both, COFFER_NEVER, &which, sink_), COFFER_SUPERSEDED);
  EXPECT_EQ(which, 1u);
}

TEST_F(LocalStampsTest, AnEventDuringAComputationIsSeenAtItsEnd) {
  PinnedStamps pinned;
  ASSERT_EQ(pinned.pin(stamps_, resolve(Given().tag("a")), COFFER_NEVER, sink_), COFFER_OK);
  EXPECT_EQ(pinned.check(COFFER_NEVER, sink_), COFFER_OK);
  move_tag("a");
  EXPECT_EQ(pinned.check(COFFER_NEVER, sink_), COFFER_SUPERSEDED);
}

TEST_F(LocalStampsTest, ARowEndsTheConjunctionsItSatisfies) {
  const auto cheap =
      stored(Given().rows("posts", {{cell("price", decimal("1.5")), cell("shown", boolean(true))}}),
             COFFER_NEVER);
  const auto dear =
      stored(Given().rows("posts", {{cell("price", decimal("9")), cell("shown", boolean(true))}}),
             COFFER_NEVER);
  const auto either =
      stored(Given().rows("posts", {{cell("id", i64(1))}, {cell("id", i64(2))}}), COFFER_NEVER);
  const auto any = stored(Given().rows("posts", {{}}), COFFER_NEVER);
  const auto other = stored(Given().rows("users", {{}}), COFFER_NEVER);
  event("posts",
        {cell("id", i64(2)), cell("price", decimal("1.50")), cell("shown", boolean(true))});
  EXPECT_FALSE(fresh(cheap));
  EXPECT_TRUE(fresh(dear));
  EXPECT_FALSE(fresh(either));
  EXPECT_FALSE(fresh(any));
  EXPECT_TRUE(fresh(other));
}

TEST_F(LocalStampsTest, ASpaceEndsAllConjunctionsOnIt) {
  const auto one = stored(Given().rows("posts", {{cell("id", i64(1))}}), COFFER_NEVER);
  const auto any = stored(Given().rows("posts", {{}}), COFFER_NEVER);
  move_space("posts");
  EXPECT_FALSE(fresh(one));
  EXPECT_FALSE(fresh(any));
}

TEST_F(LocalStampsTest, ARowThatLacksAColumnEndsAllOfTheSpace) {
  const auto title = stored(Given().rows("posts", {{cell("title", text("x"))}}), COFFER_NEVER);
  const auto id = stored(Given().rows("posts", {{cell("id", i64(5))}}), COFFER_NEVER);
  event("posts", {cell("id", i64(1))});
  EXPECT_FALSE(fresh(title));
  EXPECT_FALSE(fresh(id));
}

TEST_F(LocalStampsTest, SlotsAndSchemesGoWhenTheirEntriesHaveEnded) {
  const auto early = stored(Given().tag("a").rows("posts", {{cell("id", i64(1))}}), 100);
  const auto late = stored(Given().tag("a"), 200);
  EXPECT_EQ(stamps_.count().stamps, 3u);
  EXPECT_EQ(stamps_.count().schemes, 1u);
  EXPECT_EQ(stamps_.count().spaces, 1u);
  stamps_.maintain(100);  // the last instant of the first one
  EXPECT_TRUE(fresh(early));
  stamps_.maintain(101);
  EXPECT_FALSE(fresh(early));
  EXPECT_TRUE(fresh(late));
  EXPECT_EQ(stamps_.count().stamps, 1u);
  EXPECT_EQ(stamps_.count().schemes, 0u);
  EXPECT_EQ(stamps_.count().spaces, 0u);
  stamps_.maintain(201);
  EXPECT_EQ(stamps_.count().stamps, 0u);
}

TEST_F(LocalStampsTest, WhatWasNeverStoredGoesAtOnce) {
  stamps_.unpin(pin(Given().tag("a")), -1);
  stamps_.maintain(1);
  EXPECT_EQ(stamps_.count().stamps, 0u);
}

TEST_F(LocalStampsTest, APinnedSlotStaysWhateverTheTime) {
  const auto stamps = stored(Given().tag("a"), 100);
  const auto pinned = pin(Given().tag("a"));
  stamps_.maintain(1'000'000);
  EXPECT_TRUE(fresh(stamps));
  stamps_.unpin(pinned, -1);
  stamps_.maintain(1'000'000);
  EXPECT_EQ(stamps_.count().stamps, 0u);
}

TEST_F(LocalStampsTest, AnEventReclaimsWhatNobodyComputes) {
  const auto stamps = stored(Given().tag("a"), COFFER_NEVER);
  move_tag("a");
  EXPECT_EQ(stamps_.count().stamps, 0u);
  EXPECT_FALSE(fresh(stamps));
}

TEST_F(LocalStampsTest, AnEventDuringAComputationLetsItsSlotGoAfterwards) {
  const auto stamps = pin(Given().tag("a"));
  move_tag("a");
  stamps_.unpin(stamps, COFFER_NEVER);  // what was stored with it is dead already
  stamps_.maintain(1);
  EXPECT_EQ(stamps_.count().stamps, 0u);
}

TEST_F(LocalStampsTest, AReclaimedSlotNeverReissuesAStamp) {
  std::set<uint64_t> seen;
  std::vector<std::vector<Stamp>> entries;
  for (int round = 0; round < 2000; ++round) {
    entries.push_back(stored(Given().tag("a").rows("posts", {{cell("id", i64(round % 3))}}), 10));
    for (const Stamp& stamp : entries.back()) EXPECT_TRUE(seen.insert(stamp.value).second);
    stamps_.maintain(11);
  }
  // Few slots served them all, and none reads as fresh.
  EXPECT_LT(stamps_.count().bytes, 200'000u);
  for (const auto& entry : entries) EXPECT_FALSE(fresh(entry));
}

TEST(LocalStamps, IdleSlotsHaveABoundAndTheOldestGoFirst) {
  const auto owner = std::make_unique<LocalStamps>(3200);
  LocalStamps& stamps = *owner;
  coffer_sink sink;
  std::vector<std::vector<Stamp>> entries;
  std::vector<std::string> tags;
  for (int i = 0; i < 20'000; ++i) tags.push_back("t" + std::to_string(i));
  for (const std::string& tag : tags) {
    auto& entry = entries.emplace_back();
    ASSERT_EQ(stamps.pin(resolve(Given().tag(tag)), COFFER_NEVER, entry, sink), COFFER_OK);
    stamps.unpin(entry, COFFER_NEVER);
  }
  EXPECT_LE(stamps.count().stamps, 3200u);
  const auto fresh = [&](size_t i) {
    return stamps.check(entries[i], COFFER_NEVER, nullptr, sink) == COFFER_OK;
  };
  for (size_t i = 0; i < 10'000; ++i) EXPECT_FALSE(fresh(i)) << i;
  for (size_t i = entries.size() - 1000; i < entries.size(); ++i) EXPECT_TRUE(fresh(i)) << i;
}

// ---- Stores that tell of their entries ----

class HeldStampsTest : public ::testing::Test {
 protected:
  // Stores an entry that depends on the tag.
  Stamp store(int tag) {
    std::vector<Stamp> pinned;
    const auto dependencies = resolve(Given().tag("a tag that is number " + std::to_string(tag)));
    EXPECT_EQ(stamps_.pin(dependencies, COFFER_NEVER, pinned, sink_), COFFER_OK);
    stamps_.hold(pinned[0]);
    stamps_.unpin(pinned, COFFER_NEVER);
    return pinned[0];
  }
  bool fresh(const Stamp& stamp) {
    return stamps_.check({&stamp, 1}, COFFER_NEVER, nullptr, sink_) == COFFER_OK;
  }

  LocalStamps stamps_{LocalStamps::kStoreTells};
  coffer_sink sink_;
};

TEST_F(HeldStampsTest, GoWithTheLastEntry) {
  const Stamp one = store(1);
  const Stamp two = store(1);
  EXPECT_EQ(one.value, two.value);
  stamps_.let_go(one);
  EXPECT_TRUE(fresh(two));
  stamps_.let_go(two);
  EXPECT_FALSE(fresh(two));
  EXPECT_EQ(stamps_.count().stamps, 0u);
  EXPECT_EQ(stamps_.name(two), "tag a tag that is number 1");  // for a while
}

TEST_F(HeldStampsTest, OneKeyWithManyTagsTakesNoMemory) {
  Stamp present = store(0);
  for (int i = 1; i < 100'000; ++i) {
    const Stamp next = store(i);
    stamps_.let_go(present);
    ASSERT_FALSE(fresh(present));
    present = next;
  }
  EXPECT_EQ(stamps_.count().stamps, 1u);
  EXPECT_LT(stamps_.held(), 600'000u);
}

// What was given back reads as moved, for ever, and what is used again has other stamps.
TEST_F(HeldStampsTest, MemoryIsGivenBackAndUsedAgain) {
  std::vector<Stamp> first, second;
  for (int i = 0; i < 30'000; ++i) first.push_back(store(i));
  const size_t most = stamps_.held();
  EXPECT_GT(most, 3'000'000u);
  for (const Stamp& stamp : first) stamps_.let_go(stamp);
  EXPECT_LT(stamps_.held(), most / 5);
  for (int i = 0; i < 30'000; ++i) second.push_back(store(i));
  EXPECT_LE(stamps_.held(), most + most / 8);
  for (int i = 0; i < 30'000; ++i) {
    ASSERT_FALSE(fresh(first[static_cast<size_t>(i)]));
    ASSERT_TRUE(fresh(second[static_cast<size_t>(i)]));
    stamps_.let_go(first[static_cast<size_t>(i)]);  // of an incarnation long gone: nothing happens
    stamps_.hold(first[static_cast<size_t>(i)]);
  }
  for (const Stamp& stamp : second) ASSERT_TRUE(fresh(stamp));
  for (const Stamp& stamp : second) stamps_.let_go(stamp);
  EXPECT_EQ(stamps_.count().stamps, 0u);
}

// ---- pin_late ----

class PinLateTest : public LocalStampsTest {
 protected:
  coffer_status late(const Given& given, uint64_t began) {
    std::vector<Stamp> out;
    const auto dependencies = resolve(given);
    const coffer_status status = stamps_.pin_late(dependencies, began, COFFER_NEVER, out, sink_);
    EXPECT_EQ(out.size(), dependencies.size());  // all are pinned, whatever the answer
    EXPECT_TRUE(fresh(out));
    stamps_.unpin(out, -1);
    return status;
  }
  Given conjunction(int64_t id) { return Given().rows("posts", {{cell("id", i64(id))}}); }
};

TEST_F(PinLateTest, WhatHasNotMovedIsPresent) {
  const auto known = pin(Given().tag("a").rows("posts", {{cell("id", i64(1))}}));
  move_tag("a");
  const uint64_t began = stamps_.now();
  EXPECT_EQ(late(Given().tag("a").tag("unknown"), began), COFFER_OK);
  EXPECT_EQ(late(conjunction(1), began), COFFER_OK);
  EXPECT_EQ(late(conjunction(2), began), COFFER_OK);
  stamps_.unpin(known, -1);
}

TEST_F(PinLateTest, WhatMovedSinceIsSuperseded) {
  const auto known = pin(Given().tag("a"));
  const uint64_t began = stamps_.now();
  move_tag("a");
  move_tag("never pinned");
  EXPECT_EQ(late(Given().tag("a"), began), COFFER_SUPERSEDED);
  EXPECT_EQ(late(Given().tag("never pinned"), began), COFFER_SUPERSEDED);
  EXPECT_EQ(late(Given().tag("a").tag("never pinned"), stamps_.now()), COFFER_OK);
  stamps_.unpin(known, -1);
}

TEST_F(PinLateTest, WhatMovedAndWasReclaimedIsSuperseded) {
  stored(Given().tag("a"), COFFER_NEVER);
  const uint64_t began = stamps_.now();
  move_tag("a");
  ASSERT_EQ(stamps_.count().stamps, 0u);
  stored(Given().tag("a"), COFFER_NEVER);
  EXPECT_EQ(late(Given().tag("a"), began), COFFER_SUPERSEDED);
}

TEST_F(PinLateTest, ARowEventThatDidNotKnowTheSchemeCountsForAllOfIt) {
  const uint64_t began = stamps_.now();
  event("posts", {cell("id", i64(1))});
  EXPECT_EQ(late(conjunction(1), began), COFFER_SUPERSEDED);
  EXPECT_EQ(late(conjunction(2), began), COFFER_SUPERSEDED);  // cannot be told
  EXPECT_EQ(late(Given().rows("users", {{cell("id", i64(1))}}), began), COFFER_OK);
}

TEST_F(PinLateTest, ARowEventThatKnewTheSchemeCountsForItsRow) {
  const auto known = pin(conjunction(7));  // brings the scheme
  const uint64_t began = stamps_.now();
  event("posts", {cell("id", i64(1))});
  EXPECT_EQ(late(conjunction(1), began), COFFER_SUPERSEDED);
  EXPECT_EQ(late(conjunction(2), began), COFFER_OK);
  stamps_.unpin(known, -1);
}

TEST_F(PinLateTest, AnEventOfTheSpaceSupersedesAllOfIt) {
  const uint64_t began = stamps_.now();
  move_space("posts");
  EXPECT_EQ(late(conjunction(1), began), COFFER_SUPERSEDED);
}

TEST_F(PinLateTest, AnyRowsAreSupersededByEachRow) {
  const uint64_t began = stamps_.now();
  event("posts", {cell("id", i64(1))});
  EXPECT_EQ(late(Given().rows("posts", {{}}), began), COFFER_SUPERSEDED);
}

}  // namespace
}  // namespace coffer::core
