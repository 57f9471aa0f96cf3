// Threads: everything may be shared by them.
#include <gtest/gtest.h>

#include <thread>

#include "capi/testing/fixture.h"

namespace coffer::testing {
namespace {

class ThreadsTest : public RuntimeTest {};

TEST_F(ThreadsTest, ThreadsMayShareEverything) {
  coffer_cache* cache = open("memory://?capacity=500&strategy=lru");
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 4000; ++i) {
        const std::string key = "key" + std::to_string((i * 31 + t * 7) % 1000);
        // The value starts with its key and varies in length: a torn or foreign value shows.
        const std::string value = key + ":" + std::string(static_cast<size_t>((i + t) % 90), 'x');
        switch (i % 8) {
          case 0: put(cache, key, value); break;
          case 1: remove(cache, key); break;
          case 2: coffer_touch(cache, key.data(), key.size(), kSecond, nullptr); break;
          default: {
            char buffer[256];
            coffer_read_info info{};
            if (coffer_read(cache, key.data(), key.size(), buffer, sizeof buffer, &info, nullptr) ==
                COFFER_OK) {
              ASSERT_GE(info.size, key.size() + 1);
              ASSERT_EQ(std::string(buffer, key.size() + 1), key + ":");
            }
          }
        }
        if (i % 1000 == 999 && t == 0) coffer_clear(cache, nullptr);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_LE(stats_of(cache).entries, 500u);
}

TEST_F(ThreadsTest, CountersAreAtomic) {
  coffer_cache* cache = open("memory://?capacity=10");
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 2000; ++i) {
        int64_t sum = 0;
        ASSERT_EQ(coffer_incr(cache, "n", 1, 1, 0, COFFER_TTL_DEFAULT, &sum, nullptr), COFFER_OK);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(get(cache, "n"), "8000");
}

TEST_F(ThreadsTest, OpeningAndClosingFromManyThreads) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 100; ++i) {
        coffer_cache* cache = nullptr;
        ASSERT_EQ(
            coffer_cache_open(runtime_, "memory://one?capacity=100", nullptr, 0, &cache, nullptr),
            COFFER_OK);
        put(cache, "k", "v");
        coffer_cache_release(cache);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace coffer::testing
