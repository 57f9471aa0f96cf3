// Slots and blocks, and the set that knows them all.
#include "plugins/stores/memory/slab.h"

#include <gtest/gtest.h>

#include <set>
#include <vector>

#include "plugins/stores/memory/test_store.h"

namespace coffer::memory {
namespace {

class SlabTest : public testing::Test {
 protected:
  SlabTest() : home_(host_.get()) {
    home_.node_offset = home_.key_offset = sizeof(Entry);
    pool_ = Pool::make(&home_, true);
  }
  ~SlabTest() override { EXPECT_EQ(host_.problems(), ""); }

  Entry* make(size_t value_size) {
    const std::string value(value_size, 'v');
    EntrySpec spec = {};
    spec.value = {value.data(), value.size()};
    spec.plan(*pool_);
    Entry* entry = make_entry(pool_, spec);
    EXPECT_NE(entry, nullptr);
    if (spec.alone()) {
      EXPECT_TRUE(pool_->expect());
      pool_->adopt(entry);
    }
    return entry;
  }

  conformance::FakeHost host_;
  Home home_;
  Pool* pool_;
};

TEST_F(SlabTest, KnowsWhatIsAnEntry) {
  Random random(test_seed());
  std::vector<Entry*> entries;
  std::set<const Entry*> all;
  for (int i = 0; i < rounds(20000); ++i) {
    if (entries.empty() || random.below(5) < 3) {
      Entry* entry = make(random.below(1400));
      ASSERT_TRUE(all.insert(entry).second);
      EXPECT_TRUE(pool_->holds(entry));
      EXPECT_FALSE(pool_->holds(reinterpret_cast<Entry*>(entry->at(16))));
      entries.push_back(entry);
    } else {
      std::swap(entries[random.below(entries.size())], entries.back());
      Entry* entry = entries.back();
      entries.pop_back();
      all.erase(entry);
      free_entry(entry);
      EXPECT_FALSE(pool_->holds(entry));
    }
  }
  for (Entry* entry : entries) {
    EXPECT_TRUE(pool_->holds(entry));
    free_entry(entry);
  }
  // All but one slab went back at once.
  EXPECT_EQ(pool_->slack(), Slab::kSize);
  pool_->close();
}

TEST_F(SlabTest, WastesLittle) {
  std::vector<Entry*> entries;
  uint64_t charged = 0;
  for (int i = 0; i < 10000; ++i) {
    entries.push_back(make(100));
    charged += entries.back()->charge();
  }
  EXPECT_LT(charged + pool_->slack(), 10000 * (sizeof(Entry) + 100 + 8));
  for (Entry* entry : entries) free_entry(entry);
  pool_->close();
}

TEST_F(SlabTest, EmptiestFindsWhereTheFewestAre) {
  std::vector<Entry*> entries;
  for (int i = 0; i < 1000; ++i) entries.push_back(make(100));
  Slab* few = Slab::of(entries[500]);
  std::vector<Entry*> rest;
  for (Entry* entry : entries) {
    if (Slab::of(entry) == few && entry != entries[500]) {
      free_entry(entry);
    } else {
      rest.push_back(entry);
    }
  }
  Slab* found[3] = {};
  EXPECT_EQ(pool_->emptiest(found, 3), 3u);
  EXPECT_EQ(found[0], few);
  EXPECT_LE(found[1]->used_count, found[2]->used_count);
  for (Entry* entry : rest) free_entry(entry);
  pool_->close();
}

TEST_F(SlabTest, WhatIsLentOutlivesThePoolsShard) {
  Entry* small = make(10);
  Entry* large = make(5000);
  Entry* early = make(20);
  for (int i = 0; i < 3; ++i) pool_->lend();
  pool_->give_late(early);
  pool_->close();
  std::memset(small->block(), 1, 16);  // still ours
  small->parts = 0;
  pool_->give_late(large);
  pool_->give_late(small);  // the last: ends the pool, or the host would find a leak
}

TEST_F(SlabTest, WithoutMemoryNothingChanges) {
  host_.fail_allocation(1);
  EntrySpec spec = {};
  spec.plan(*pool_);
  EXPECT_EQ(make_entry(pool_, spec), nullptr);
  EXPECT_EQ(pool_->slack(), 0u);
  free_entry(make(10));
  pool_->close();
}

}  // namespace
}  // namespace coffer::memory
