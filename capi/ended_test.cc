// No entry is served at or after its end, by the real clock; and what is written with no time to
// live leaves nothing, whatever writes it.
#include <gtest/gtest.h>

#include <functional>

#include "capi/testing/freshness.h"
#include "coffer/batch.h"

namespace coffer::testing {
namespace {

// ---- The end of an entry, by the real clock -----------------------------------------------------

class EndTest : public ::testing::Test {
 protected:
  void SetUp() override {
    coffer_error* error = nullptr;
    ASSERT_EQ(coffer_runtime_create(nullptr, 0, &runtime_, &error), COFFER_OK) << message_of(error);
  }
  void TearDown() override {
    coffer_cache_release(cache_);
    coffer_runtime_release(runtime_);
  }
  void open(const char* url) {
    coffer_cache_release(std::exchange(cache_, nullptr));
    coffer_error* error = nullptr;
    ASSERT_EQ(coffer_cache_open(runtime_, url, nullptr, 0, &cache_, &error), COFFER_OK)
        << message_of(error);
  }
  coffer_time now() const { return coffer_runtime_now(runtime_); }

  using Look = std::function<bool()>;  // whether there is an entry under "k"

  // Puts and looks until the entry is gone. That a look began after the entry's end is certain
  // when the clock was read before it, however slow the machine is.
  void expect_end(const char* what, const Look& look) {
    constexpr int64_t kTtl = 2'000'000;
    for (int round = 0; round < 8; ++round) {
      const coffer_put_options options = put_options(COFFER_PUT_SET, kTtl);
      ASSERT_EQ(put(cache_, "k", "v", &options), COFFER_OK);
      const coffer_time end = now() + kTtl;  // or before
      for (;;) {
        const coffer_time before = now();
        const bool there = look();
        ASSERT_FALSE(there && before >= end)
            << what << " found it " << (before - end) / 1000 << " us after its end";
        if (!there) break;
      }
    }
  }

  void expect_end_of_all() {
    expect_end("get", [&] { return get_pinned(cache_, "k") == "v"; });
    expect_end("read", [&] {
      char buffer[8];
      coffer_read_info info{};
      return coffer_read(cache_, "k", 1, buffer, sizeof buffer, &info, nullptr) == COFFER_OK;
    });
    expect_end("exists",
               [&] { return coffer_exists(cache_, "k", 1, nullptr, nullptr) == COFFER_OK; });
    expect_end("ttl_left", [&] {
      coffer_ttl left = 0;
      return coffer_ttl_left(cache_, "k", 1, &left, nullptr) == COFFER_OK;
    });
    expect_end("fetch", [&] {
      return fetch(cache_, "k", fetch_options(COFFER_FETCH_LOOK)).fetched.state == COFFER_FETCH_HIT;
    });
    expect_end("scan", [&] { return !keys_of(cache_, COFFER_SCAN_PREFIX, "k").empty(); });
    expect_end("batch", [&] {
      coffer_op op{};
      op.struct_size = sizeof op;
      op.kind = COFFER_OP_GET;
      op.key = bytes("k");
      coffer_result result{};
      EXPECT_EQ(coffer_run(cache_, &op, 1, sizeof op, &result, nullptr), COFFER_OK);
      coffer_entry_release(&result.entry);
      return result.status == COFFER_OK;
    });
    expect_end("replace", [&] {
      const coffer_put_options keep = put_options(COFFER_PUT_REPLACE, COFFER_TTL_KEEP);
      return put(cache_, "k", "v", &keep) == COFFER_OK;
    });
  }

  coffer_runtime* runtime_ = nullptr;
  coffer_cache* cache_ = nullptr;
};

TEST_F(EndTest, NoEntryIsServedAfterItsEnd) {
  open("memory://?capacity=100");
  expect_end_of_all();
}

TEST_F(EndTest, NoCompressedEntryAfterItsEnd) {
  open("memory://?capacity=100&codec=lz4");
  expect_end_of_all();
}

TEST_F(EndTest, NoFreshEntryAfterItsTtl) {
  open("memory://?capacity=100&grace=1h");
  expect_end_of_all();
}

TEST_F(EndTest, NoSlidingEntryAfterItsMaxAge) {
  open("memory://?capacity=100&sliding=true&max_age=2ms");
  expect_end("get", [&] { return get_pinned(cache_, "k") == "v"; });
  expect_end("exists",
             [&] { return coffer_exists(cache_, "k", 1, nullptr, nullptr) == COFFER_OK; });
}

// ---- No time to live ----------------------------------------------------------------------------

class ExpiredTest : public RuntimeTest {
 protected:
  // Every way in which a store may keep entries.
  static constexpr const char* kCaches[] = {
      "memory://?capacity=100", "memory://?capacity=100&grace=1h",
      "memory://?capacity=100&codec=zstd", "memory://?capacity=100&sliding=true"};

  static coffer_put_options expired(int32_t mode, uint64_t version = 0) {
    coffer_put_options options = put_options(mode, COFFER_TTL_EXPIRED);
    options.expected_version = version;
    return options;
  }
  static void expect_nothing(coffer_cache* cache, std::string_view key) {
    EXPECT_EQ(get(cache, key), "(miss)");
    EXPECT_EQ(fetch(cache, key, fetch_options(COFFER_FETCH_LOOK)).text(), "MISS");
    EXPECT_TRUE(keys_of(cache, COFFER_SCAN_PREFIX, key).empty());
  }
};

TEST_F(ExpiredTest, PutsLeaveNothing) {
  for (const char* url : kCaches) {
    SCOPED_TRACE(url);
    coffer_cache* cache = open(url);
    const coffer_put_options set = expired(COFFER_PUT_SET), add = expired(COFFER_PUT_ADD);
    const coffer_put_options replace = expired(COFFER_PUT_REPLACE);
    uint64_t version = 7;

    EXPECT_EQ(put(cache, "new", "v", &set, &version), COFFER_OK);
    EXPECT_EQ(version, 0u);
    EXPECT_EQ(put(cache, "new", "v", &add, &version), COFFER_OK) << "there was none";
    EXPECT_EQ(version, 0u);
    EXPECT_EQ(put(cache, "new", "v", &replace), COFFER_MISS);
    const coffer_put_options no_cas = expired(COFFER_PUT_CAS, 1);
    EXPECT_EQ(put(cache, "new", "v", &no_cas), COFFER_MISS);
    expect_nothing(cache, "new");

    put(cache, "old", "v");
    EXPECT_EQ(put(cache, "old", "w", &add), COFFER_EXISTS);
    EXPECT_EQ(get(cache, "old"), "v") << "an add changes nothing that is there";
    EXPECT_EQ(put(cache, "old", "w", &set), COFFER_OK);
    expect_nothing(cache, "old");

    put(cache, "old", "v");
    EXPECT_EQ(put(cache, "old", "w", &replace), COFFER_OK);
    expect_nothing(cache, "old");

    put(cache, "old", "v", nullptr, &version);
    const coffer_put_options other = expired(COFFER_PUT_CAS, version + 1);
    const coffer_put_options same = expired(COFFER_PUT_CAS, version);
    EXPECT_EQ(put(cache, "old", "w", &other), COFFER_CONFLICT);
    EXPECT_EQ(get(cache, "old"), "v");
    EXPECT_EQ(put(cache, "old", "w", &same), COFFER_OK);
    expect_nothing(cache, "old");
  }
}

TEST_F(ExpiredTest, AddRemovesAStaleEntry) {
  coffer_cache* cache = open("memory://?ttl=10s&grace=1h");
  const coffer_put_options add = expired(COFFER_PUT_ADD), replace = expired(COFFER_PUT_REPLACE);
  put(cache, "k", "v");
  advance(10 * kSecond);
  EXPECT_EQ(put(cache, "k", "w", &replace), COFFER_MISS);
  EXPECT_EQ(put(cache, "k", "w", &add), COFFER_OK);
  expect_nothing(cache, "k");
}

TEST_F(ExpiredTest, TouchAndIncrLeaveNothing) {
  for (const char* url : kCaches) {
    SCOPED_TRACE(url);
    coffer_cache* cache = open(url);
    EXPECT_EQ(coffer_touch(cache, "k", 1, COFFER_TTL_EXPIRED, nullptr), COFFER_MISS);
    put(cache, "k", "v");
    EXPECT_EQ(coffer_touch(cache, "k", 1, COFFER_TTL_EXPIRED, nullptr), COFFER_OK);
    expect_nothing(cache, "k");
    int64_t sum = 0;
    EXPECT_EQ(coffer_incr(cache, "n", 1, 2, 40, COFFER_TTL_EXPIRED, &sum, nullptr), COFFER_OK);
    EXPECT_EQ(sum, 42);
    expect_nothing(cache, "n");
    put(cache, "n", "5");
    EXPECT_EQ(coffer_incr(cache, "n", 1, 2, 40, COFFER_TTL_EXPIRED, &sum, nullptr), COFFER_OK);
    EXPECT_EQ(sum, 7);
    expect_nothing(cache, "n");
  }
}

TEST_F(ExpiredTest, BatchesLeaveNothing) {
  for (const char* url : kCaches) {
    SCOPED_TRACE(url);
    coffer_cache* cache = open(url);
    put(cache, "set", "v");
    put(cache, "replace", "v");
    put(cache, "touch", "v");
    std::vector<coffer_op> ops;
    const auto add = [&](int32_t kind, std::string_view key, int32_t mode) {
      coffer_op op{};
      op.struct_size = sizeof op;
      op.kind = kind;
      op.key = bytes(key);
      op.value = bytes("w");
      op.number = 1;
      op.put = expired(mode);
      ops.push_back(op);
    };
    add(COFFER_OP_PUT, "set", COFFER_PUT_SET);
    add(COFFER_OP_PUT, "add", COFFER_PUT_ADD);
    add(COFFER_OP_PUT, "replace", COFFER_PUT_REPLACE);
    add(COFFER_OP_TOUCH, "touch", COFFER_PUT_SET);
    add(COFFER_OP_INCR, "incr", COFFER_PUT_SET);
    std::vector<coffer_result> results(ops.size());
    ASSERT_EQ(coffer_run(cache, ops.data(), ops.size(), sizeof(coffer_op), results.data(), nullptr),
              COFFER_OK);
    for (const coffer_result& result : results) EXPECT_EQ(result.status, COFFER_OK);
    expect_nothing(cache, "");
  }
}

TEST_F(ExpiredTest, CommitsLeaveNothing) {
  for (const char* url : kCaches) {
    SCOPED_TRACE(url);
    coffer_cache* cache = open(url);
    const Fetch one = fetch(cache, "one");
    EXPECT_EQ(commit(cache, one.lease(), "v", COFFER_TTL_EXPIRED), COFFER_OK);
    expect_nothing(cache, "one");
    const Fetch two = fetch(cache, "two");
    const coffer_lease lease = two.lease();
    const coffer_commit commit = value_commit("v", COFFER_TTL_EXPIRED);
    coffer_outcome each{};
    EXPECT_EQ(coffer_lease_commit_many(cache, &lease, &commit, sizeof commit, 1, &each, nullptr),
              COFFER_OK);
    EXPECT_EQ(each.status, COFFER_OK);
    expect_nothing(cache, "two");
  }
}

}  // namespace
}  // namespace coffer::testing
