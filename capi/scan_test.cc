// Listing keys.
#include "coffer/scan.h"

#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <thread>

#include "capi/testing/fixture.h"

namespace coffer::testing {
namespace {

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
  EXPECT_EQ(coffer_scan_open(cache, COFFER_SCAN_GLOB, "user:[1", 7, &scan, &error),
            COFFER_INVALID_ARGUMENT);
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
    EXPECT_EQ(std::set<std::string>(found.begin(), found.end()).size(),
              static_cast<size_t>(kStable));
  }
  stop = true;
  other.join();
}

}  // namespace
}  // namespace coffer::testing
