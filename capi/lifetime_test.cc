// Fork, threads and scans: life in real processes.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <set>
#include <thread>

#include "capi/testing/fixture.h"

namespace coffer::testing {
namespace {

// Runs `body` in a forked child; what it returns is the exit code.
template <typename Body>
int in_child(Body&& body) {
  std::fflush(nullptr);
  const pid_t child = fork();
  if (child == 0) {
    alarm(30);  // a child that hangs on a lock must not hang the test
    _exit(body());
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

class LifetimeTest : public RuntimeTest {};

TEST_F(LifetimeTest, AForkedChildUsesWhatItInherited) {
  coffer_runtime* runtime = nullptr;
  coffer_cache* cache = nullptr;
  coffer_queue* queue = nullptr;
  const coffer_option housekeeping = text_option("housekeeping", "1ms");
  ASSERT_EQ(coffer_runtime_create(&housekeeping, 1, &runtime, nullptr), COFFER_OK);
  ASSERT_EQ(coffer_cache_open(runtime, "memory://?capacity=1000", nullptr, 0, &cache, nullptr), COFFER_OK);
  ASSERT_EQ(coffer_queue_create(runtime, 0, &queue, nullptr), COFFER_OK);
  put(cache, "inherited", "v");
  const int code = in_child([&] {
    if (get(cache, "inherited") != "v") return 1;
    put(cache, "child", "c");
    if (get(cache, "child") != "c") return 2;
    coffer_op op{};
    op.struct_size = sizeof op;
    op.kind = COFFER_OP_GET;
    op.key = {"child", 5};
    coffer_submit(cache, &op, 1, sizeof op, queue, 7, nullptr);
    coffer_event event{};
    if (coffer_queue_poll(queue, &event, 1, 10 * kSecond) != 1 || event.tag != 7) return 3;
    coffer_event_release(&event);
    coffer_queue_release(queue);
    coffer_cache_release(cache);
    coffer_runtime_release(runtime);
    return 0;
  });
  EXPECT_EQ(code, 0);
  EXPECT_EQ(get(cache, "child"), "(miss)") << "the child's store is its own";
  coffer_queue_release(queue);
  coffer_cache_release(cache);
  coffer_runtime_release(runtime);
}

TEST_F(LifetimeTest, ForkWhileOtherThreadsAreAtWork) {
  coffer_runtime* runtime = nullptr;
  coffer_cache* cache = nullptr;
  const coffer_option housekeeping = text_option("housekeeping", "1ms");
  ASSERT_EQ(coffer_runtime_create(&housekeeping, 1, &runtime, nullptr), COFFER_OK);
  ASSERT_EQ(coffer_cache_open(runtime, "memory://?capacity=200&ttl=1ms", nullptr, 0, &cache, nullptr), COFFER_OK);
  std::atomic<bool> stop{false};
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; !stop.load(); ++i) {
        const std::string key = std::to_string((i * 7 + t) % 500);
        put(cache, key, key);
        get_pinned(cache, key);
        if (i % 50 == 0) {
          coffer_cache* other = nullptr;
          if (coffer_cache_open(runtime, "memory://named", nullptr, 0, &other, nullptr) == COFFER_OK) {
            coffer_cache_release(other);
          }
        }
      }
    });
  }
  for (int i = 0; i < 20; ++i) {
    const int code = in_child([&] {
      for (int k = 0; k < 300; ++k) {
        const std::string key = std::to_string(k);
        if (put(cache, key, "child") != COFFER_OK) return 1;
        const std::string value = get_pinned(cache, key);
        if (value != "child" && value != "(miss)") return 2;
      }
      coffer_cache* other = nullptr;
      if (coffer_cache_open(runtime, "memory://named", nullptr, 0, &other, nullptr) != COFFER_OK) return 3;
      coffer_clear(cache, nullptr, nullptr);
      coffer_runtime_maintain(runtime, nullptr);
      return 0;
    });
    EXPECT_EQ(code, 0) << "child " << i;
  }
  stop = true;
  for (std::thread& thread : threads) thread.join();
  coffer_cache_release(cache);
  coffer_runtime_release(runtime);
}

TEST_F(LifetimeTest, ThreadsMayShareEverything) {
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
            if (coffer_read(cache, key.data(), key.size(), buffer, sizeof buffer, &info, nullptr) == COFFER_OK) {
              ASSERT_GE(info.size, key.size() + 1);
              ASSERT_EQ(std::string(buffer, key.size() + 1), key + ":");
            }
          }
        }
        if (i % 1000 == 999 && t == 0) coffer_clear(cache, nullptr, nullptr);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_LE(stats_of(cache).entries, 500u);
}

TEST_F(LifetimeTest, CountersAreAtomic) {
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

TEST_F(LifetimeTest, OpeningAndClosingFromManyThreads) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 100; ++i) {
        coffer_cache* cache = nullptr;
        ASSERT_EQ(coffer_cache_open(runtime_, "memory://one?capacity=100", nullptr, 0, &cache, nullptr), COFFER_OK);
        put(cache, "k", "v");
        coffer_cache_release(cache);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

class ScanTest : public RuntimeTest {};

TEST_F(ScanTest, PrefixAndGlob) {
  coffer_cache* cache = open("memory://?capacity=1000&namespace=app");
  std::set<std::string> users;
  for (int i = 0; i < 100; ++i) {
    users.insert("user:" + std::to_string(i));
    put(cache, "user:" + std::to_string(i), "v");
    put(cache, "order:" + std::to_string(i), "v");
  }
  auto found = keys_of(cache, COFFER_SCAN_PREFIX, "user:");
  EXPECT_EQ(std::set<std::string>(found.begin(), found.end()), users);
  EXPECT_EQ(found.size(), users.size());
  EXPECT_EQ(keys_of(cache, COFFER_SCAN_PREFIX, "").size(), 200u);
  EXPECT_EQ(keys_of(cache, COFFER_SCAN_PREFIX, "none").size(), 0u);
  EXPECT_EQ(keys_of(cache, COFFER_SCAN_GLOB, "*:7").size(), 2u);
  EXPECT_EQ(keys_of(cache, COFFER_SCAN_GLOB, "user:[1-3]?").size(), 30u);
  EXPECT_EQ(keys_of(cache, COFFER_SCAN_GLOB, "*").size(), 200u);
  EXPECT_EQ(keys_of(cache, COFFER_SCAN_GLOB, "").size(), 0u);
}

TEST_F(ScanTest, BadArgumentsAreNamed) {
  coffer_cache* cache = open("memory://?capacity=10");
  coffer_scan* scan = nullptr;
  coffer_error* error = nullptr;
  EXPECT_EQ(coffer_scan_open(cache, COFFER_SCAN_GLOB, "user:[1", 7, &scan, &error), COFFER_INVALID_ARGUMENT);
  EXPECT_NE(message_of(error).find("byte 5"), std::string::npos);
  EXPECT_EQ(coffer_scan_open(cache, 9, "", 0, &scan, &error), COFFER_INVALID_ARGUMENT);
  EXPECT_NE(message_of(error).find("9"), std::string::npos);
  EXPECT_EQ(scan, nullptr);
}

TEST_F(ScanTest, StableKeysAreSeenOnceWhileOthersChange) {
  coffer_cache* cache = open("memory://?capacity=0&bytes=0&shards=4");
  constexpr int kStable = 3000;
  for (int i = 0; i < kStable; ++i) put(cache, "stable:" + std::to_string(i), "v");
  std::atomic<bool> stop{false};
  std::thread other([&] {
    for (int i = 0; !stop.load(); ++i) {
      put(cache, "moving:" + std::to_string(i % 5000), "v");
      remove(cache, "moving:" + std::to_string((i * 13) % 5000));
      put(cache, "stable:" + std::to_string(i % kStable), "overwritten");
    }
  });
  for (int round = 0; round < 5; ++round) {
    auto found = keys_of(cache, COFFER_SCAN_PREFIX, "stable:");
    EXPECT_EQ(found.size(), static_cast<size_t>(kStable));
    EXPECT_EQ(std::set<std::string>(found.begin(), found.end()).size(), static_cast<size_t>(kStable));
  }
  stop = true;
  other.join();
}

}  // namespace
}  // namespace coffer::testing
