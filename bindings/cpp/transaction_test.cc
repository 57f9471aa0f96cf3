// A cache beside a database transaction.
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <utility>

#include "coffer/coffer.hpp"

namespace {

using namespace std::chrono_literals;
using coffer::Cache;
using coffer::Dependencies;
using coffer::Fetched;
using coffer::FetchState;
using coffer::Runtime;
using coffer::Savepoint;
using coffer::Status;
using coffer::SuspendedEvents;
using coffer::Transaction;

class TransactionTest : public testing::Test {
 protected:
  void SetUp() override {
    runtime_ = Runtime::create({{"housekeeping", 0s}}).value();
    cache_ = runtime_.open("memory://").value();
    transaction_ = runtime_.transaction().value();
    for (const char* key : {"a", "b", "c"}) {
      cache_.put(key, "x", {.depends_on = Dependencies().tag(key)}).ignore();
    }
  }
  bool has(const char* key) { return cache_.exists(key).ok(); }

  Runtime runtime_;
  Cache cache_;
  Transaction transaction_;
};

TEST_F(TransactionTest, EventsWaitForTheCommit) {
  EXPECT_TRUE(cache_.invalidate_tags({"a"}, &transaction_).ok());
  EXPECT_TRUE(cache_.erase_on_commit("b", transaction_).ok());
  EXPECT_TRUE(has("a") && has("b"));
  EXPECT_TRUE(transaction_.commit().ok());
  EXPECT_FALSE(has("a") || has("b"));
  EXPECT_TRUE(has("c"));
  EXPECT_EQ(Status::kInvalidState, transaction_.commit().status());
  EXPECT_EQ(Status::kInvalidState, transaction_.savepoint().status());
}

TEST_F(TransactionTest, ARollbackAndAnEndDropThem) {
  cache_.invalidate_tags({"a"}, &transaction_).ignore();
  EXPECT_TRUE(transaction_.rollback().ok());
  EXPECT_TRUE(has("a"));
  {
    const Transaction dropped = runtime_.transaction().value();
    cache_.invalidate_tags({"a"}, &dropped).ignore();
  }
  EXPECT_TRUE(has("a"));
}

TEST_F(TransactionTest, ADirtyOneBypassesTheCache) {
  EXPECT_FALSE(transaction_.is_dirty());
  EXPECT_TRUE(cache_.fetch("a", {.transaction = &transaction_})->hit());
  Fetched before = cache_.fetch("k", {.transaction = &transaction_}).value();
  EXPECT_TRUE(transaction_.mark_dirty().ok());
  EXPECT_TRUE(transaction_.is_dirty());
  const Fetched bypassed = cache_.fetch("a", {.transaction = &transaction_}).value();
  EXPECT_EQ(FetchState::kMiss, bypassed.state());
  EXPECT_FALSE(bypassed.lease());
  EXPECT_EQ(Status::kSuperseded, before.lease().commit("dirty").status());
  int loads = 0;
  const auto loaded = cache_.get_or_load("a", {.transaction = &transaction_}, [&] {
    ++loads;
    return std::string("dirty");
  });
  ASSERT_TRUE(loaded.ok()) << loaded.message();
  EXPECT_EQ("dirty", loaded->text());
  EXPECT_EQ(1, loads);
  EXPECT_EQ("x", cache_.get("a")->text()) << "nobody else sees it";
  EXPECT_TRUE(cache_.fetch("a")->hit());
  EXPECT_EQ(2u, cache_.stats()->bypassed);
}

TEST_F(TransactionTest, Savepoints) {
  {
    Savepoint kept = transaction_.savepoint().value();
    cache_.invalidate_tags({"a"}, &transaction_).ignore();
    EXPECT_TRUE(kept.commit().ok());
  }
  {
    const Savepoint undone = transaction_.savepoint().value();
    cache_.invalidate_tags({"b"}, &transaction_).ignore();
    transaction_.mark_dirty().ignore();
    EXPECT_TRUE(transaction_.is_dirty());
  }
  EXPECT_FALSE(transaction_.is_dirty()) << "what was written was undone";
  {
    Savepoint outer = transaction_.savepoint().value();
    Savepoint inner = transaction_.savepoint().value();
    cache_.invalidate_tags({"c"}, &transaction_).ignore();
    Savepoint moved = std::move(inner);
    EXPECT_TRUE(moved.commit().ok());
    EXPECT_TRUE(outer.rollback().ok());
  }
  EXPECT_TRUE(has("a"));
  EXPECT_TRUE(transaction_.commit().ok());
  EXPECT_FALSE(has("a"));
  EXPECT_TRUE(has("b") && has("c"));
}

TEST_F(TransactionTest, SuspendedEvents) {
  {
    SuspendedEvents bulk = transaction_.suspend_events().value();
    cache_.invalidate_tags({"a"}, &transaction_).ignore();
    { const SuspendedEvents nested = transaction_.suspend_events().value(); }
    cache_.invalidate_tags({"b"}, &transaction_).ignore();
    EXPECT_TRUE(bulk.resume().ok());
    cache_.invalidate_tags({"c"}, &transaction_).ignore();
  }
  EXPECT_TRUE(transaction_.commit().ok());
  EXPECT_TRUE(has("a") && has("b"));
  EXPECT_FALSE(has("c"));
}

TEST_F(TransactionTest, HandlesMayGoFirst) {
  cache_.invalidate_tags({"a"}, &transaction_).ignore();
  const Cache other = cache_.derive({}).value();
  cache_ = Cache();
  Transaction moved = std::move(transaction_);
  EXPECT_TRUE(moved.commit().ok());
  EXPECT_TRUE(other.exists("a").missed());
  EXPECT_EQ(Status::kInvalidArgument, transaction_.commit().status());  // NOLINT: moved from
}

}  // namespace
