// The lease protocol through coffer/fetch.h, against the real memory store.
#include "coffer/fetch.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "capi/testing/freshness.h"

namespace coffer::testing {
namespace {

class FetchTest : public RuntimeTest {
 protected:
  void SetUp() override {
    RuntimeTest::SetUp();
    cache_ = open("memory://?capacity=1000&ttl=10s&early=0");
  }
  coffer_cache* cache_ = nullptr;
};

TEST_F(FetchTest, OneLeadsTheOthersWaitAndAllGetTheValue) {
  Fetch leader = fetch(cache_, "k");
  EXPECT_EQ(leader.text(), "LEAD");
  Fetch waiter = fetch(cache_, "k");
  EXPECT_EQ(waiter.text(), "WAIT");
  EXPECT_EQ(wait(cache_, waiter.lease()).text(), "WAIT");
  EXPECT_EQ(commit(cache_, leader.lease(), "v"), COFFER_OK);
  EXPECT_EQ(wait(cache_, waiter.lease()).text(), "HIT v");
  EXPECT_EQ(fetch(cache_, "k").text(), "HIT v");
  EXPECT_EQ(get(cache_, "k"), "v");
  const coffer_stats stats = stats_of(cache_);
  EXPECT_EQ(stats.leads, 1u);
  EXPECT_EQ(stats.waits, 1u);
}

TEST_F(FetchTest, CommitGivesItsCallerTheEntry) {
  const Fetch leader = fetch(cache_, "k");
  const coffer_commit value = value_commit("v");
  coffer_entry entry{};
  ASSERT_EQ(coffer_lease_commit(cache_, leader.lease(), &value, &entry, nullptr), COFFER_OK);
  EXPECT_NE(entry.version, 0u);
  EXPECT_EQ(std::string(static_cast<const char*>(entry.data), entry.size), "v");
  coffer_entry_release(&entry);
}

TEST_F(FetchTest, ANullIsAHit) {
  const Fetch leader = fetch(cache_, "k");
  coffer_commit null = value_commit("");
  null.value = {};
  null.flags = COFFER_ENTRY_NULL;
  EXPECT_EQ(commit(cache_, leader.lease(), null), COFFER_OK);
  EXPECT_EQ(fetch(cache_, "k").text(), "HIT (null)");
  advance(1 * kSecond);  // a tenth of ttl
  EXPECT_EQ(fetch(cache_, "k").text(), "LEAD");
}

TEST_F(FetchTest, LookTakesNoLease) {
  EXPECT_EQ(fetch(cache_, "k", fetch_options(COFFER_FETCH_LOOK)).text(), "MISS");
  put(cache_, "k", "v");
  EXPECT_EQ(fetch(cache_, "k", fetch_options(COFFER_FETCH_LOOK)).text(), "HIT v");
  EXPECT_EQ(stats_of(cache_).leads, 0u);
}

TEST_F(FetchTest, RefreshComputesAnewWhileOthersHaveTheOld) {
  put(cache_, "k", "old");
  const Fetch refresh = fetch(cache_, "k", fetch_options(COFFER_FETCH_REFRESH));
  EXPECT_EQ(refresh.text(), "STALE+lease old");
  EXPECT_EQ(fetch(cache_, "k").text(), "HIT old");
  EXPECT_EQ(commit(cache_, refresh.lease(), "new"), COFFER_OK);
  EXPECT_EQ(fetch(cache_, "k").text(), "HIT new");
}

TEST_F(FetchTest, WhoeverIsLateLosesTheLeadToTheNext) {
  coffer_fetch_options options = fetch_options();
  options.hard = 5 * kSecond;
  const Fetch late = fetch(cache_, "k", options);
  const Fetch next = fetch(cache_, "k");
  advance(5 * kSecond);
  const Fetch told = wait(cache_, next.lease());
  EXPECT_EQ(told.text(), "LEAD");
  EXPECT_EQ(commit(cache_, late.lease(), "late"), COFFER_SUPERSEDED);
  EXPECT_EQ(commit(cache_, told.lease(), "in time"), COFFER_OK);
  EXPECT_EQ(get(cache_, "k"), "in time");
  EXPECT_EQ(stats_of(cache_).superseded, 1u);
}

TEST_F(FetchTest, ADroppedLeaseGoesToTheNext) {
  const Fetch leader = fetch(cache_, "k");
  const Fetch next = fetch(cache_, "k");
  coffer_lease_release(cache_, leader.lease());
  EXPECT_EQ(wait(cache_, next.lease()).text(), "LEAD");
  coffer_lease_release(cache_, next.lease());
  EXPECT_EQ(fetch(cache_, "k").text(), "LEAD");
}

TEST_F(FetchTest, AFailureReachesWhoeverAsksForIt) {
  const Fetch leader = fetch(cache_, "k");
  coffer_fetch_options fails = fetch_options();
  fails.on_error = COFFER_ON_ERROR_FAIL;
  const Fetch waiter = fetch(cache_, "k", fails);
  const Fetch retries = fetch(cache_, "k");
  EXPECT_EQ(abandon(cache_, leader.lease(), "no route to the source"), COFFER_OK);
  const Fetch failed = wait(cache_, waiter.lease());
  EXPECT_EQ(failed.text(), "(IO)");
  EXPECT_NE(failed.error.find("no route to the source"), std::string::npos) << failed.error;
  EXPECT_EQ(wait(cache_, retries.lease()).text(), "LEAD");
}

TEST_F(FetchTest, EveryWrongUseOfALeaseIsNamed) {
  const Fetch leader = fetch(cache_, "k");
  std::string error;
  EXPECT_EQ(commit(open("memory://"), leader.lease(), value_commit("v"), &error),
            COFFER_INVALID_ARGUMENT);
  EXPECT_NE(error.find("is not of this cache"), std::string::npos) << error;
  coffer_commit two = value_commit("v");
  int object = 0;
  two.object = &object;
  EXPECT_EQ(commit(cache_, leader.lease(), two, &error), COFFER_INVALID_ARGUMENT);
  EXPECT_NE(error.find("give one of value, object and neutral"), std::string::npos) << error;
  coffer_commit keep = value_commit("v", COFFER_TTL_KEEP);
  EXPECT_EQ(commit(cache_, leader.lease(), keep, &error), COFFER_INVALID_ARGUMENT);
  EXPECT_EQ(commit(cache_, leader.lease(), "v"), COFFER_OK) << "after a failed commit it leads on";
  EXPECT_EQ(commit(cache_, leader.lease(), value_commit("w"), &error), COFFER_INVALID_STATE);
  EXPECT_NE(error.find("has ended"), std::string::npos) << error;
  coffer_fetch_options odd = fetch_options(64);
  EXPECT_EQ(fetch(cache_, "k", odd).text(), "(INVALID_ARGUMENT)");
  odd = fetch_options();
  odd.struct_size = 3;
  EXPECT_EQ(fetch(cache_, "k", odd).text(), "(INVALID_ARGUMENT)");
  EXPECT_EQ(coffer_lease_abandon(cache_, leader.lease(), COFFER_OK, "", nullptr),
            COFFER_INVALID_ARGUMENT);
  coffer_lease_release(cache_, 12345);  // nothing
}

TEST_F(FetchTest, AnExpiredValueGoesToThoseWhoWaitAndNotIntoTheStore) {
  const Fetch leader = fetch(cache_, "k");
  const Fetch waiter = fetch(cache_, "k");
  EXPECT_EQ(commit(cache_, leader.lease(), "v", COFFER_TTL_EXPIRED), COFFER_OK);
  EXPECT_EQ(wait(cache_, waiter.lease()).text(), "HIT v");
  EXPECT_EQ(get(cache_, "k"), "(miss)");
}

TEST_F(FetchTest, HitForMissLetsAllComputeAtOnce) {
  coffer_cache* cache = open("memory://?early=0&hit_for_miss=5s");
  const Fetch leader = fetch(cache, "k");
  const Fetch first = fetch(cache, "k");
  const Fetch second = fetch(cache, "k");
  EXPECT_EQ(coffer_lease_decline(cache, leader.lease(), nullptr), COFFER_OK);
  EXPECT_EQ(coffer_lease_decline(cache, leader.lease(), nullptr), COFFER_INVALID_STATE);
  EXPECT_EQ(wait(cache, first.lease()).text(), "LEAD");
  EXPECT_EQ(wait(cache, second.lease()).text(), "LEAD");
  const Fetch third = fetch(cache, "k");
  EXPECT_EQ(third.text(), "LEAD") << "nobody waits";
  EXPECT_EQ(commit(cache, third.lease(), "v"), COFFER_OK);
  EXPECT_EQ(commit(cache, first.lease(), "late"), COFFER_SUPERSEDED);
  EXPECT_EQ(get(cache, "k"), "v");
  remove(cache, "k");
  EXPECT_EQ(fetch(cache, "k").text(), "LEAD");
  EXPECT_EQ(fetch(cache, "k").text(), "WAIT") << "a stored value ends it";
}

TEST_F(FetchTest, HitForMissLastsAsLongAsItsOption) {
  coffer_cache* cache = open("memory://?early=0&hit_for_miss=5s");
  EXPECT_EQ(coffer_lease_decline(cache, fetch(cache, "k").lease(), nullptr), COFFER_OK);
  EXPECT_EQ(fetch(cache, "k").text(), "LEAD");
  EXPECT_EQ(fetch(cache, "k").text(), "LEAD");
  advance(5 * kSecond);
  EXPECT_EQ(fetch(cache, "k").text(), "WAIT");
}

TEST_F(FetchTest, HitForMissAfterAFailureThatIsRetried) {
  const Fetch leader = fetch(cache_, "k");
  const Fetch first = fetch(cache_, "k");
  const Fetch second = fetch(cache_, "k");
  EXPECT_EQ(abandon(cache_, leader.lease()), COFFER_OK);
  EXPECT_EQ(wait(cache_, first.lease()).text(), "LEAD");
  EXPECT_EQ(wait(cache_, second.lease()).text(), "LEAD");
  coffer_fetch_options fails = fetch_options();
  fails.on_error = COFFER_ON_ERROR_FAIL;
  EXPECT_EQ(abandon(cache_, fetch(cache_, "f", fails).lease()), COFFER_OK);
  EXPECT_EQ(fetch(cache_, "f", fails).text(), "LEAD");
  EXPECT_EQ(fetch(cache_, "f", fails).text(), "WAIT") << "those who fail with it do not queue";
}

TEST_F(FetchTest, ADeclinedCommitIsItsCallersAlone) {
  const Fetch leader = fetch(cache_, "k");
  const Fetch waiter = fetch(cache_, "k");
  coffer_commit mine = value_commit("mine");
  mine.mode = COFFER_COMMIT_DECLINE;
  coffer_entry entry{};
  ASSERT_EQ(coffer_lease_commit(cache_, leader.lease(), &mine, &entry, nullptr), COFFER_OK);
  EXPECT_EQ(std::string(static_cast<const char*>(entry.data), entry.size), "mine");
  coffer_entry_release(&entry);
  EXPECT_EQ(wait(cache_, waiter.lease()).text(), "LEAD");
  EXPECT_EQ(get(cache_, "k"), "(miss)");
  mine.mode = 7;
  EXPECT_EQ(commit(cache_, waiter.lease(), mine), COFFER_INVALID_ARGUMENT);
}

TEST_F(FetchTest, AFailureAsAnObjectReachesWhoeverAsksForIt) {
  static std::atomic<int> references{0};
  static const coffer_object_type kType = {sizeof(coffer_object_type),
                                           0,
                                           "test.failure",
                                           nullptr,
                                           [](const coffer_object_type*, void*) { ++references; },
                                           [](const coffer_object_type*, void*) { --references; },
                                           nullptr};
  int object = 0;
  coffer_fetch_options fails = fetch_options();
  fails.on_error = COFFER_ON_ERROR_FAIL;
  {
    const Fetch leader = fetch(cache_, "k", fails);
    const Fetch waiter = fetch(cache_, "k", fails);
    EXPECT_EQ(coffer_lease_abandon_with(cache_, leader.lease(), COFFER_TIMEOUT, "too slow", &object,
                                        &kType, nullptr),
              COFFER_OK);
    const Fetch told = wait(cache_, waiter.lease());
    EXPECT_EQ(told.text(), "(TIMEOUT)");
    EXPECT_NE(told.error.find("too slow"), std::string::npos);
    EXPECT_EQ(told.fetched.entry.object, &object);
    EXPECT_EQ(references, 1);
  }
  EXPECT_EQ(references, 0);
}

TEST_F(FetchTest, WhatIsWrittenWhileItIsComputedWins) {
  const Fetch leader = fetch(cache_, "k");
  const Fetch waiter = fetch(cache_, "k");
  put(cache_, "k", "written");
  EXPECT_EQ(wait(cache_, waiter.lease()).text(), "HIT written");
  EXPECT_EQ(commit(cache_, leader.lease(), "computed before"), COFFER_SUPERSEDED);
  EXPECT_EQ(get(cache_, "k"), "written");
  const Fetch second = fetch(cache_, "d");
  remove(cache_, "d");
  EXPECT_EQ(commit(cache_, second.lease(), "computed before"), COFFER_SUPERSEDED);
  EXPECT_EQ(get(cache_, "d"), "(miss)");
}

TEST_F(FetchTest, ManyKeysAreReadAtOnceAndTheMissesLed) {
  put(cache_, "a", "1");
  const Fetch other = fetch(cache_, "c");
  const coffer_bytes keys[] = {bytes("a"), bytes("b"), bytes("c"), bytes("b")};
  coffer_fetched out[4];
  ASSERT_EQ(coffer_fetch_many(cache_, keys, 4, nullptr, out, nullptr), COFFER_OK);
  EXPECT_EQ(out[0].state, COFFER_FETCH_HIT);
  EXPECT_EQ(out[1].state, COFFER_FETCH_LEAD);
  EXPECT_EQ(out[2].state, COFFER_FETCH_WAIT);
  EXPECT_EQ(out[3].state, COFFER_FETCH_WAIT) << "the same key twice leads once";
  coffer_entry_release(&out[0].entry);
  const coffer_lease leases[] = {out[1].lease, other.lease(), out[3].lease};
  const coffer_commit values[] = {value_commit("2"), value_commit("3"), value_commit("x")};
  coffer_outcome each[3];
  ASSERT_EQ(coffer_lease_commit_many(cache_, leases, values, sizeof values[0], 3, each, nullptr),
            COFFER_OK);
  EXPECT_EQ(each[0].status, COFFER_OK);
  EXPECT_EQ(each[1].status, COFFER_OK);
  EXPECT_EQ(each[2].status, COFFER_INVALID_STATE) << "it waits";
  EXPECT_EQ(wait(cache_, out[2].lease).text(), "HIT 3");
  EXPECT_EQ(wait(cache_, out[3].lease).text(), "HIT 2");
}

TEST_F(FetchTest, NotifyPutsOneEventIntoTheQueue) {
  coffer_queue* queue = nullptr;
  ASSERT_EQ(coffer_queue_create(runtime_, 0, &queue, nullptr), COFFER_OK);
  const Fetch leader = fetch(cache_, "k");
  const Fetch waiter = fetch(cache_, "k");
  ASSERT_EQ(coffer_lease_notify(cache_, waiter.lease(), queue, 77, nullptr), COFFER_OK);
  coffer_event event{};
  EXPECT_EQ(coffer_queue_poll(queue, &event, 1, 0), 0u);
  EXPECT_EQ(commit(cache_, leader.lease(), "v"), COFFER_OK);
  ASSERT_EQ(coffer_queue_poll(queue, &event, 1, 0), 1u);
  EXPECT_EQ(event.kind, COFFER_EVENT_LEASE);
  EXPECT_EQ(event.tag, 77u);
  EXPECT_EQ(event.number, waiter.lease());
  coffer_event_release(&event);
  ASSERT_EQ(coffer_lease_notify(cache_, waiter.lease(), queue, 78, nullptr), COFFER_OK)
      << "there is news already";
  EXPECT_EQ(coffer_queue_poll(queue, &event, 1, 0), 1u);
  coffer_event_release(&event);
  EXPECT_EQ(wait(cache_, waiter.lease()).text(), "HIT v");
  coffer_queue_release(queue);
}

// ---- In one call --------------------------------------------------------------------------------

struct Source {
  std::atomic<int> calls{0};
  std::string value = "v";
  bool fails = false;
  bool commits = true;
  std::function<void()> meanwhile = [] {};

  static coffer_status load(void* user, coffer_cache* cache, coffer_lease lease,
                            coffer_sink* sink) {
    auto* source = static_cast<Source*>(user);
    ++source->calls;
    source->meanwhile();
    if (source->fails) return coffer_sink_fail(sink, COFFER_IO, 0, "the source is down");
    if (!source->commits) return COFFER_OK;
    const coffer_commit value = value_commit(source->value);
    coffer_lease_commit(cache, lease, &value, nullptr, nullptr);
    return COFFER_OK;
  }
};

std::string load(coffer_cache* cache, std::string_view key, Source& source,
                 const coffer_fetch_options& options = fetch_options()) {
  coffer_entry entry{};
  coffer_error* error = nullptr;
  const coffer_status status = coffer_get_or_load(cache, key.data(), key.size(), &options,
                                                  &Source::load, &source, &entry, &error);
  const std::string message = message_of(error);
  if (status != COFFER_OK) return std::string("(") + coffer_status_name(status) + ") " + message;
  std::string value((entry.flags & COFFER_ENTRY_STALE) != 0 ? "stale " : "");
  value.append(static_cast<const char*>(entry.data), entry.size);
  coffer_entry_release(&entry);
  return value;
}

TEST_F(FetchTest, GetOrLoadComputesOnce) {
  Source source;
  EXPECT_EQ(load(cache_, "k", source), "v");
  EXPECT_EQ(load(cache_, "k", source), "v");
  EXPECT_EQ(source.calls, 1);
}

TEST_F(FetchTest, GetOrLoadOfManyThreadsComputesOnce) {
  Source source;
  source.meanwhile = [] { std::this_thread::sleep_for(std::chrono::milliseconds(20)); };
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] { EXPECT_EQ(load(cache_, "k", source), "v"); });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(source.calls, 1);
}

TEST_F(FetchTest, AFailureOfTheLoaderIsItsCallers) {
  Source source;
  source.fails = true;
  EXPECT_EQ(load(cache_, "k", source), "(IO) the source is down");
  source.fails = false;
  EXPECT_EQ(load(cache_, "k", source), "v") << "nothing of the failure is left";
}

TEST_F(FetchTest, ALoaderThatCommitsNothingIsAMiss) {
  Source source;
  source.commits = false;
  EXPECT_EQ(load(cache_, "k", source), "(MISS) ");
  EXPECT_EQ(fetch(cache_, "k").text(), "LEAD") << "the lease was given back";
}

TEST_F(FetchTest, ALoaderThatNeedsItsOwnKeyIsToldSo) {
  Source outer;
  std::string inner;
  outer.meanwhile = [&] {
    Source source;
    inner = load(cache_, "k", source);
  };
  EXPECT_EQ(load(cache_, "k", outer), "v");
  EXPECT_NE(inner.find("(INVALID_STATE)"), std::string::npos) << inner;
  Source other;
  std::string nested;
  other.meanwhile = [&] {
    Source source;
    nested = load(cache_, "another", source);
  };
  EXPECT_EQ(load(cache_, "third", other), "v");
  EXPECT_EQ(nested, "v");
}

TEST_F(FetchTest, ASupersededValueIsItsOwnCallersAlone) {
  Source source;
  Depends depends;
  depends.tag("t");
  coffer_fetch_options options = fetch_options();
  options.dependencies = depends.get();
  source.meanwhile = [&] { invalidate(cache_, "t"); };
  EXPECT_EQ(load(cache_, "k", source, options), "v");
  EXPECT_EQ(get(cache_, "k"), "(miss)");
  EXPECT_EQ(stats_of(cache_).superseded, 1u);
}

TEST_F(FetchTest, ExpireKeepsTheGraceFromNow) {
  coffer_cache* cache = open("memory://?ttl=1h&grace=60s&early=0&hard=1h");
  const auto expire = [&] { return coffer_expire(cache, "k", 1, nullptr); };
  EXPECT_EQ(expire(), COFFER_MISS);
  Source source;
  EXPECT_EQ(load(cache, "k", source), "v");
  EXPECT_EQ(expire(), COFFER_OK);
  EXPECT_EQ(get(cache, "k"), "(miss)");
  EXPECT_EQ(expire(), COFFER_MISS) << "it has ended already";
  const Fetch leader = fetch(cache, "k");
  EXPECT_EQ(leader.text(), "STALE+lease v");
  advance(59 * kSecond);
  EXPECT_EQ(fetch(cache, "k").text(), "STALE v");
  advance(2 * kSecond);
  EXPECT_EQ(get(cache, "k"), "(miss)");
  coffer_lease_release(cache, leader.lease());
  source.value = "w";
  EXPECT_EQ(load(cache, "k", source), "w");
}

TEST_F(FetchTest, ExpireWithoutGraceRemoves) {
  EXPECT_EQ(put(cache_, "k", "v"), COFFER_OK);
  EXPECT_EQ(coffer_expire(cache_, "k", 1, nullptr), COFFER_OK);
  EXPECT_EQ(fetch(cache_, "k").text(), "LEAD");
  Source source;
  source.meanwhile = [&] { coffer_expire(cache_, "j", 1, nullptr); };
  EXPECT_EQ(load(cache_, "j", source), "v");
  EXPECT_EQ(get(cache_, "j"), "(miss)") << "computed from what was true before";
}

TEST_F(FetchTest, ADeadSourceIsCoveredByTheStaleValueAndNotHammered) {
  coffer_cache* cache = open("memory://?ttl=10s&grace=60s&throttle=5s&early=0");
  Source source;
  EXPECT_EQ(load(cache, "k", source), "v");
  advance(11 * kSecond);
  source.fails = true;
  EXPECT_EQ(load(cache, "k", source), "stale v");
  EXPECT_EQ(source.calls, 2);
  EXPECT_EQ(load(cache, "k", source), "stale v");
  EXPECT_EQ(source.calls, 2) << "the source rests";
  advance(5 * kSecond);
  source.fails = false;
  source.value = "w";
  EXPECT_EQ(load(cache, "k", source), "w");
}

}  // namespace
}  // namespace coffer::testing
