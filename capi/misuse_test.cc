// Arguments that a program gets wrong by mistake: an error, never a crash.
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "capi/testing/fixture.h"
#include "core/value/testing/recorder.h"

namespace coffer::testing {
namespace {

class MisuseTest : public RuntimeTest {
 protected:
  void SetUp() override {
    RuntimeTest::SetUp();
    plain_ = open("memory://");
    named_ = open("memory://?namespace=n");
  }

  // Expects that a call on either cache refuses what is NULL but has a size, and says so.
  template <typename Call>
  void expect_null_refused(const char* what, Call&& call) {
    for (coffer_cache* cache : {plain_, named_}) {
      coffer_error* error = nullptr;
      EXPECT_EQ(call(cache, &error), COFFER_INVALID_ARGUMENT) << what;
      EXPECT_NE(message_of(error).find("NULL"), std::string::npos) << what;
    }
  }

  coffer_cache* plain_ = nullptr;
  coffer_cache* named_ = nullptr;
};

TEST_F(MisuseTest, NullKeyWithASizeIsRefused) {
  using Cache = coffer_cache*;
  using Error = coffer_error**;
  coffer_entry entry{};
  coffer_read_info info{};
  coffer_fetched fetched{};
  coffer_ttl ttl = 0;
  int64_t number = 0;
  char room[8];
  core::Recorder recorder;
  const coffer_loader load = [](void*, coffer_cache*, coffer_lease, coffer_sink*) -> coffer_status {
    return COFFER_MISS;
  };
  expect_null_refused("get",
                      [&](Cache c, Error e) { return coffer_get(c, nullptr, 5, &entry, e); });
  expect_null_refused("read", [&](Cache c, Error e) {
    return coffer_read(c, nullptr, 5, room, sizeof room, &info, e);
  });
  expect_null_refused("exists",
                      [&](Cache c, Error e) { return coffer_exists(c, nullptr, 5, &info, e); });
  expect_null_refused("ttl_left",
                      [&](Cache c, Error e) { return coffer_ttl_left(c, nullptr, 5, &ttl, e); });
  expect_null_refused("put", [&](Cache c, Error e) {
    return coffer_put(c, nullptr, 5, "v", 1, nullptr, nullptr, e);
  });
  expect_null_refused("delete", [&](Cache c, Error e) { return coffer_delete(c, nullptr, 5, e); });
  expect_null_refused("touch",
                      [&](Cache c, Error e) { return coffer_touch(c, nullptr, 5, kSecond, e); });
  expect_null_refused("incr", [&](Cache c, Error e) {
    return coffer_incr(c, nullptr, 5, 1, 0, COFFER_TTL_DEFAULT, &number, e);
  });
  expect_null_refused(
      "fetch", [&](Cache c, Error e) { return coffer_fetch(c, nullptr, 5, nullptr, &fetched, e); });
  expect_null_refused("get_or_load", [&](Cache c, Error e) {
    return coffer_get_or_load(c, nullptr, 5, nullptr, load, nullptr, &entry, e);
  });
  expect_null_refused("explain", [&](Cache c, Error e) {
    return coffer_explain(c, nullptr, 5, recorder.visitor(), e);
  });
  expect_null_refused("fetch_many", [&](Cache c, Error e) {
    const coffer_bytes key = {nullptr, 5};
    return coffer_fetch_many(c, &key, 1, nullptr, &fetched, e);
  });
  expect_null_refused(
      "txn_delete", [&](Cache c, Error e) { return coffer_txn_delete(c, nullptr, nullptr, 5, e); });
}

TEST_F(MisuseTest, NullBytesWithASizeAreRefused) {
  using Cache = coffer_cache*;
  using Error = coffer_error**;
  const coffer_bytes null = {nullptr, 5};
  put(plain_, "k", "v");
  put(named_, "k", "v");
  coffer_read_info info{};
  expect_null_refused("value", [&](Cache c, Error e) {
    return coffer_put(c, "k", 1, nullptr, 5, nullptr, nullptr, e);
  });
  expect_null_refused(
      "buffer", [&](Cache c, Error e) { return coffer_read(c, "k", 1, nullptr, 5, &info, e); });
  expect_null_refused("pattern", [&](Cache c, Error e) {
    coffer_scan* scan = nullptr;
    return coffer_scan_open(c, COFFER_SCAN_PREFIX, nullptr, 5, &scan, e);
  });
  expect_null_refused(
      "prefix", [&](Cache c, Error e) { return coffer_remove_prefix(c, nullptr, 5, nullptr, e); });
  expect_null_refused(
      "tag", [&](Cache c, Error e) { return coffer_invalidate_tags(c, nullptr, &null, 1, e); });
  expect_null_refused(
      "space", [&](Cache c, Error e) { return coffer_invalidate_space(c, nullptr, null, e); });
  for (const bool key : {true, false}) {
    expect_null_refused(key ? "key of an operation" : "value of one", [&](Cache c, Error e) {
      coffer_op op{};
      op.struct_size = sizeof op;
      op.kind = COFFER_OP_PUT;
      op.key = key ? null : coffer_bytes{"k", 1};
      op.value = key ? coffer_bytes{"v", 1} : null;
      coffer_result result{};
      return coffer_run(c, &op, 1, sizeof op, &result, e);
    });
  }
  EXPECT_EQ(get(plain_, "k"), "v") << "a refused put left the entry alone";
}

TEST_F(MisuseTest, NullKeyOfNoSizeIsTheEmptyKey) {
  for (coffer_cache* cache : {plain_, named_}) {
    ASSERT_EQ(coffer_put(cache, nullptr, 0, "v", 1, nullptr, nullptr, nullptr), COFFER_OK);
    EXPECT_EQ(get(cache, ""), "v");
    coffer_read_info info{};
    char room[8];
    EXPECT_EQ(coffer_read(cache, nullptr, 0, room, sizeof room, &info, nullptr), COFFER_OK);
    EXPECT_EQ(coffer_read(cache, "", 0, nullptr, 0, &info, nullptr), COFFER_SHORT);
    EXPECT_EQ(info.size, 1u);
  }
}

TEST_F(MisuseTest, ImpossibleCountIsRefused) {
  for (const size_t count : {SIZE_MAX, SIZE_MAX / 2, size_t{1} << 40, (size_t{1} << 24) + 1}) {
    coffer_op op{};
    op.struct_size = sizeof op;
    op.kind = COFFER_OP_GET;
    op.key = {"k", 1};
    coffer_result result{};
    coffer_fetched fetched{};
    coffer_lease lease = 1;
    coffer_commit commit{};
    commit.struct_size = sizeof commit;
    coffer_outcome outcome{};
    coffer_option option = text_option("ttl", "5m");
    coffer_cache* derived = nullptr;
    EXPECT_EQ(coffer_run(plain_, &op, count, sizeof op, &result, nullptr), COFFER_TOO_LARGE);
    EXPECT_EQ(coffer_fetch_many(plain_, &op.key, count, nullptr, &fetched, nullptr),
              COFFER_TOO_LARGE);
    EXPECT_EQ(
        coffer_lease_commit_many(plain_, &lease, &commit, sizeof commit, count, &outcome, nullptr),
        COFFER_TOO_LARGE);
    EXPECT_EQ(coffer_invalidate_tags(plain_, nullptr, &op.key, count, nullptr), COFFER_TOO_LARGE);
    EXPECT_EQ(coffer_cache_derive(plain_, &option, count, &derived, nullptr),
              COFFER_INVALID_ARGUMENT);
  }
}

TEST_F(MisuseTest, StrideBelowTheStructIsRefused) {
  coffer_op op{};
  op.struct_size = sizeof op;
  op.kind = COFFER_OP_GET;
  op.key = {"k", 1};
  coffer_result results[2];
  EXPECT_EQ(coffer_run(plain_, &op, 2, 8, results, nullptr), COFFER_INVALID_ARGUMENT);
  coffer_lease leases[2] = {1, 2};
  coffer_commit commit{};
  commit.struct_size = sizeof commit;
  coffer_outcome outcomes[2];
  EXPECT_EQ(coffer_lease_commit_many(plain_, leases, &commit, 8, 2, outcomes, nullptr),
            COFFER_INVALID_ARGUMENT);
}

}  // namespace
}  // namespace coffer::testing
