// What the store does, one thing at a time.
#include <set>

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

// A read goes one way or another by the sizes of value and meta and by what else an entry has.
TEST_F(StoreTest, MetaOfAnySizeStaysBesideItsValue) {
  TestStore store(&host_);
  Random random(test_seed());
  const std::string key = "a key of 24 bytes length";
  for (size_t meta_size = 0; meta_size <= 140; ++meta_size) {
    for (const size_t value_size : {0, 1, 20, 100, 129, 1000}) {
      SCOPED_TRACE(std::to_string(meta_size) + " beside " + std::to_string(value_size));
      const std::string bytes = random.bytes(value_size);
      Put how;
      how.meta = random.bytes(meta_size);
      how.format = static_cast<uint32_t>(random.below(2) * 17);
      how.flags = random.below(2) != 0 ? COFFER_ENTRY_NEGATIVE : 0;
      ASSERT_EQ(store.put(key, bytes, how), COFFER_OK);
      for (const bool can_expire : {false, true}) {
        if (can_expire) {
          ASSERT_EQ(store.touch(key, kSecond), COFFER_OK);
        }
        std::string value, meta;
        coffer_read_info info = {};
        ASSERT_EQ(store.read(key, &value, 1000, &info, &meta), COFFER_OK);
        EXPECT_EQ(value, bytes);
        EXPECT_EQ(meta, how.meta);
        EXPECT_EQ(info.size, value_size);
        EXPECT_EQ(info.format, how.format);
        EXPECT_EQ(info.flags, how.flags);
        if (value_size > 0) {
          EXPECT_EQ(store.read(key, &value, value_size - 1), COFFER_SHORT);
        }
        coffer_entry entry = {};
        ASSERT_EQ(store.get(key, &entry), COFFER_OK);
        EXPECT_EQ(TestStore::text(entry), bytes);
        EXPECT_EQ(std::string(static_cast<const char*>(entry.meta), entry.meta_size), how.meta);
        TestStore::release(&entry);
      }
    }
  }
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

TEST_F(StoreTest, DeletesOneVersionOnly) {
  TestStore store(&host_);
  uint64_t first = 0, second = 0;
  ASSERT_EQ(store.put("k", "1", {}, &first), COFFER_OK);
  ASSERT_EQ(store.put("k", "2", {}, &second), COFFER_OK);
  EXPECT_EQ(store.del("k", first), COFFER_CONFLICT);
  EXPECT_EQ(store.get("k"), "2");
  EXPECT_EQ(store.del("k", second), COFFER_OK);
  EXPECT_EQ(store.del("k", second), COFFER_MISS);
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
  host_.set_clock_bounds(10000000, 0);
  TestStore store(&host_, {{"capacity", "2"}});
  Put brief;
  brief.ttl = 1;
  for (int i = 0; i < 100; ++i) {
    ASSERT_EQ(store.put("k" + std::to_string(i % 5), "v", brief), COFFER_OK);
    host_.advance(i * 100000);
    EXPECT_LE(store.stats().entries, 2u);
  }
}

TEST_F(StoreTest, AnEntryEndsByThePreciseClock) {
  for (const int64_t ahead : {int64_t{0}, int64_t{1}, int64_t{250000000}}) {
    host_.set_clock_bounds(250000000, ahead);
    TestStore store(&host_);
    Put brief;
    brief.ttl = kSecond / 100;
    const coffer_time end = host_.now() + brief.ttl;
    for (const char* key : {"a", "b", "c"}) ASSERT_EQ(store.put(key, "v", brief), COFFER_OK);
    host_.advance(brief.ttl - 1);
    std::string value;
    coffer_read_info info = {};
    EXPECT_EQ(store.read("a", &value, 100, &info), COFFER_OK);
    EXPECT_EQ(info.expires_at, end);
    EXPECT_EQ(store.get("a"), "v");
    EXPECT_EQ(store.keys().size(), 3u);
    host_.advance(1);
    EXPECT_EQ(store.read("a", &value), COFFER_MISS);
    EXPECT_EQ(store.get("a"), std::nullopt);
    EXPECT_EQ(store.keys().size(), 0u);
    EXPECT_EQ(store.touch("b", kSecond), COFFER_MISS);
    EXPECT_EQ(store.del("c"), COFFER_MISS);
    Put add = brief;
    add.mode = COFFER_PUT_ADD;
    EXPECT_EQ(store.put("a", "w", add), COFFER_OK);
    EXPECT_EQ(store.clear(), 1u) << "what has ended is not counted";
  }
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
