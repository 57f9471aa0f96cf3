// Writers, readers and maintenance at once: once move() has returned, nothing read before is ever
// fresh again.
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "core/dependency/testing/given.h"
#include "core/stamp/local.h"
#include "core/stamp/pinned.h"

namespace coffer::core {
namespace {

using namespace testing;  // NOLINT: the builders of dependencies

constexpr size_t kKeys = 8;
constexpr int kSteps = 4000;

// Something outside that is written and read, and an entry computed from it.
struct Source {
  std::atomic<uint64_t> version{0};  // what a computation reads
  std::atomic<uint64_t> ended{0};    // the newest version whose event has returned

  std::mutex mutex;
  std::vector<Stamp> stamps;  // of the entry
  uint64_t entry = 0;
};

class StressTest : public ::testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    for (size_t i = 0; i < kKeys; ++i) names_.push_back("tag " + std::to_string(i));
    for (size_t i = 0; i < kKeys; ++i) {
      // Two sources share each scheme; half depend on a tag besides, so that slots of all kinds
      // come and go.
      Given given;
      given.rows("posts",
                 {{cell(i < 4 ? "x" : "y", i64(static_cast<int64_t>(i))), cell("z", i64(0))}});
      if (i % 2 == 0) given.tag(names_[i]);
      dependencies_.push_back(resolve(given));
      rows_.push_back(row("posts", {cell("x", i64(static_cast<int64_t>(i))),
                                    cell("y", i64(static_cast<int64_t>(i))), cell("z", i64(0))}));
    }
  }

  void write(std::mt19937& random) {
    const size_t i = random() % kKeys;
    Source& source = sources_[i];
    const uint64_t written = source.version.fetch_add(1) + 1;
    coffer_sink sink;
    if (i % 2 == 0 && random() % 2 == 0) {
      const DependencyId id = tag_id("scope", names_[i]);
      stamps_.move({&id, 1}, COFFER_NEVER, sink);
    } else if (random() % 16 == 0) {
      const DependencyId id = space_id("scope", "posts");
      stamps_.move({&id, 1}, COFFER_NEVER, sink);
    } else {
      stamps_.move_rows({&rows_[i], 1}, COFFER_NEVER, sink);
    }
    uint64_t ended = source.ended.load();
    while (ended < written && !source.ended.compare_exchange_weak(ended, written)) {
    }
  }

  void compute(std::mt19937& random) {
    const size_t i = random() % kKeys;
    Source& source = sources_[i];
    coffer_sink sink;
    PinnedStamps pinned;
    uint64_t read = 0;
    if (random() % 4 == 0) {
      const uint64_t began = stamps_.now();
      read = source.version.load();
      if (pinned.pin_late(stamps_, dependencies_[i], began, COFFER_NEVER, sink) != COFFER_OK)
        return;
    } else {
      pinned.pin(stamps_, dependencies_[i], COFFER_NEVER, sink);
      read = source.version.load();
    }
    if (pinned.check(COFFER_NEVER, sink) != COFFER_OK) return;
    std::vector<Stamp> left(pinned.list().begin(), pinned.list().end());
    if (tells_) {
      for (const Stamp& stamp : left) stamps_.hold(stamp);
    }
    {
      const std::lock_guard lock(source.mutex);
      source.stamps.swap(left);
      source.entry = read;
    }
    if (tells_) {
      for (const Stamp& stamp : left) stamps_.let_go(stamp);
    }
    pinned.used_until(random() % 8 == 0 ? coffer_time{COFFER_NEVER}
                                        : time_.load() + 1 + random() % 8);
    ++stored_;
  }

  void read(std::mt19937& random) {
    Source& source = sources_[random() % kKeys];
    const uint64_t ended = source.ended.load();
    std::vector<Stamp> stamps;
    uint64_t entry = 0;
    {
      const std::lock_guard lock(source.mutex);
      stamps = source.stamps;
      entry = source.entry;
    }
    if (stamps.empty()) return;
    coffer_sink sink;
    if (stamps_.check(stamps, COFFER_NEVER, nullptr, sink) != COFFER_OK) return;
    ++hits_;
    if (entry < ended) ++stale_;
  }

  const bool tells_ = GetParam();
  // Small, so that the bound takes part.
  LocalStamps stamps_{tells_ ? LocalStamps::kStoreTells : 64};
  std::vector<std::string> names_;
  std::vector<std::vector<Dependency>> dependencies_;
  std::vector<Row> rows_;
  std::array<Source, kKeys> sources_;
  std::atomic<coffer_time> time_{1};
  std::atomic<uint64_t> stored_{0}, hits_{0}, stale_{0};
};

TEST_P(StressTest, NothingStaleIsEverFresh) {
  const unsigned seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::vector<std::thread> threads;
  for (unsigned t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      std::mt19937 random(seed + t);
      for (int step = 0; step < kSteps; ++step) {
        if (t == 0) write(random);
        compute(random);
        for (int i = 0; i < 4; ++i) read(random);
        if (t == 1) stamps_.maintain(++time_);
        if (t == 2 && step % 8 == 0) write(random);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(stale_.load(), 0u);
  EXPECT_GT(stored_.load(), 0u);
  EXPECT_GT(hits_.load(), 0u);
  // All that was pinned was unpinned: with the last entries ended nothing is left.
  for (Source& source : sources_) {
    for (const Stamp& stamp : source.stamps) {
      if (tells_) stamps_.let_go(stamp);
    }
  }
  const DependencyId space = space_id("scope", "posts");
  coffer_sink sink;
  for (const Row& row : rows_) stamps_.move_rows({&row, 1}, COFFER_NEVER, sink);
  stamps_.move({&space, 1}, COFFER_NEVER, sink);
  for (const std::string& name : names_) {
    const DependencyId id = tag_id("scope", name);
    stamps_.move({&id, 1}, COFFER_NEVER, sink);
  }
  EXPECT_EQ(stamps_.count().stamps, 0u);
  EXPECT_EQ(stamps_.count().schemes, 0u);
}

INSTANTIATE_TEST_SUITE_P(Stores, StressTest, ::testing::Bool());

}  // namespace
}  // namespace coffer::core
