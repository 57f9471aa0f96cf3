// A cache beside a database transaction, through coffer/transaction.h.
#include "coffer/transaction.h"

#include <gtest/gtest.h>

#include "capi/testing/freshness.h"

namespace coffer::testing {
namespace {

class TransactionTest : public RuntimeTest {
 protected:
  void SetUp() override {
    RuntimeTest::SetUp();
    cache_ = open("memory://?capacity=1000");
    ASSERT_EQ(coffer_txn_begin(runtime_, &txn_, nullptr), COFFER_OK);
    Depends depends;
    depends.tag("t");
    ASSERT_EQ(load(cache_, "k", "v", depends), "loaded");
  }
  void TearDown() override {
    coffer_txn_release(txn_);
    RuntimeTest::TearDown();
  }
  Fetch fetch_in_txn(std::string_view key) {
    coffer_fetch_options options = fetch_options();
    options.txn = txn_;
    return fetch(cache_, key, options);
  }
  bool fresh() { return get(cache_, "k") == "v"; }

  coffer_cache* cache_ = nullptr;
  coffer_txn* txn_ = nullptr;
};

TEST_F(TransactionTest, EventsWaitForTheCommit) {
  EXPECT_EQ(invalidate(cache_, "t", txn_), COFFER_OK);
  EXPECT_TRUE(fresh()) << "nobody else may see what is not committed";
  EXPECT_EQ(coffer_txn_commit(txn_, nullptr), COFFER_OK);
  EXPECT_FALSE(fresh());
}

TEST_F(TransactionTest, ARollbackDropsThem) {
  invalidate(cache_, "t", txn_);
  EXPECT_EQ(coffer_txn_rollback(txn_, nullptr), COFFER_OK);
  EXPECT_TRUE(fresh());
  coffer_error* error = nullptr;
  const coffer_bytes tag = bytes("t");
  EXPECT_EQ(coffer_invalidate_tags(cache_, txn_, &tag, 1, &error), COFFER_INVALID_STATE);
  EXPECT_NE(message_of(error).find("has ended"), std::string::npos);
}

TEST_F(TransactionTest, SavepointsMergeOrDropTheirOwn) {
  put(cache_, "doomed", "v");
  coffer_txn_savepoint(txn_, nullptr);
  invalidate(cache_, "t", txn_);
  coffer_txn_rollback(txn_, nullptr);
  coffer_txn_savepoint(txn_, nullptr);
  EXPECT_EQ(coffer_txn_delete(cache_, txn_, "doomed", 6, nullptr), COFFER_OK);
  coffer_txn_commit(txn_, nullptr);
  EXPECT_EQ(get(cache_, "doomed"), "v");
  coffer_txn_commit(txn_, nullptr);
  EXPECT_TRUE(fresh());
  EXPECT_EQ(get(cache_, "doomed"), "(miss)");
}

TEST_F(TransactionTest, ADirtyOneBypassesTheCache) {
  EXPECT_EQ(fetch_in_txn("k").text(), "HIT v");
  coffer_txn_mark_dirty(txn_, nullptr);
  EXPECT_EQ(coffer_txn_is_dirty(txn_), 1);
  EXPECT_EQ(fetch_in_txn("k").text(), "MISS");
  EXPECT_EQ(fetch_in_txn("new").lease(), 0u) << "and stores nothing";
  EXPECT_TRUE(fresh()) << "others go on";
  EXPECT_EQ(stats_of(cache_).bypassed, 2u);
  coffer_txn_commit(txn_, nullptr);
  EXPECT_EQ(coffer_txn_is_dirty(txn_), 0);
}

TEST_F(TransactionTest, WhatWasBegunBeforeItGotDirtyIsNotStored) {
  const Fetch leader = fetch_in_txn("new");
  EXPECT_EQ(leader.text(), "LEAD");
  coffer_txn_mark_dirty(txn_, nullptr);
  EXPECT_EQ(commit(cache_, leader.lease(), "of the transaction"), COFFER_SUPERSEDED);
  EXPECT_EQ(get(cache_, "new"), "(miss)");
}

TEST_F(TransactionTest, LoadingInADirtyOneComputesForItsOwnCallerOnly) {
  coffer_txn_mark_dirty(txn_, nullptr);
  coffer_fetch_options options = fetch_options();
  options.txn = txn_;
  coffer_entry entry{};
  const coffer_loader load = [](void*, coffer_cache* cache, coffer_lease lease,
                                coffer_sink*) -> coffer_status {
    const coffer_commit value = value_commit("uncommitted");
    coffer_lease_commit(cache, lease, &value, nullptr, nullptr);
    return COFFER_OK;
  };
  ASSERT_EQ(coffer_get_or_load(cache_, "k", 1, &options, load, nullptr, &entry, nullptr),
            COFFER_OK);
  EXPECT_EQ(std::string(static_cast<const char*>(entry.data), entry.size), "uncommitted");
  coffer_entry_release(&entry);
  EXPECT_TRUE(fresh());
}

TEST_F(TransactionTest, SuspendedEventsAreDropped) {
  coffer_txn_suspend_events(txn_, nullptr);
  invalidate(cache_, "t", txn_);
  coffer_txn_resume_events(txn_, nullptr);
  EXPECT_EQ(coffer_txn_resume_events(txn_, nullptr), COFFER_INVALID_STATE);
  coffer_txn_commit(txn_, nullptr);
  EXPECT_TRUE(fresh());
}

TEST_F(TransactionTest, AnEventThatIsWrongIsRefusedAtOnce) {
  EXPECT_EQ(invalidate(cache_, "", txn_), COFFER_INVALID_ARGUMENT);
  EXPECT_EQ(coffer_txn_commit(txn_, nullptr), COFFER_OK);
}

TEST_F(TransactionTest, ReleasedWithoutACommitItPlaysNothing) {
  invalidate(cache_, "t", txn_);
  coffer_txn_release(txn_);
  txn_ = nullptr;
  EXPECT_TRUE(fresh());
  EXPECT_EQ(coffer_txn_is_dirty(nullptr), 0);
}

TEST_F(TransactionTest, ItOutlivesTheHandlesItsEventsAreFor) {
  coffer_cache* other = nullptr;
  ASSERT_EQ(coffer_cache_derive(cache_, nullptr, 0, &other, nullptr), COFFER_OK);
  invalidate(other, "t", txn_);
  coffer_cache_release(other);
  EXPECT_EQ(coffer_txn_commit(txn_, nullptr), COFFER_OK);
  EXPECT_FALSE(fresh());
}

}  // namespace
}  // namespace coffer::testing
