// The line of one key: who leads, who waits, who is told what.
#include "core/lease/table.h"

#include <gtest/gtest.h>

#include <thread>

namespace coffer::core {
namespace {

constexpr int64_t kSecond = 1'000'000'000;

class TableTest : public ::testing::Test {
 protected:
  TableTest() { clock_.set_manual(); }

  using Handle = std::shared_ptr<Lease>;

  static coffer_key key(std::string_view name) {
    return {name.data(), name.size(), std::hash<std::string_view>()(name)};
  }

  LeaseRequest request(int32_t on_error = COFFER_ON_ERROR_RETRY, bool has_stale = false,
                       int64_t soft = 0) {
    LeaseRequest request;
    request.hard = 30 * kSecond;
    request.on_error = on_error;
    request.has_stale = has_stale;
    request.soft = soft;
    return request;
  }

  // Enters the line of "k"; a leader leads at once.
  Handle enter(LeaseRequest wanted, LeaseTable::Join join = LeaseTable::Join::kLine) {
    bool leads = false;
    Handle lease = table_.enter(key("k"), join, std::move(wanted), &leads);
    if (leads) table_.lead(lease);
    return lease;
  }
  Handle enter() { return enter(request()); }

  LeaseNews news(const Handle& lease) { return table_.wait(lease, 0); }

  coffer_status commit(const Handle& lease) {
    Handle out;
    const coffer_status status = table_.begin_commit(lease->id, out, sink_);
    if (status != COFFER_OK) return status;
    if (!table_.begin_storing(out)) {
      table_.superseded(out);
      return COFFER_SUPERSEDED;
    }
    table_.stored(out);
    return COFFER_OK;
  }
  coffer_status abandon(const Handle& lease, int64_t throttle = 0, int64_t unqueued = 0) {
    Handle out;
    return table_.abandon(lease->id, {COFFER_IO, "the source is down", nullptr}, throttle, unqueued,
                          out, sink_);
  }
  coffer_status decline(const Handle& lease, int64_t unqueued = 0) {
    Handle out;
    return table_.decline(lease->id, unqueued, out, sink_);
  }
  std::string error() { return sink_.error != nullptr ? sink_.error->message : ""; }

  Clock clock_;
  LeaseTable table_{clock_};
  coffer_sink sink_;
};

TEST_F(TableTest, TheFirstLeadsAndTheOthersAreToldThatItIsStored) {
  const Handle leader = enter();
  const Handle second = enter();
  const Handle third = enter();
  EXPECT_EQ(news(leader).kind, LeaseNews::kLeads);
  EXPECT_EQ(news(second).kind, LeaseNews::kNone);
  EXPECT_EQ(commit(leader), COFFER_OK);
  EXPECT_EQ(news(second).kind, LeaseNews::kStored);
  EXPECT_EQ(news(third).kind, LeaseNews::kStored);
  EXPECT_FALSE(table_.look(key("k")).computing);
}

TEST_F(TableTest, ALeaseIsUsedOnce) {
  const Handle leader = enter();
  EXPECT_EQ(commit(leader), COFFER_OK);
  EXPECT_EQ(commit(leader), COFFER_INVALID_STATE);
  EXPECT_NE(error().find("has ended"), std::string::npos) << error();
  EXPECT_EQ(abandon(leader), COFFER_INVALID_STATE);
  EXPECT_EQ(table_.extend(leader->id, kSecond, sink_), COFFER_INVALID_STATE);
  EXPECT_EQ(table_.release(leader->id), nullptr);
}

TEST_F(TableTest, ALeaseOfAnotherTableOrOfNobodyIsNamed) {
  LeaseTable other(clock_);
  bool leads = false;
  const Handle foreign = other.enter(key("k"), LeaseTable::Join::kLine, request(), &leads);
  Handle out;
  EXPECT_EQ(table_.find(foreign->id, out, sink_), COFFER_INVALID_ARGUMENT);
  EXPECT_NE(error().find("is not of this cache"), std::string::npos) << error();
  EXPECT_EQ(table_.find(0, out, sink_), COFFER_INVALID_ARGUMENT);
  const Handle own = enter();
  EXPECT_EQ(table_.find(own->id + (1 << 10), out, sink_), COFFER_INVALID_ARGUMENT);
  EXPECT_NE(error().find("was never given"), std::string::npos) << error();
}

TEST_F(TableTest, AWaiterCannotCommit) {
  const Handle leader = enter();
  const Handle waiter = enter();
  EXPECT_EQ(commit(waiter), COFFER_INVALID_STATE);
  EXPECT_NE(error().find("does not lead yet"), std::string::npos) << error();
  EXPECT_EQ(abandon(waiter), COFFER_INVALID_STATE);
}

TEST_F(TableTest, WhoeverLeavesOrIsLateHandsOverToTheNext) {
  const Handle first = enter();
  const Handle second = enter();
  const Handle third = enter();
  table_.release(first->id);
  EXPECT_EQ(news(second).kind, LeaseNews::kLead);
  table_.lead(second);
  EXPECT_EQ(news(third).kind, LeaseNews::kNone);
  clock_.advance(29 * kSecond);
  EXPECT_EQ(table_.extend(second->id, 30 * kSecond, sink_), COFFER_OK);
  clock_.advance(29 * kSecond);
  EXPECT_EQ(news(third).kind, LeaseNews::kNone);
  clock_.advance(2 * kSecond);
  EXPECT_EQ(news(third).kind, LeaseNews::kLead);
  table_.lead(third);
  EXPECT_EQ(commit(second), COFFER_SUPERSEDED) << "it came too late";
  EXPECT_EQ(commit(third), COFFER_OK);
}

// A batch waits for one lease after the other, and may lead without noticing.
TEST_F(TableTest, AnUnnoticedLeadGoesToWhoeverComes) {
  const Handle first = enter();
  const Handle busy = enter();
  table_.release(first->id);
  const Handle comes = enter();
  EXPECT_EQ(news(comes).kind, LeaseNews::kLeads);
  EXPECT_EQ(news(busy).kind, LeaseNews::kNone);
  EXPECT_EQ(commit(comes), COFFER_OK);
  EXPECT_EQ(news(busy).kind, LeaseNews::kStored);
}

TEST_F(TableTest, WhenAComputationFailsEachDoesAsItSaid) {
  const Handle leader = enter();
  const Handle fail = enter(request(COFFER_ON_ERROR_FAIL));
  const Handle stale = enter(request(COFFER_ON_ERROR_STALE, true));
  const Handle no_stale = enter(request(COFFER_ON_ERROR_STALE, false));
  const Handle retry = enter(request(COFFER_ON_ERROR_RETRY));
  EXPECT_EQ(abandon(leader), COFFER_OK);
  const LeaseNews failed = news(fail);
  EXPECT_EQ(failed.kind, LeaseNews::kFailed);
  EXPECT_EQ(failed.status, COFFER_IO);
  ASSERT_NE(failed.message, nullptr);
  EXPECT_EQ(*failed.message, "the source is down");
  EXPECT_EQ(news(stale).kind, LeaseNews::kStale);
  EXPECT_EQ(news(no_stale).kind, LeaseNews::kFailed);
  EXPECT_EQ(news(retry).kind, LeaseNews::kLead);
}

TEST_F(TableTest, HitForMissWaitersLeadAtOnce) {
  const Handle leader = enter();
  const Handle second = enter();
  const Handle third = enter();
  const Handle stale = enter(request(COFFER_ON_ERROR_RETRY, true, kSecond));
  EXPECT_EQ(decline(leader), COFFER_OK);
  EXPECT_EQ(news(second).kind, LeaseNews::kLead);
  EXPECT_EQ(news(third).kind, LeaseNews::kLead);
  EXPECT_EQ(news(stale).kind, LeaseNews::kStale);
  table_.lead(second);
  table_.lead(third);
  EXPECT_EQ(news(enter()).kind, LeaseNews::kNone) << "without a duration others queue again";
  EXPECT_EQ(commit(third), COFFER_OK);
  EXPECT_EQ(commit(second), COFFER_SUPERSEDED) << "one of them has stored a value";
}

TEST_F(TableTest, HitForMissNobodyQueuesForAWhile) {
  EXPECT_EQ(decline(enter(), 10 * kSecond), COFFER_OK);
  EXPECT_GT(table_.look(key("k")).unqueued_until, 0);
  const Handle first = enter();
  const Handle second = enter();
  EXPECT_EQ(news(first).kind, LeaseNews::kLeads);
  EXPECT_EQ(news(second).kind, LeaseNews::kLeads);
  EXPECT_EQ(enter(request(COFFER_ON_ERROR_RETRY, true, kSecond), LeaseTable::Join::kRested),
            nullptr)
      << "who has a stale value takes it";
  EXPECT_EQ(decline(second, 0), COFFER_OK);
  clock_.advance(10 * kSecond);
  EXPECT_EQ(news(enter()).kind, LeaseNews::kNone) << "that time is over";
  EXPECT_EQ(commit(first), COFFER_OK);
}

TEST_F(TableTest, HitForMissEndsWithACommit) {
  EXPECT_EQ(abandon(enter(), 0, 10 * kSecond), COFFER_OK);
  const Handle first = enter();
  const Handle second = enter();
  EXPECT_EQ(commit(second), COFFER_OK);
  EXPECT_EQ(table_.look(key("k")).unqueued_until, COFFER_NEVER);
  EXPECT_EQ(commit(first), COFFER_SUPERSEDED);
  enter();
  EXPECT_EQ(news(enter()).kind, LeaseNews::kNone);
}

TEST_F(TableTest, HitForMissLeadsAreAllSuperseded) {
  EXPECT_EQ(decline(enter(), 10 * kSecond), COFFER_OK);
  const Handle first = enter();
  const Handle second = enter();
  table_.release(first->id);
  table_.supersede(key("k"));
  EXPECT_EQ(commit(second), COFFER_SUPERSEDED);
}

// Two that compute side by side never write at once, and a writer waits for either.
TEST_F(TableTest, HitForMissLeadsStoreOneByOne) {
  EXPECT_EQ(decline(enter(), 10 * kSecond), COFFER_OK);
  const Handle first = enter();
  const Handle second = enter();
  Handle storing, late;
  ASSERT_EQ(table_.begin_commit(second->id, storing, sink_), COFFER_OK);
  ASSERT_TRUE(table_.begin_storing(storing));
  ASSERT_EQ(table_.begin_commit(first->id, late, sink_), COFFER_OK);
  EXPECT_FALSE(table_.begin_storing(late));
  table_.superseded(late);
  std::atomic<bool> through{false};
  std::thread writer([&] {
    table_.supersede(key("k"));
    through = true;
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_FALSE(through);
  table_.stored(storing);
  writer.join();
}

TEST_F(TableTest, HitForMissKeysAreBounded) {
  const auto decline_on = [&](const std::string& name) {
    bool leads = false;
    const Handle lease = table_.enter(key(name), LeaseTable::Join::kLine, request(), &leads);
    table_.lead(lease);
    decline(lease, 10 * kSecond);
  };
  size_t unqueued = 0;
  constexpr int kKeys = 20'000;
  for (int i = 0; i < kKeys; ++i) decline_on(std::to_string(i));
  for (int i = 0; i < kKeys; ++i)
    unqueued += table_.look(key(std::to_string(i))).unqueued_until != COFFER_NEVER;
  EXPECT_EQ(unqueued, 4096u);
  EXPECT_NE(table_.look(key(std::to_string(kKeys - 1))).unqueued_until, COFFER_NEVER);
  clock_.advance(10 * kSecond);
  table_.maintain();
  EXPECT_EQ(table_.look(key(std::to_string(kKeys - 1))).unqueued_until, COFFER_NEVER);
}

TEST_F(TableTest, AfterAFailureTheSourceRests) {
  const Handle leader = enter();
  EXPECT_EQ(abandon(leader, 10 * kSecond), COFFER_OK);
  EXPECT_EQ(enter(request(), LeaseTable::Join::kIdle), nullptr);
  EXPECT_EQ(enter(request(), LeaseTable::Join::kRested), nullptr);
  clock_.advance(10 * kSecond);
  const Handle next = enter(request(), LeaseTable::Join::kIdle);
  ASSERT_NE(next, nullptr);
  EXPECT_EQ(enter(request(), LeaseTable::Join::kIdle), nullptr) << "somebody computes";
  EXPECT_NE(enter(request(), LeaseTable::Join::kRested), nullptr);
  EXPECT_EQ(commit(next), COFFER_OK);
}

TEST_F(TableTest, ASoftWaitEndsWithTheStaleEntry) {
  const Handle leader = enter();
  const Handle waiter = enter(request(COFFER_ON_ERROR_RETRY, true, kSecond));
  EXPECT_EQ(news(waiter).kind, LeaseNews::kNone);
  clock_.advance(kSecond);
  EXPECT_EQ(news(waiter).kind, LeaseNews::kStale);
  EXPECT_EQ(commit(leader), COFFER_OK);
}

TEST_F(TableTest, AWriterTakesTheLeadAway) {
  const Handle leader = enter();
  const Handle waiter = enter();
  table_.supersede(key("other"));
  EXPECT_EQ(news(waiter).kind, LeaseNews::kNone);
  table_.supersede(key("k"));
  EXPECT_EQ(news(waiter).kind, LeaseNews::kLead);
  table_.lead(waiter);
  EXPECT_EQ(commit(leader), COFFER_SUPERSEDED);
  EXPECT_EQ(commit(waiter), COFFER_OK);
}

TEST_F(TableTest, ANamespaceIsSupersededWithThoseNestedInIt) {
  const auto leads_on = [&](std::string_view name, std::string_view cleared) {
    bool leads = false;
    const Handle lease = table_.enter(key(name), LeaseTable::Join::kLine, request(), &leads);
    table_.lead(lease);
    table_.supersede_namespace(cleared);
    return commit(lease) == COFFER_OK;
  };
  EXPECT_FALSE(leads_on("a:k", "a"));
  EXPECT_FALSE(leads_on("a/b:k", "a"));
  EXPECT_TRUE(leads_on("ab:k", "a"));
  EXPECT_TRUE(leads_on("a/k", "a")) << "a key without a namespace";
  EXPECT_FALSE(leads_on("a/k", ""));
}

// Who changes a key waits for the write of a commit that is under way, so that the change comes
// after it.
TEST_F(TableTest, AWriterWaitsForAStoreUnderWay) {
  const Handle leader = enter();
  Handle committing;
  ASSERT_EQ(table_.begin_commit(leader->id, committing, sink_), COFFER_OK);
  ASSERT_TRUE(table_.begin_storing(committing));
  std::atomic<bool> through{false};
  std::thread writer([&] {
    table_.supersede(key("k"));
    through = true;
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_FALSE(through);
  table_.stored(committing);
  writer.join();
  EXPECT_TRUE(through);
}

TEST_F(TableTest, WaitersSleepUntilThereIsNews) {
  const Handle leader = enter();
  std::vector<std::thread> threads;
  std::atomic<int> told{0};
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      if (table_.wait(enter(), -1).kind == LeaseNews::kStored) ++told;
    });
  }
  while (table_.look(key("k")).waiting < 4) std::this_thread::yield();
  EXPECT_EQ(commit(leader), COFFER_OK);
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(told, 4);
}

TEST_F(TableTest, ADetachedLeaseStoresNothing) {
  const Handle lease = table_.detached();
  EXPECT_EQ(commit(lease), COFFER_SUPERSEDED);
  EXPECT_EQ(commit(lease), COFFER_INVALID_STATE);
}

TEST_F(TableTest, NothingIsLeftBehind) {
  const Handle leader = enter();
  enter();
  abandon(leader, kSecond);
  clock_.advance(3600 * 2 * kSecond);
  table_.maintain();
  EXPECT_FALSE(table_.look(key("k")).computing && table_.look(key("k")).waiting > 0);
}

}  // namespace
}  // namespace coffer::core
