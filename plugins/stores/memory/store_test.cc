// What the store does, one thing at a time.
#include <algorithm>
#include <set>
#include <thread>

#include "coffer/queue.h"
#include "plugins/stores/memory/test_store.h"

namespace coffer::memory {
namespace {

constexpr coffer_ttl kSecond = 1000000000;

class StoreTest : public testing::Test {
 protected:
  void TearDown() override { EXPECT_EQ(host_.problems(), ""); }

  FakeHost host_;
};

TEST_F(StoreTest, ReadsWhatWasPut) {
  TestStore store(&host_);
  ASSERT_EQ(store.status, COFFER_OK);
  std::string value, meta;
  EXPECT_EQ(store.read("a", &value), COFFER_MISS);
  EXPECT_EQ(store.get("a"), std::nullopt);

  uint64_t version = 0;
  Put how;
  how.meta = "the meta";
  how.flags = COFFER_ENTRY_NEGATIVE;
  how.format = 17;
  ASSERT_EQ(store.put("a", "value of a", how, &version), COFFER_OK);
  EXPECT_NE(version, 0u);

  coffer_read_info info = {};
  EXPECT_EQ(store.read("a", &value, 100, &info, &meta), COFFER_OK);
  EXPECT_EQ(value, "value of a");
  EXPECT_EQ(meta, "the meta");
  EXPECT_EQ(info.version, version);
  EXPECT_EQ(info.expires_at, COFFER_NEVER);
  EXPECT_EQ(info.flags, COFFER_ENTRY_NEGATIVE);
  EXPECT_EQ(info.format, 17u);

  EXPECT_EQ(store.read("a", &value, 3, &info), COFFER_SHORT);
  EXPECT_EQ(info.size, 10u);

  coffer_entry entry = {};
  ASSERT_EQ(store.get("a", &entry), COFFER_OK);
  EXPECT_EQ(TestStore::text(entry), "value of a");
  EXPECT_EQ(std::string(static_cast<const char*>(entry.meta), entry.meta_size), "the meta");
  EXPECT_EQ(entry.version, version);
  EXPECT_EQ(entry.format, 17u);
  EXPECT_EQ(entry.flags, COFFER_ENTRY_NEGATIVE);
  TestStore::release(&entry);
}

TEST_F(StoreTest, EmptyKeysAndValuesAreKeysAndValues) {
  TestStore store(&host_);
  EXPECT_EQ(store.put("", ""), COFFER_OK);
  EXPECT_EQ(store.get(""), "");
  std::string value = "not empty";
  EXPECT_EQ(store.read("", &value, 0), COFFER_OK);
  EXPECT_EQ(value, "");
  EXPECT_EQ(store.del(""), COFFER_OK);
  EXPECT_EQ(store.get(""), std::nullopt);
}

TEST_F(StoreTest, ModesJudgeWhatIsThere) {
  TestStore store(&host_);
  Put replace, add, cas;
  replace.mode = COFFER_PUT_REPLACE;
  add.mode = COFFER_PUT_ADD;
  cas.mode = COFFER_PUT_CAS;
  EXPECT_EQ(store.put("k", "1", replace), COFFER_MISS);
  EXPECT_EQ(store.put("k", "1", cas), COFFER_MISS);
  uint64_t first = 0, second = 0;
  EXPECT_EQ(store.put("k", "1", add, &first), COFFER_OK);
  EXPECT_EQ(store.put("k", "2", add), COFFER_EXISTS);
  EXPECT_EQ(store.get("k"), "1");
  EXPECT_EQ(store.put("k", "3", replace, &second), COFFER_OK);
  EXPECT_NE(first, second);
  cas.expected_version = first;
  EXPECT_EQ(store.put("k", "4", cas), COFFER_CONFLICT);
  EXPECT_EQ(store.get("k"), "3");
  cas.expected_version = second;
  EXPECT_EQ(store.put("k", "5", cas), COFFER_OK);
  EXPECT_EQ(store.get("k"), "5");
}

TEST_F(StoreTest, VersionsAreNotUsedAgain) {
  TestStore store(&host_);
  std::set<uint64_t> versions;
  for (int i = 0; i < 10; ++i) {
    uint64_t version = 0;
    ASSERT_EQ(store.put("k", "v", {}, &version), COFFER_OK);
    EXPECT_TRUE(versions.insert(version).second);
    if (i % 3 == 0) store.del("k");
    if (i % 5 == 0) store.clear();
  }
}

TEST_F(StoreTest, ExpiredIsAbsentAtOnce) {
  TestStore store(&host_);
  Put brief;
  brief.ttl = kSecond;
  ASSERT_EQ(store.put("k", "v", brief), COFFER_OK);
  coffer_read_info info = {};
  std::string value;
  EXPECT_EQ(store.read("k", &value, 10, &info), COFFER_OK);
  EXPECT_EQ(info.expires_at, host_.now() + kSecond);
  host_.advance(kSecond - 1);
  EXPECT_EQ(store.get("k"), "v");
  host_.advance(1);
  EXPECT_EQ(store.get("k"), std::nullopt);
  EXPECT_EQ(store.read("k", &value), COFFER_MISS);
  EXPECT_TRUE(store.keys().empty());
  Put replace;
  replace.mode = COFFER_PUT_REPLACE;
  EXPECT_EQ(store.put("k", "w", replace), COFFER_MISS);
  Put add;
  add.mode = COFFER_PUT_ADD;
  EXPECT_EQ(store.put("k", "w", add), COFFER_OK);
  EXPECT_EQ(store.get("k"), "w");
  EXPECT_EQ(store.stats().expirations, 1u);
  ASSERT_EQ(store.put("k", "v", brief), COFFER_OK);
  host_.advance(kSecond);
  EXPECT_EQ(store.touch("k", kSecond), COFFER_MISS);
  ASSERT_EQ(store.put("k", "v", brief), COFFER_OK);
  host_.advance(kSecond);
  EXPECT_EQ(store.del("k"), COFFER_MISS);
}

TEST_F(StoreTest, TouchMovesTheExpiryAndKeepsTheVersion) {
  TestStore store(&host_);
  for (const coffer_ttl first : {COFFER_TTL_FOREVER, kSecond}) {
    Put how;
    how.ttl = first;
    how.meta = "meta";
    how.weight = 3;
    how.format = 20;
    uint64_t version = 0;
    ASSERT_EQ(store.put("k", "v", how, &version), COFFER_OK);
    for (const coffer_ttl ttl : {5 * kSecond, kSecond / 2, COFFER_TTL_FOREVER, 3 * kSecond}) {
      ASSERT_EQ(store.touch("k", ttl), COFFER_OK);
      coffer_entry entry = {};
      ASSERT_EQ(store.get("k", &entry), COFFER_OK);
      EXPECT_EQ(entry.expires_at, ttl > 0 ? host_.now() + ttl : 0);
      EXPECT_EQ(entry.version, version);
      EXPECT_EQ(TestStore::text(entry), "v");
      EXPECT_EQ(entry.meta_size, 4u);
      EXPECT_EQ(entry.format, 20u);
      TestStore::release(&entry);
    }
    host_.advance(3 * kSecond);
    EXPECT_EQ(store.get("k"), std::nullopt);
  }
  EXPECT_EQ(store.touch("absent", kSecond), COFFER_MISS);
}

TEST_F(StoreTest, KeepTakesTheExpiryOver) {
  TestStore store(&host_);
  Put brief, keep;
  brief.ttl = kSecond;
  keep.ttl = COFFER_TTL_KEEP;
  keep.mode = COFFER_PUT_REPLACE;
  ASSERT_EQ(store.put("brief", "1", brief), COFFER_OK);
  ASSERT_EQ(store.put("forever", "1"), COFFER_OK);
  host_.advance(kSecond / 2);
  ASSERT_EQ(store.put("brief", "2", keep), COFFER_OK);
  ASSERT_EQ(store.put("forever", "2", keep), COFFER_OK);
  host_.advance(kSecond / 2);
  EXPECT_EQ(store.get("brief"), std::nullopt);
  EXPECT_EQ(store.get("forever"), "2");
}

TEST_F(StoreTest, VeryLongTimesToLiveDoNotWrapRound) {
  TestStore store(&host_);
  Put how;
  how.ttl = INT64_MAX;
  ASSERT_EQ(store.put("k", "v", how), COFFER_OK);
  host_.advance(3600 * kSecond);
  store.maintain();
  EXPECT_EQ(store.get("k"), "v");
}

TEST_F(StoreTest, ExpiredEntriesAreSweptByWritesAndByMaintain) {
  TestStore store(&host_, {{"shards", "1"}});
  Put how;
  for (int i = 0; i < 1000; ++i) {
    how.ttl = (1 + i % 100) * kSecond;
    ASSERT_EQ(store.put("k" + std::to_string(i), "v", how), COFFER_OK);
  }
  host_.advance(50 * kSecond);
  EXPECT_EQ(store.stats().entries, 1000u);
  store.maintain(host_.now());  // no time for anything
  EXPECT_EQ(store.stats().entries, 1000u);
  ASSERT_EQ(store.put("one more", "v"), COFFER_OK);
  EXPECT_LT(store.stats().entries, 1001u);
  store.maintain();
  EXPECT_EQ(store.stats().entries, 501u);
  EXPECT_EQ(store.stats().expirations, 500u);
  host_.advance(50 * kSecond);
  store.maintain();
  EXPECT_EQ(store.stats().entries, 1u);
}

TEST_F(StoreTest, WhatExpiredMakesRoomBeforeWhatLives) {
  TestStore store(&host_, {{"capacity", "3"}});
  Put brief;
  brief.ttl = kSecond / 1000;
  ASSERT_EQ(store.put("old", "v"), COFFER_OK);
  ASSERT_EQ(store.put("older", "v"), COFFER_OK);
  ASSERT_EQ(store.put("brief", "v", brief), COFFER_OK);
  host_.advance(kSecond / 1000);
  ASSERT_EQ(store.put("new", "v"), COFFER_OK);
  EXPECT_EQ(store.get("old"), "v");
  EXPECT_EQ(store.get("older"), "v");
  EXPECT_EQ(store.stats().evictions, 0u);
  EXPECT_EQ(store.stats().expirations, 1u);
}

TEST_F(StoreTest, TheCoarseClockMayLag) {
  host_.set_coarse_lag(10000000);
  TestStore store(&host_, {{"capacity", "2"}});
  Put brief;
  brief.ttl = 1;
  for (int i = 0; i < 100; ++i) {
    ASSERT_EQ(store.put("k" + std::to_string(i % 5), "v", brief), COFFER_OK);
    host_.advance(i * 100000);
    EXPECT_LE(store.stats().entries, 2u);
  }
}

// ---- Pins -------------------------------------------------------------------------------------

TEST_F(StoreTest, PinsOutliveEverything) {
  coffer_entry overwritten = {}, deleted = {}, cleared = {}, destroyed = {};
  {
    TestStore store(&host_, {{"capacity", "100"}});
    store.put("a", "first a");
    store.put("b", "first b");
    store.put("c", "first c");
    ASSERT_EQ(store.get("a", &overwritten), COFFER_OK);
    ASSERT_EQ(store.get("b", &deleted), COFFER_OK);
    ASSERT_EQ(store.get("c", &cleared), COFFER_OK);
    store.put("a", "second a");
    store.del("b");
    store.clear();
    for (int i = 0; i < 1000; ++i) store.put("x" + std::to_string(i), "y");
    store.put("d", "first d");
    ASSERT_EQ(store.get("d", &destroyed), COFFER_OK);
    const uint64_t bytes = store.stats().bytes;
    store.maintain();
    EXPECT_GT(store.stats().bytes, 0u);
    EXPECT_LE(store.stats().bytes, bytes);
  }
  EXPECT_EQ(TestStore::text(overwritten), "first a");
  EXPECT_EQ(TestStore::text(deleted), "first b");
  EXPECT_EQ(TestStore::text(cleared), "first c");
  EXPECT_EQ(TestStore::text(destroyed), "first d");
  EXPECT_NE(host_.live_blocks(), 0u);
  host_.expect_silence();
  std::vector<std::thread> threads;
  for (coffer_entry* entry : {&destroyed, &cleared, &overwritten, &deleted}) {
    threads.emplace_back([entry] { TestStore::release(entry); });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(host_.live_blocks(), 0u);
}

TEST_F(StoreTest, LooksWithoutValueNeedNoPin) {
  TestStore store(&host_);
  store.put("k", "value");
  coffer_entry entry = {};
  ASSERT_EQ(store.get("k", &entry, COFFER_GET_NO_VALUE | COFFER_GET_NO_USE), COFFER_OK);
  EXPECT_EQ(entry.size, 5u);
  EXPECT_EQ(entry.data, nullptr);
  TestStore::release(&entry);
  Put how;
  how.meta = "m";
  store.put("k", "value", how);
  ASSERT_EQ(store.get("k", &entry, COFFER_GET_NO_VALUE), COFFER_OK);
  store.del("k");
  store.maintain();
  EXPECT_EQ(*static_cast<const char*>(entry.meta), 'm');
  TestStore::release(&entry);
}

// ---- Objects ----------------------------------------------------------------------------------

class ObjectTest : public StoreTest {
 protected:
  Put object(void** out) {
    Put how;
    how.object = *out = host_.new_object();
    how.object_type = host_.object_type();
    return how;
  }
};

TEST_F(ObjectTest, ObjectsAreReleasedOnceTheyAreGoneAndUnpinned) {
  TestStore store(&host_, {{"capacity", "4"}, {"shards", "1"}});
  void *a, *b, *c, *d, *e;
  ASSERT_EQ(store.put("a", "", object(&a)), COFFER_OK);
  std::string value;
  EXPECT_EQ(store.read("a", &value), COFFER_UNSUPPORTED);
  coffer_entry pin = {};
  ASSERT_EQ(store.get("a", &pin), COFFER_OK);
  EXPECT_EQ(pin.object, a);
  EXPECT_EQ(pin.object_type, host_.object_type());
  EXPECT_EQ(pin.flags, COFFER_ENTRY_OBJECT);
  ASSERT_EQ(store.put("a", "", object(&b)), COFFER_OK);
  EXPECT_EQ(host_.releases_of(a), 0u);
  TestStore::release(&pin);
  EXPECT_EQ(host_.releases_of(a), 1u);
  EXPECT_EQ(store.del("a"), COFFER_OK);
  EXPECT_EQ(host_.releases_of(b), 1u);

  ASSERT_EQ(store.put("c", "", object(&c)), COFFER_OK);
  for (int i = 0; i < 4; ++i) store.put("x" + std::to_string(i), "y");
  EXPECT_EQ(host_.releases_of(c), 1u);  // evicted

  Put brief = object(&d);
  brief.ttl = kSecond;
  ASSERT_EQ(store.put("d", "", brief), COFFER_OK);
  host_.advance(kSecond);
  store.maintain();
  EXPECT_EQ(host_.releases_of(d), 1u);

  ASSERT_EQ(store.put("e", "", object(&e)), COFFER_OK);
  ASSERT_EQ(store.touch("e", kSecond), COFFER_OK);
  ASSERT_EQ(store.get("e", &pin), COFFER_OK);
  store.destroy();
  EXPECT_EQ(host_.releases_of(e), 0u);
  TestStore::release(&pin);
  EXPECT_EQ(host_.releases_of(e), 1u);
  EXPECT_EQ(host_.releases(), 5u);
}

TEST_F(ObjectTest, RefusedObjectsStayWithTheCaller) {
  TestStore store(&host_);
  store.put("k", "v");
  void* a;
  Put add = object(&a);
  add.mode = COFFER_PUT_ADD;
  EXPECT_EQ(store.put("k", "", add), COFFER_EXISTS);
  Put cas = add;
  cas.mode = COFFER_PUT_CAS;
  cas.expected_version = 12345;
  EXPECT_EQ(store.put("k", "", cas), COFFER_CONFLICT);
  Put heavy = add;
  heavy.mode = COFFER_PUT_SET;
  heavy.weight = 1 << 30;
  EXPECT_EQ(store.put("k", "", heavy), COFFER_TOO_LARGE);
  store.destroy();
  EXPECT_EQ(host_.releases(), 0u);
}

TEST_F(ObjectTest, ClearAndDestroyReleaseAll) {
  TestStore store(&host_);
  void* object_;
  for (int i = 0; i < 500; ++i) {
    ASSERT_EQ(store.put("k" + std::to_string(i), "", object(&object_)), COFFER_OK);
  }
  EXPECT_EQ(store.clear("k1"), 111u);
  EXPECT_EQ(host_.releases(), 111u);
  store.destroy();
  EXPECT_EQ(host_.releases(), 500u);
}

// ---- Bounds -----------------------------------------------------------------------------------

TEST_F(StoreTest, LeastRecentlyUsedGoesFirst) {
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

TEST_F(StoreTest, BytesStayWithinTheLimit) {
  Random random(test_seed());
  for (const uint64_t limit : {uint64_t{16} << 10, uint64_t{200} << 10, uint64_t{3} << 20}) {
    TestStore store(&host_, {{"bytes", std::to_string(limit)}});
    ASSERT_EQ(store.status, COFFER_OK);
    uint64_t stored = 0;
    for (int i = 0; i < rounds(20000); ++i) {
      const std::string key = "key" + std::to_string(random.below(3000));
      const coffer_status status = store.put(key, random.bytes(random.below(limit / 40)));
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

TEST_F(StoreTest, BothLimitsHold) {
  TestStore store(&host_, {{"bytes", "64KiB"}, {"capacity", "100"}});
  for (int i = 0; i < 300; ++i) ASSERT_EQ(store.put("s" + std::to_string(i), "small"), COFFER_OK);
  EXPECT_EQ(store.stats().entries, 100u);
  for (int i = 0; i < 300; ++i) {
    ASSERT_EQ(store.put("l" + std::to_string(i), std::string(4000, 'x')), COFFER_OK);
    ASSERT_LE(store.stats().bytes, 64u << 10);
  }
  EXPECT_LT(store.stats().entries, 17u);
}

TEST_F(StoreTest, WeightCountsLikeBytes) {
  TestStore store(&host_, {{"bytes", "1MiB"}});
  Put heavy;
  heavy.weight = 100 << 10;
  for (int i = 0; i < 20; ++i) ASSERT_EQ(store.put("k" + std::to_string(i), "v", heavy), COFFER_OK);
  EXPECT_LT(store.stats().entries, 11u);
  EXPECT_GT(store.stats().entries, 7u);
  EXPECT_LE(store.stats().bytes, 1u << 20);
}

TEST_F(StoreTest, WhatIsTooLargeLeavesNothingStaleBehind) {
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

TEST_F(StoreTest, ManyShardsAndFewEntriesStillHoldEach) {
  TestStore store(&host_, {{"capacity", "3"}, {"shards", "64"}});
  for (int i = 0; i < 100; ++i) {
    const std::string key = "k" + std::to_string(i);
    ASSERT_EQ(store.put(key, "v"), COFFER_OK);
    EXPECT_EQ(store.get(key), "v");
    EXPECT_LE(store.stats().entries, 3u);
  }
}

TEST_F(StoreTest, UnboundedKeepsAll) {
  TestStore store(&host_, {{"capacity", "0"}, {"bytes", "0"}});
  for (int i = 0; i < 50000; ++i) ASSERT_EQ(store.put("k" + std::to_string(i), "v"), COFFER_OK);
  EXPECT_EQ(store.stats().entries, 50000u);
  EXPECT_EQ(store.stats().evictions, 0u);
  EXPECT_EQ(store.stats().byte_limit, 0u);
}

TEST_F(StoreTest, BoundedByDefault) {
  TestStore store(&host_);
  EXPECT_EQ(store.stats().byte_limit, 256u << 20);
  TestStore by_entries(&host_, {{"capacity", "10"}});
  EXPECT_EQ(by_entries.stats().byte_limit, 0u);
  EXPECT_EQ(by_entries.stats().capacity, 10u);
}

TEST_F(StoreTest, EventsTellWhatLeft) {
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

TEST_F(StoreTest, OneLargeEntryMayEvictVeryManyWithEvents) {
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

// ---- Lists ------------------------------------------------------------------------------------

TEST_F(StoreTest, ClearAndScanByPrefix) {
  TestStore store(&host_, {{"shards", "8"}});
  std::set<std::string> fruit;
  for (int i = 0; i < 100; ++i) {
    fruit.insert("fruit:" + std::to_string(i));
    store.put("fruit:" + std::to_string(i), "v");
    store.put("tree:" + std::to_string(i), "v");
  }
  std::vector<std::string> listed = store.keys("fruit:");
  EXPECT_EQ(listed.size(), 100u);
  EXPECT_EQ(std::set<std::string>(listed.begin(), listed.end()), fruit);
  EXPECT_EQ(store.keys().size(), 200u);
  EXPECT_EQ(store.keys("fruit:1", 1).size(), 11u);
  EXPECT_EQ(store.clear("tree:"), 100u);
  EXPECT_EQ(store.keys().size(), 100u);
  EXPECT_EQ(store.clear("nothing"), 0u);
  EXPECT_EQ(store.clear(), 100u);
  EXPECT_EQ(store.stats().entries, 0u);
}

TEST_F(StoreTest, AScanSeesWhatStaysWhileMuchChanges) {
  TestStore store(&host_, {{"capacity", "0"}, {"bytes", "0"}, {"shards", "4"}});
  for (int i = 0; i < 500; ++i) store.put("stays" + std::to_string(i), "v");
  void* scan = nullptr;
  FakeSink sink;
  ASSERT_EQ(store.table().scan_open(store.self(), {nullptr, 0}, &scan, sink.get()), COFFER_OK);
  std::multiset<std::string> seen;
  coffer_bytes views[10];
  size_t n = 0;
  for (int i = 0; store.table().scan_next(store.self(), scan, COFFER_NEVER, views, 10, &n,
                                          sink.get()) == COFFER_OK;
       ++i) {
    store.put("comes" + std::to_string(i), "v");
    store.put("stays" + std::to_string(i % 500), "w");
    if (i > 10) store.del("comes" + std::to_string(i - 5));
    for (size_t k = 0; k < n; ++k) {
      seen.emplace(static_cast<const char*>(views[k].data), views[k].size);
    }
  }
  store.table().scan_close(store.self(), scan);
  for (int i = 0; i < 500; ++i) EXPECT_EQ(seen.count("stays" + std::to_string(i)), 1u);
}

// ---- Batches ----------------------------------------------------------------------------------

TEST_F(StoreTest, BatchesAnswerEachItemInOrder) {
  TestStore store(&host_, {{"bytes", "64KiB"}});
  const std::string large(100000, 'x');
  coffer_store_put items[4] = {};
  const std::string_view keys[4] = {"a", "b", "a", "c"};
  const std::string_view values[4] = {"1", large, "2", "3"};
  for (int i = 0; i < 4; ++i) {
    items[i].key = key_of(keys[i]);
    items[i].value = {values[i].data(), values[i].size()};
    items[i].ttl = COFFER_TTL_FOREVER;
  }
  uint64_t versions[4] = {};
  coffer_outcome each[4] = {};
  FakeSink sink;
  EXPECT_EQ(store.table().put(store.self(), items, 4, COFFER_NEVER, versions, each, sink.get()),
            COFFER_OK);
  EXPECT_EQ(sink.problem(COFFER_OK), "");
  EXPECT_EQ(each[0].status, COFFER_OK);
  EXPECT_EQ(each[1].status, COFFER_TOO_LARGE);
  EXPECT_EQ(each[2].status, COFFER_OK);
  EXPECT_EQ(each[3].status, COFFER_OK);
  EXPECT_NE(versions[0], versions[2]);

  const coffer_key wanted[6] = {key_of("c"), key_of("x"), key_of("a"),
                                key_of("b"), key_of("a"), key_of("y")};
  coffer_entry entries[6] = {};
  coffer_outcome got[6] = {};
  ASSERT_EQ(store.table().get(store.self(), wanted, 6, 0, COFFER_NEVER, entries, got, sink.get()),
            COFFER_OK);
  const coffer_status expected[6] = {COFFER_OK,   COFFER_MISS, COFFER_OK,
                                     COFFER_MISS, COFFER_OK,   COFFER_MISS};
  for (int i = 0; i < 6; ++i) EXPECT_EQ(got[i].status, expected[i]) << i;
  EXPECT_EQ(TestStore::text(entries[2]), "2");
  for (coffer_entry& entry : entries) TestStore::release(&entry);
}

// ---- Options ----------------------------------------------------------------------------------

TEST_F(StoreTest, WrongOptionsAreToldBy) {
  for (const OptionValues& options :
       {OptionValues{{"capacity", "-1"}}, OptionValues{{"shards", "3"}},
        OptionValues{{"shards", "512"}}, OptionValues{{"bytes", "100"}},
        OptionValues{{"strategy", ""}}, OptionValues{{"strategy", "no_such_strategy"}}}) {
    TestStore store(&host_, options);
    EXPECT_NE(store.status, COFFER_OK) << options.begin()->first;
    EXPECT_EQ(store.sink().problem(store.status), "");
  }
}

}  // namespace
}  // namespace coffer::memory
