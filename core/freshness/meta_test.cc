#include "core/freshness/meta.h"

#include <gtest/gtest.h>

#include <array>
#include <random>

namespace coffer::core {
namespace {

struct Aligned {
  explicit Aligned(coffer_bytes bytes) : size(bytes.size) {
    if (bytes.size > 0) std::memcpy(data, bytes.data, bytes.size);
  }
  size_t size;
  alignas(8) char data[kMostMeta] = {};
};

TEST(MetaTest, NothingToSayTakesNoRoom) {
  MetaBuffer buffer;
  buffer.set({}, true);
  EXPECT_EQ(buffer.bytes().size, 0u);
  MetaView view;
  ASSERT_TRUE(view.read(nullptr, 0));
  EXPECT_EQ(view.root(), 0u);
  EXPECT_TRUE(view.stamps().empty());
}

TEST(MetaTest, ARootAloneTakesEightBytes) {
  MetaBuffer buffer;
  Origin origin;
  origin.root = 42;
  buffer.set(origin, true);
  const Aligned meta(buffer.bytes());
  EXPECT_EQ(meta.size, 8u);
  MetaView view;
  ASSERT_TRUE(view.read(meta.data, meta.size));
  EXPECT_EQ(view.root(), 42u);
  EXPECT_TRUE(meta_is_present(meta.data, meta.size, sizeof meta.data, 42));
  EXPECT_FALSE(meta_is_present(meta.data, meta.size, sizeof meta.data, 43));
}

TEST(MetaTest, StampsOfCellsComeBackAndAreCompared) {
  std::array<std::atomic<uint64_t>, 3> cells{7, 8, 9};
  std::vector<Stamp> stamps;
  for (auto& cell : cells) stamps.push_back({{}, &cell, cell.load()});
  Origin origin;
  origin.root = 5;
  origin.created = 77;
  origin.cost = 123'456'000;
  origin.stamps = stamps;
  MetaBuffer buffer;
  buffer.set(origin, true);
  const Aligned meta(buffer.bytes());
  MetaView view;
  ASSERT_TRUE(view.read(meta.data, meta.size));
  EXPECT_EQ(view.created(), 77);
  EXPECT_EQ(view.cost(), 123'456'000);
  ASSERT_EQ(view.stamps().size(), 3u);
  EXPECT_EQ(view.stamps()[1].cell, &cells[1]);
  EXPECT_EQ(view.stamps()[1].value, 8u);
  EXPECT_TRUE(meta_is_present(meta.data, meta.size, sizeof meta.data, 5));
  EXPECT_FALSE(meta_is_present(meta.data, meta.size, sizeof meta.data, 0));
  for (auto& cell : cells) {
    cell += 100;
    EXPECT_FALSE(meta_is_present(meta.data, meta.size, sizeof meta.data, 5));
    cell -= 100;
  }
}

// Few stamps are compared in another way than many.
TEST(MetaTest, AnyNumberOfStampsIsCompared) {
  std::array<std::atomic<uint64_t>, kMostDependencies> cells{};
  std::vector<Stamp> stamps;
  for (size_t count = 0; count <= kMostDependencies; ++count) {
    SCOPED_TRACE(count);
    Origin origin;
    origin.root = 5;
    origin.cost = 1'000'000;
    origin.stamps = stamps;
    MetaBuffer buffer;
    buffer.set(origin, true);
    const Aligned meta(buffer.bytes());
    EXPECT_TRUE(meta_is_present(meta.data, meta.size, sizeof meta.data, 5));
    EXPECT_FALSE(meta_is_present(meta.data, meta.size, sizeof meta.data, 6));
    for (size_t moved = 0; moved < count; ++moved) {
      ++cells[moved];
      EXPECT_FALSE(meta_is_present(meta.data, meta.size, sizeof meta.data, 5)) << moved;
      --cells[moved];
    }
    origin.times.grace = 1;
    buffer.set(origin, true);
    const Aligned timed(buffer.bytes());
    EXPECT_FALSE(meta_is_present(timed.data, timed.size, sizeof timed.data, 5));
    if (count < kMostDependencies) stamps.push_back({{}, &cells[count], 0});
  }
}

TEST(MetaTest, WhatDidNotFitIsNotLookedAt) {
  std::atomic<uint64_t> cell{1};
  const std::vector<Stamp> stamps(14, Stamp{{}, &cell, 1});
  Origin origin;
  origin.stamps = stamps;
  MetaBuffer buffer;
  buffer.set(origin, true);
  const Aligned meta(buffer.bytes());
  EXPECT_LE(meta.size, 256u);  // the room that a read has
  EXPECT_TRUE(meta_is_present(meta.data, meta.size, meta.size, 0));
  alignas(8) const char too_small[64] = {};  // ASan sees what leaves it
  EXPECT_FALSE(meta_is_present(too_small, meta.size, sizeof too_small, 0));
}

TEST(MetaTest, TimesAndIdsNeedACloserLook) {
  const Stamp stamp{{1, 2}, nullptr, 3};
  Origin origin;
  origin.times = {.grace = 10, .sliding = 20, .cap = 30};
  origin.stamps = {&stamp, 1};
  MetaBuffer buffer;
  buffer.set(origin, false);
  const Aligned meta(buffer.bytes());
  EXPECT_FALSE(meta_is_present(meta.data, meta.size, sizeof meta.data, 0));
  MetaView view;
  ASSERT_TRUE(view.read(meta.data, meta.size));
  EXPECT_EQ(view.times().sliding, 20);
  EXPECT_EQ(view.times().cap, 30);
  EXPECT_EQ(view.fresh_until(110), 100);
  EXPECT_EQ(view.fresh_until(COFFER_NEVER), COFFER_NEVER);
  EXPECT_EQ(view.stamps()[0].id, (DependencyId{1, 2}));
  EXPECT_EQ(view.stamps()[0].value, 3u);
}

TEST(MetaTest, AsManyStampsAsAllowedFit) {
  std::vector<Stamp> stamps(kMostDependencies, Stamp{{1, 2}, nullptr, 3});
  Origin origin;
  origin.times.grace = 1;
  origin.stamps = stamps;
  MetaBuffer buffer;
  buffer.set(origin, false);
  EXPECT_LE(buffer.bytes().size, 1024u);
  MetaView view;
  ASSERT_TRUE(view.read(buffer.bytes().data, buffer.bytes().size));
  EXPECT_EQ(view.stamps().size(), kMostDependencies);
}

// A store may be wrong, or its file damaged: no size may make us read beyond it.
TEST(MetaTest, DamagedMetaIsRefused) {
  std::atomic<uint64_t> cell{1};
  const Stamp stamp{{}, &cell, 1};
  Origin origin;
  origin.times.grace = 5;
  origin.stamps = {&stamp, 1};
  MetaBuffer buffer;
  buffer.set(origin, true);
  const Aligned meta(buffer.bytes());
  MetaView view;
  for (size_t size = 1; size < meta.size; ++size) {
    if (size == 8) continue;  // a root alone
    EXPECT_FALSE(view.read(meta.data, size)) << size;
  }
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  for (int round = 0; round < 10'000; ++round) {
    Aligned damaged = meta;
    for (int flips = 1 + static_cast<int>(random() % 8); flips > 0; --flips) {
      damaged.data[random() % meta.size] ^= static_cast<char>(1u << random() % 8);
    }
    const size_t size = random() % (meta.size + 1);
    if (view.read(damaged.data, size)) view.stamps();  // ASan sees what leaves the buffer
  }
}

}  // namespace
}  // namespace coffer::core
