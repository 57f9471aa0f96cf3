// Hit ratios on a real trace, at 1 %, 5 % and 20 % of its different keys, against those that
// simulators published for the same trace and sizes (in percent, rounded to 0.01).
#include <gtest/gtest.h>

#include <deque>
#include <fstream>
#include <unordered_set>

#include "plugins/strategies/testing/plugins.h"

namespace coffer::strategy {
namespace {

constexpr size_t kSizes[] = {137, 687, 2751};
constexpr double kRounding = 0.0051;

const Keys& web12() {
  static const Keys requests = [] {
    std::ifstream file("tests/data/web12.txt");
    Keys keys;
    for (uint64_t key; file >> key;) keys.push_back(key);
    return keys;
  }();
  return requests;
}

double hit_percent(const Plugin& plugin, const conformance::OptionValues& options, size_t size) {
  Driver driver(plugin, options, size);
  return 100.0 * replay(&driver, web12(), size) / web12().size();
}

TEST(Trace, IsThere) { EXPECT_EQ(web12().size(), 95607u); }

TEST(Trace, LruEqualsTheSimulators) {
  const double expected[] = {39.70, 60.00, 75.67};
  for (int i = 0; i < 3; ++i) {
    EXPECT_NEAR(hit_percent(kLru, {}, kSizes[i]), expected[i], kRounding) << kSizes[i];
  }
}

// Theirs evict, among equally frequent entries, the one that has had this frequency longest.
TEST(Trace, LfuWithoutAgingEqualsTheSimulators) {
  const double expected[] = {21.69, 47.76, 73.58};
  for (int i = 0; i < 3; ++i) {
    EXPECT_NEAR(hit_percent(kLfu, {{"aging_interval", "0"}}, kSizes[i]), expected[i], kRounding)
        << kSizes[i];
  }
}

TEST(Trace, AgingLfuBeatsLru) {
  for (size_t size : kSizes) {
    EXPECT_GT(hit_percent(kLfu, {}, size), hit_percent(kLru, {}, size) + 1) << size;
  }
}

TEST(Trace, TtlWithoutExpiryIsFifo) {
  for (size_t size : kSizes) {
    std::deque<uint64_t> queue;
    std::unordered_set<uint64_t> held;
    size_t hits = 0;
    for (uint64_t key : web12()) {
      if (!held.insert(key).second) {
        ++hits;
        continue;
      }
      queue.push_back(key);
      if (queue.size() > size) {
        held.erase(queue.front());
        queue.pop_front();
      }
    }
    Driver driver(kTtl, {}, size);
    EXPECT_EQ(replay(&driver, web12(), size), hits) << size;
  }
}

}  // namespace
}  // namespace coffer::strategy
