// The promise under load: many threads load, delete, invalidate and clear, and none may be served
// what is older than an event that was over before it asked. COFFER_STRESS_SECONDS makes it longer
// than a test has time for.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <mutex>
#include <random>
#include <thread>

#include "capi/testing/freshness.h"

namespace coffer::testing {
namespace {

constexpr int kKeys = 8;
constexpr int kReaders = 4;
constexpr int kWriters = 2;

// A value of the source, and what is certain about it.
struct Item {
  std::atomic<int64_t> present{0};
  std::atomic<int64_t> floor{0};  // whoever asks from now on must get this or a later one
};

class StressTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(coffer_runtime_create(nullptr, 0, &runtime_, nullptr), COFFER_OK);
    coffer_error* error = nullptr;
    ASSERT_EQ(
        coffer_cache_open(runtime_, "memory://?capacity=1000&ttl=20ms&grace=20ms&early=1&hard=5s",
                          nullptr, 0, &cache_, &error),
        COFFER_OK)
        << message_of(error);
    const char* seconds = std::getenv("COFFER_STRESS_SECONDS");
    until_ = std::chrono::steady_clock::now() +
             std::chrono::milliseconds(seconds != nullptr ? 1000 * std::atoi(seconds) : 2000);
  }
  void TearDown() override {
    coffer_cache_release(cache_);
    coffer_runtime_release(runtime_);
  }

  bool on() const { return std::chrono::steady_clock::now() < until_ && !failed_; }

  static coffer_status load(void* user, coffer_cache* cache, coffer_lease lease, coffer_sink*) {
    const std::string value = std::to_string(static_cast<Item*>(user)->present.load());
    if (value.back() == '3') std::this_thread::yield();
    const coffer_commit what = value_commit(value);
    coffer_lease_commit(cache, lease, &what, nullptr, nullptr);
    return COFFER_OK;
  }

  void read(unsigned seed) {
    std::mt19937 random(seed);
    while (on()) {
      const size_t i = random() % kKeys;
      Item& item = items_[i];
      const std::string key = "k" + std::to_string(i);
      const int64_t floor = item.floor.load();
      Depends depends;
      depends.tag("t" + std::to_string(i)).rows("items", {{{"id", static_cast<int64_t>(i)}}});
      coffer_fetch_options options = fetch_options();
      options.dependencies = depends.get();
      coffer_entry entry{};
      if (random() % 4 == 0) {
        if (coffer_get(cache_, key.data(), key.size(), &entry, nullptr) != COFFER_OK) continue;
      } else {
        coffer_error* error = nullptr;
        ASSERT_EQ(coffer_get_or_load(cache_, key.data(), key.size(), &options, &load, &item, &entry,
                                     &error),
                  COFFER_OK)
            << message_of(error);
      }
      const int64_t served =
          std::stoll(std::string(static_cast<const char*>(entry.data), entry.size));
      coffer_entry_release(&entry);
      ++reads_;
      if (served < floor) {
        failed_ = true;
        ADD_FAILURE() << key << ": " << served << " is served after an event about " << floor;
      }
    }
  }

  void write(unsigned seed) {
    std::mt19937 random(seed);
    while (on()) {
      const size_t i = random() % kKeys;
      Item& item = items_[i];
      const std::string key = "k" + std::to_string(i);
      const int64_t value = item.present.fetch_add(1) + 1;
      switch (random() % 8) {
        case 0: remove(cache_, key); break;
        case 1: coffer_clear(cache_, nullptr); break;
        case 2: coffer_invalidate_space(cache_, nullptr, bytes("items"), nullptr); break;
        case 3:
        case 4:
        case 5: {
          const Depends::Conjunction row{{"id", static_cast<int64_t>(i)}};
          row_event(cache_, "items", nullptr, &row);
          break;
        }
        default: invalidate(cache_, "t" + std::to_string(i));
      }
      int64_t floor = item.floor.load();
      while (floor < value && !item.floor.compare_exchange_weak(floor, value)) {
      }
      if (random() % 8 == 0) std::this_thread::sleep_for(std::chrono::microseconds(random() % 300));
    }
  }

  coffer_runtime* runtime_ = nullptr;
  coffer_cache* cache_ = nullptr;
  std::chrono::steady_clock::time_point until_;
  std::array<Item, kKeys> items_;
  std::atomic<bool> failed_{false};
  std::atomic<uint64_t> reads_{0};
};

TEST_F(StressTest, NobodyIsServedWhatAnEventEnded) {
  const unsigned seed = std::random_device{}();
  std::printf("seed %u\n", seed);
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < kReaders; ++i) threads.emplace_back([this, seed, i] { read(seed + i); });
  for (unsigned i = 0; i < kWriters; ++i)
    threads.emplace_back([this, seed, i] { write(seed + 100 + i); });
  for (std::thread& thread : threads) thread.join();
  const coffer_stats stats = stats_of(cache_);
  std::printf("%llu reads, %llu hits, %llu superseded\n",
              static_cast<unsigned long long>(reads_.load()),
              static_cast<unsigned long long>(stats.hits),
              static_cast<unsigned long long>(stats.superseded));
  EXPECT_GT(reads_, 100u);
}

}  // namespace
}  // namespace coffer::testing
