// Leases: who computes a missing value, and who waits for it.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstring>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "coffer/coffer.hpp"

namespace {

using namespace std::chrono_literals;
using coffer::Cache;
using coffer::Dependencies;
using coffer::Fetched;
using coffer::FetchState;
using coffer::Lease;
using coffer::OnError;
using coffer::Result;
using coffer::Runtime;
using coffer::Status;
using coffer::Ttl;

class FetchTest : public testing::Test {
 protected:
  void SetUp() override {
    runtime_ = Runtime::create({{"clock", "manual"}, {"housekeeping", 0s}}).value();
    cache_ = runtime_.open("memory://").value();
  }
  Fetched fetch(const char* key, const coffer::FetchOptions& options = {}) {
    return cache_.fetch(key, options).value();
  }
  // An entry that is past its ttl and within its grace.
  void put_stale(const char* key) {
    cache_.put(key, "old", {.ttl = 1s, .grace = 1h}).ignore();
    runtime_.advance(2s).ignore();
  }

  Runtime runtime_;
  Cache cache_;
};

TEST_F(FetchTest, OneLeadsTheOthersWait) {
  Fetched leader = fetch("k");
  EXPECT_EQ(FetchState::kLead, leader.state());
  EXPECT_TRUE(leader.leads());
  EXPECT_FALSE(leader.has_entry());
  Fetched waiter = fetch("k");
  EXPECT_TRUE(waiter.waits());
  EXPECT_FALSE(waiter.leads());
  EXPECT_TRUE(waiter.lease());
  ASSERT_TRUE(waiter.wait(0s).ok());
  EXPECT_TRUE(waiter.waits()) << "nothing has come";

  EXPECT_TRUE(leader.lease().commit("value").ok());
  EXPECT_FALSE(leader.lease()) << "a commit ends the lease";
  ASSERT_TRUE(waiter.wait().ok());
  EXPECT_TRUE(waiter.hit());
  EXPECT_EQ("value", waiter.entry().text());
  EXPECT_FALSE(waiter.lease());

  Fetched hit = fetch("k");
  EXPECT_TRUE(hit.hit());
  const coffer::Entry entry = hit.take_entry();
  EXPECT_EQ("value", entry.text());
}

TEST_F(FetchTest, CommitsOfAllKinds) {
  static constexpr coffer::ObjectType<const std::string> kType{"test.text"};
  EXPECT_TRUE(fetch("bytes").lease().commit("", {.ttl = 5s}).ok());
  EXPECT_TRUE(fetch("null").lease().commit_null().ok());
  EXPECT_TRUE(fetch("value").lease().commit_value(std::vector<int>{1, 2}).ok());
  auto object = std::make_shared<const std::string>("object");
  EXPECT_TRUE(fetch("object").lease().commit_object(object, kType).ok());
  EXPECT_TRUE(fetch("no object").lease().commit_object(nullptr, kType).ok());
  EXPECT_TRUE(fetch("refused").lease().commit("x", {.ttl = Ttl::expired()}).ok());

  EXPECT_EQ("", fetch("bytes").entry().text());
  EXPECT_FALSE(fetch("bytes").entry().is_null());
  EXPECT_EQ(5s, cache_.ttl_left("bytes")->duration());
  EXPECT_TRUE(fetch("null").entry().is_null());
  EXPECT_TRUE(fetch("null").has_entry());
  EXPECT_EQ("[1,2]", fetch("value").entry().text());
  EXPECT_EQ(object, cache_.get_object("object", kType).value());
  EXPECT_TRUE(fetch("no object").entry().is_null());
  EXPECT_TRUE(cache_.exists("refused").missed()) << "was handed on, not stored";
}

TEST_F(FetchTest, WhatChangedMeanwhileIsNotStored) {
  const Dependencies on = Dependencies().tag("t");
  Fetched leader = fetch("k", {.depends_on = on});
  cache_.invalidate_tags({"t"}).ignore();
  const coffer::Outcome late = leader.lease().commit("from before");
  EXPECT_EQ(Status::kSuperseded, late.status());
  EXPECT_FALSE(late.failed());
  EXPECT_FALSE(leader.lease());
  EXPECT_TRUE(cache_.exists("k").missed());

  Fetched next = fetch("k", {.depends_on = on});
  EXPECT_TRUE(next.lease().commit("from after", {.depends_on = Dependencies().tag("u")}).ok());
  EXPECT_TRUE(cache_.exists("k").ok());
  cache_.invalidate_tags({"u"}).ignore();
  EXPECT_TRUE(cache_.exists("k").missed()) << "depends on what the computation found, too";
  EXPECT_EQ(1u, cache_.stats()->superseded);
}

TEST_F(FetchTest, ADroppedLeaseGoesToTheNext) {
  Fetched waiter;
  {
    Fetched leader = fetch("k");
    waiter = fetch("k");
    Lease moved = std::move(leader.lease());
    EXPECT_FALSE(leader.lease());
    EXPECT_TRUE(moved);
  }
  ASSERT_TRUE(waiter.wait().ok());
  EXPECT_EQ(FetchState::kLead, waiter.state());
  EXPECT_TRUE(waiter.lease().commit("x").ok());
}

TEST_F(FetchTest, AbandonTellsThoseWhoWait) {
  Fetched leader = fetch("k");
  Fetched fails = fetch("k", {.on_error = OnError::kFail});
  Fetched retries = fetch("k", {.on_error = OnError::kRetry});
  EXPECT_TRUE(leader.lease().abandon(Status::kUnavailable, "the database is away").ok());
  EXPECT_FALSE(leader.lease());
  const coffer::Outcome failed = fails.wait();
  EXPECT_EQ(Status::kUnavailable, failed.status());
  EXPECT_NE(nullptr, std::strstr(failed.message(), "the database is away")) << failed.message();
  EXPECT_FALSE(fails.lease());
  ASSERT_TRUE(retries.wait().ok());
  EXPECT_TRUE(retries.leads());
}

TEST_F(FetchTest, StaleWhileRevalidating) {
  put_stale("k");
  Fetched first = fetch("k");
  EXPECT_EQ(FetchState::kStale, first.state());
  EXPECT_TRUE(first.leads());
  EXPECT_EQ("old", first.entry().text());
  EXPECT_TRUE(first.entry().is_stale());
  Fetched second = fetch("k");
  EXPECT_EQ(FetchState::kStale, second.state());
  EXPECT_FALSE(second.lease()) << "one is enough";
  EXPECT_FALSE(fetch("k", {.look = true, .no_stale = true}).has_entry());
  EXPECT_TRUE(first.lease().commit("new").ok());
  EXPECT_EQ("new", fetch("k").entry().text());
}

TEST_F(FetchTest, ASoftDeadlineWaitsForAMoment) {
  put_stale("k");
  Fetched leader = fetch("k", {.soft = 10s});
  EXPECT_TRUE(leader.leads());
  Fetched waiter = fetch("k", {.soft = 10s});
  EXPECT_TRUE(waiter.waits());
  EXPECT_EQ("old", waiter.entry().text());
  EXPECT_TRUE(leader.lease().commit("new").ok());
  ASSERT_TRUE(waiter.wait().ok());
  EXPECT_EQ("new", waiter.entry().text());
}

TEST_F(FetchTest, LookAndRefresh) {
  EXPECT_EQ(FetchState::kMiss, fetch("k", {.look = true}).state());
  cache_.put("k", "1").ignore();
  EXPECT_TRUE(fetch("k", {.look = true}).hit());
  Fetched refresh = fetch("k", {.refresh = true});
  EXPECT_TRUE(refresh.leads());
  EXPECT_EQ("1", refresh.entry().text());
  EXPECT_TRUE(refresh.lease().commit("2").ok());
  EXPECT_EQ("2", cache_.get("k")->text());
}

TEST_F(FetchTest, TheHardDeadlineAndItsExtension) {
  Fetched leader = fetch("k", {.hard = 10s});
  Fetched waiter = fetch("k", {.hard = 10s});
  runtime_.advance(8s).ignore();
  EXPECT_TRUE(leader.lease().extend(10s).ok());
  EXPECT_EQ(Status::kInvalidArgument, leader.lease().extend(0s).status());
  runtime_.advance(8s).ignore();
  ASSERT_TRUE(waiter.wait(0s).ok());
  EXPECT_TRUE(waiter.waits());
  runtime_.advance(3s).ignore();
  ASSERT_TRUE(waiter.wait(0s).ok());
  EXPECT_TRUE(waiter.leads()) << "the leader was too slow";
  EXPECT_FALSE(leader.lease().commit("late").ok());
  EXPECT_TRUE(waiter.lease().commit("x").ok());
  EXPECT_EQ("x", cache_.get("k")->text());
}

TEST_F(FetchTest, AnAnswerThroughTheQueue) {
  coffer::Queue queue = runtime_.queue().value();
  Fetched leader = fetch("k");
  Fetched waiter = fetch("k");
  ASSERT_TRUE(waiter.lease().notify(queue, 42).ok());
  EXPECT_FALSE(queue.next().has_value());
  leader.lease().commit("x").ignore();
  const coffer::Event event = queue.wait();
  EXPECT_EQ(coffer::Events::kLease, event.kind());
  EXPECT_EQ(42u, event.tag());
  EXPECT_EQ(waiter.lease().id(), event.number());
  ASSERT_TRUE(waiter.wait(0s).ok());
  EXPECT_EQ("x", waiter.entry().text());
}

TEST_F(FetchTest, ManyAtOnce) {
  cache_.put("b", "2").ignore();
  const std::vector<std::string> keys{"a", "b", "c", "a"};
  Result<std::vector<Fetched>> fetched = cache_.fetch_many(keys);
  ASSERT_TRUE(fetched.ok()) << fetched.message();
  ASSERT_EQ(4u, fetched->size());
  EXPECT_TRUE((*fetched)[0].leads());
  EXPECT_TRUE((*fetched)[1].hit());
  EXPECT_TRUE((*fetched)[2].leads());
  EXPECT_TRUE((*fetched)[3].waits()) << "the same key leads once";
  EXPECT_EQ(Status::kOk, (*fetched)[0].status());
  EXPECT_TRUE((*fetched)[0].lease().commit("1").ok());
  ASSERT_TRUE((*fetched)[3].wait().ok());
  EXPECT_EQ("1", (*fetched)[3].entry().text());
  EXPECT_TRUE(cache_.fetch_many({"b", "x"}, {.look = true})->at(1).state() == FetchState::kMiss);
  EXPECT_TRUE(cache_.fetch_many(std::vector<std::string>())->empty());
}

TEST_F(FetchTest, MisuseIsAnError) {
  Lease none;
  EXPECT_FALSE(none);
  EXPECT_TRUE(none.commit("x").failed());
  EXPECT_TRUE(none.extend(1s).failed());
  EXPECT_TRUE(none.abandon(Status::kIo, "x").failed());
  Fetched nothing;
  EXPECT_TRUE(nothing.wait().failed());

  Fetched leader = fetch("k");
  EXPECT_EQ(Status::kInvalidArgument, leader.lease().abandon(Status::kMiss, "no failure").status());
  const coffer_lease id = leader.lease().id();
  EXPECT_TRUE(leader.lease().commit("x").ok());
  Lease again(cache_.raw(), id);
  const coffer::Outcome twice = again.commit("y");
  EXPECT_TRUE(twice.failed());
  EXPECT_STRNE(coffer::status_name(twice.status()), twice.message());
  const Cache other = runtime_.open("memory://").value();
  Fetched ours = fetch("k2");
  Lease elsewhere(other.raw(), ours.lease().id());
  EXPECT_TRUE(elsewhere.commit("z").failed());
  EXPECT_TRUE(ours.lease().commit("z").ok());
}

TEST_F(FetchTest, ThreadsComputeOnce) {
  Runtime runtime = Runtime::create().value();
  const Cache cache = runtime.open("memory://").value();
  std::atomic<int> computed{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 200; ++i) {
        const std::string key = "k" + std::to_string(i);
        Fetched fetched = cache.fetch(key).value();
        if (fetched.waits()) {
          EXPECT_TRUE(fetched.wait().ok());
        }
        if (fetched.leads()) {
          ++computed;
          EXPECT_TRUE(fetched.lease().commit(key).ok());
        } else {
          EXPECT_EQ(key, fetched.entry().text());
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(200, computed.load());
}

}  // namespace
