// What leaves when there is no more room, and what is told of it.
#include <algorithm>
#include <list>
#include <thread>

#include "coffer/queue.h"
#include "plugins/stores/memory/test_store.h"

namespace coffer::memory {
namespace {

constexpr coffer_ttl kSecond = 1000000000;

class BoundsTest : public testing::Test {
 protected:
  void TearDown() override { EXPECT_EQ(host_.problems(), ""); }

  FakeHost host_;
};

TEST_F(BoundsTest, LeastRecentlyUsedGoesFirst) {
  TestStore store(&host_, {{"capacity", "3"}});
  store.put("a", "1");
  store.put("b", "1");
  store.put("c", "1");
  EXPECT_EQ(store.get("a"), "1");
  std::string value;
  EXPECT_EQ(store.read("b", &value), COFFER_OK);
  store.put("d", "1");
  EXPECT_EQ(store.get("c"), std::nullopt);
  coffer_entry entry = {};
  EXPECT_EQ(store.get("a", &entry, COFFER_GET_NO_USE), COFFER_OK);
  TestStore::release(&entry);
  store.put("e", "1");
  EXPECT_EQ(store.get("a"), std::nullopt);
  store.put("b", "2");  // overwriting is use, and evicts nobody else
  EXPECT_EQ(store.stats().entries, 3u);
  store.put("f", "1");
  EXPECT_EQ(store.get("d"), std::nullopt);
  EXPECT_EQ(store.get("b"), "2");
  EXPECT_EQ(store.stats().evictions, 3u);
  EXPECT_EQ(store.stats().inserts, 6u);
}

// However many hits there are: a thread that is alone loses none, nor do threads one by one.
TEST_F(BoundsTest, TheOrderOfUseIsExactForOneThreadAtATime) {
  constexpr size_t kCapacity = 50;
  const uint64_t seed = test_seed();
  TestStore store(&host_, {{"capacity", std::to_string(kCapacity)}});
  std::list<std::string> by_use;  // the model
  for (uint64_t turn = 0; turn < 4; ++turn) {
    std::thread([&] {
      Random random(seed + turn);
      for (int i = 0; i < rounds(20000); ++i) {
        const std::string key = "k" + std::to_string(random.below(80));
        const auto found = std::find(by_use.begin(), by_use.end(), key);
        std::string value;
        const bool put = random.below(40) == 0;
        if (put) {
          ASSERT_EQ(store.put(key, "v"), COFFER_OK);
        } else {
          ASSERT_EQ(store.read(key, &value, 10) == COFFER_OK, found != by_use.end()) << i;
        }
        const bool known = found != by_use.end();
        if (known) by_use.erase(found);
        if (known || put) by_use.push_back(key);
        if (by_use.size() > kCapacity) by_use.pop_front();
      }
    }).join();
  }
}

TEST_F(BoundsTest, BytesStayWithinTheLimit) {
  Random random(test_seed());
  for (const uint64_t limit : {uint64_t{16} << 10, uint64_t{200} << 10, uint64_t{3} << 20}) {
    TestStore store(&host_, {{"bytes", std::to_string(limit)}});
    ASSERT_EQ(store.status, COFFER_OK);
    uint64_t stored = 0;
    for (int i = 0; i < rounds(20000); ++i) {
      const std::string key = "key" + std::to_string(random.below(3000));
      const coffer_status status = store.put(key, std::string(random.below(limit / 40), 'x'));
      ASSERT_EQ(status, COFFER_OK);
      ++stored;
      if (i % 16 == 0) {
        ASSERT_LE(store.stats().bytes, limit) << i;
      }
    }
    EXPECT_GT(store.stats().bytes, limit / 2);
    EXPECT_GT(store.stats().evictions, 0u);
  }
}

// Sizes that change leave room for entries of other sizes only: it must not be lost.
TEST_F(BoundsTest, BytesStayWithinTheLimitWhenSizesChange) {
  Random random(test_seed());
  constexpr uint64_t kLimit = 8 << 20;
  TestStore store(&host_, {{"bytes", std::to_string(kLimit)}});
  ASSERT_EQ(store.status, COFFER_OK);
  for (const uint64_t most : {60, 1000, 200, 3000, 30}) {
    for (int i = 0; i < rounds(60000); ++i) {
      const std::string key = "key" + std::to_string(random.below(200000));
      ASSERT_EQ(store.put(key, std::string(most / 2 + random.below(most / 2), 'x')), COFFER_OK);
      if (i % 64 == 0) {
        ASSERT_LE(store.stats().bytes, kLimit) << i << " of up to " << most;
      }
    }
  }
  EXPECT_GT(store.stats().bytes, kLimit / 8 * 5);
  store.clear();
  store.maintain();
  EXPECT_LT(store.stats().bytes, kLimit / 4);  // the index does not shrink
}

TEST_F(BoundsTest, BothLimitsHold) {
  TestStore store(&host_, {{"bytes", "64KiB"}, {"capacity", "100"}});
  for (int i = 0; i < 300; ++i) ASSERT_EQ(store.put("s" + std::to_string(i), "small"), COFFER_OK);
  EXPECT_EQ(store.stats().entries, 100u);
  for (int i = 0; i < 300; ++i) {
    ASSERT_EQ(store.put("l" + std::to_string(i), std::string(4000, 'x')), COFFER_OK);
    ASSERT_LE(store.stats().bytes, 64u << 10);
  }
  EXPECT_LT(store.stats().entries, 17u);
}

TEST_F(BoundsTest, WeightCountsLikeBytes) {
  TestStore store(&host_, {{"bytes", "1MiB"}});
  Put heavy;
  heavy.weight = 100 << 10;
  for (int i = 0; i < 20; ++i) ASSERT_EQ(store.put("k" + std::to_string(i), "v", heavy), COFFER_OK);
  EXPECT_LT(store.stats().entries, 11u);
  EXPECT_GT(store.stats().entries, 7u);
  EXPECT_LE(store.stats().bytes, 1u << 20);
}

TEST_F(BoundsTest, WhatIsTooLargeLeavesNothingStaleBehind) {
  TestStore store(&host_, {{"bytes", "64KiB"}});
  store.put("k", "old");
  store.put("other", "value");
  EXPECT_EQ(store.put("k", std::string(70000, 'x')), COFFER_TOO_LARGE);
  EXPECT_NE(store.message.find("bytes=65536"), std::string::npos) << store.message;
  EXPECT_EQ(store.get("k"), std::nullopt);
  EXPECT_EQ(store.put("k", "new"), COFFER_OK);
  EXPECT_EQ(store.put("k", std::string(63000, 'x')), COFFER_TOO_LARGE);
  EXPECT_EQ(store.get("k"), std::nullopt);
  EXPECT_EQ(store.get("other"), "value");  // nobody was evicted in vain
}

TEST_F(BoundsTest, ManyShardsAndFewEntriesStillHoldEach) {
  TestStore store(&host_, {{"capacity", "3"}, {"shards", "64"}});
  for (int i = 0; i < 100; ++i) {
    const std::string key = "k" + std::to_string(i);
    ASSERT_EQ(store.put(key, "v"), COFFER_OK);
    EXPECT_EQ(store.get(key), "v");
    EXPECT_LE(store.stats().entries, 3u);
  }
}

TEST_F(BoundsTest, UnboundedKeepsAll) {
  TestStore store(&host_, {{"capacity", "0"}, {"bytes", "0"}});
  for (int i = 0; i < 50000; ++i) ASSERT_EQ(store.put("k" + std::to_string(i), "v"), COFFER_OK);
  EXPECT_EQ(store.stats().entries, 50000u);
  EXPECT_EQ(store.stats().evictions, 0u);
  EXPECT_EQ(store.stats().byte_limit, 0u);
}

TEST_F(BoundsTest, BoundedByDefault) {
  TestStore store(&host_);
  EXPECT_EQ(store.stats().byte_limit, 256u << 20);
  TestStore by_entries(&host_, {{"capacity", "10"}});
  EXPECT_EQ(by_entries.stats().byte_limit, 0u);
  EXPECT_EQ(by_entries.stats().capacity, 10u);
}

TEST_F(BoundsTest, EventsTellWhatLeft) {
  host_.want_events(COFFER_EVENT_EVICT | COFFER_EVENT_EXPIRE);
  TestStore store(&host_, {{"capacity", "2"}});
  Put brief;
  brief.ttl = kSecond;
  store.put("a", "1");
  store.put("b", "1", brief);
  store.put("c", "1");
  host_.advance(kSecond);
  store.maintain();
  store.del("c");
  const auto events = host_.take_events();
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[0].kind, uint32_t{COFFER_EVENT_EVICT});
  EXPECT_EQ(events[0].key, "a");
  EXPECT_EQ(events[1].kind, uint32_t{COFFER_EVENT_EXPIRE});
  EXPECT_EQ(events[1].key, "b");
}

TEST_F(BoundsTest, OneLargeEntryMayEvictVeryManyWithEvents) {
  host_.want_events(COFFER_EVENT_EVICT);
  TestStore store(&host_, {{"bytes", "256KiB"}});
  uint64_t put = 0;
  for (; store.stats().evictions == 0; ++put) store.put("k" + std::to_string(put), "v");
  ASSERT_EQ(store.put("large", std::string(150 << 10, 'x')), COFFER_OK);
  EXPECT_EQ(store.get("large")->size(), 150u << 10);
  const coffer_store_stats stats = store.stats();
  EXPECT_GT(stats.evictions, 100u);
  EXPECT_EQ(stats.entries, put + 1 - stats.evictions);
  EXPECT_EQ(host_.take_events().size(), stats.evictions);
}

}  // namespace
}  // namespace coffer::memory
