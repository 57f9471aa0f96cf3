// Leases while an allocation fails at each place in turn: none is lost, and nobody waits in vain.
#include <thread>

#include "tests/faults/fixture.h"

namespace coffer::faults {
namespace {

class FetchFaults : public FaultsTest, public ::testing::WithParamInterface<const char*> {
 protected:
  void SetUp() override {
    FaultsTest::SetUp();
    cache_ = open(GetParam());
    on_ = {sizeof on_, 0, &tag_, 1, nullptr, 0};
    options_.struct_size = sizeof options_;
    options_.dependencies = &on_;
  }

  coffer_status fetch(coffer_fetched* out, coffer_error** error) {
    return coffer_fetch(cache_, "k", 1, &options_, out, error);
  }
  static coffer_status load(void*, coffer_cache* cache, coffer_lease lease, coffer_sink*) {
    coffer_commit commit{};
    commit.struct_size = sizeof commit;
    commit.value = bytes("computed, and longer than a short string is");
    return coffer_lease_commit(cache, lease, &commit, nullptr, nullptr);
  }
  // Nobody computes the key, and whoever asks gets it.
  void check() {
    coffer_delete(cache_, "k", 1, nullptr);
    coffer_fetched fetched{};
    ASSERT_EQ(fetch(&fetched, nullptr), COFFER_OK);
    EXPECT_EQ(fetched.state, COFFER_FETCH_LEAD) << "somebody still leads, or waits";
    coffer_lease_release(cache_, fetched.lease);
    coffer_entry entry{};
    EXPECT_EQ(coffer_get_or_load(cache_, "k", 1, &options_, load, nullptr, &entry, nullptr),
              COFFER_OK);
    EXPECT_GT(entry.size, 40u);
    coffer_entry_release(&entry);
    coffer_delete(cache_, "k", 1, nullptr);
  }
  template <typename Call>
  void each(const char* what, Call&& call) {
    each_place(what, std::forward<Call>(call), [this](coffer_status) { check(); });
  }

  coffer_cache* cache_ = nullptr;
  const coffer_bytes tag_ = bytes("a tag whose name is longer than a short string");
  coffer_dependencies on_{};
  coffer_fetch_options options_{};
};

TEST_P(FetchFaults, FetchLeavesNoLeaseBehind) {
  each("fetch", [&](coffer_error** error) {
    coffer_fetched fetched{};
    const coffer_status status = fetch(&fetched, error);
    coffer_lease_release(cache_, fetched.lease);
    coffer_entry_release(&fetched.entry);
    return status;
  });
  const coffer_bytes keys[] = {bytes("k"), bytes("l"), bytes("k")};
  each("fetch_many", [&](coffer_error** error) {
    coffer_fetched fetched[3] = {};
    coffer_status status = coffer_fetch_many(cache_, keys, 3, &options_, fetched, error);
    for (coffer_fetched& one : fetched) {
      EXPECT_TRUE(one.status == COFFER_OK || one.status == COFFER_EXHAUSTED);
      coffer_lease_release(cache_, one.lease);
      coffer_entry_release(&one.entry);
    }
    return status;
  });
}

TEST_P(FetchFaults, CommitEndsOrLeadsOn) {
  coffer_commit commit{};
  commit.struct_size = sizeof commit;
  commit.dependencies = &on_;
  const coffer_value value = sample();
  for (const bool neutral : {false, true}) {
    for (const coffer_ttl ttl : {coffer_ttl{COFFER_TTL_DEFAULT}, coffer_ttl{COFFER_TTL_EXPIRED}}) {
      commit.value = neutral ? coffer_bytes{} : bytes("computed, and longer than a short string");
      commit.neutral = neutral ? &value : nullptr;
      commit.ttl = ttl;
      each("commit", [&](coffer_error** error) {
        coffer_fetched fetched{};
        coffer_status status = fetch(&fetched, error);
        coffer_entry entry{};
        if (status == COFFER_OK)
          status = coffer_lease_commit(cache_, fetched.lease, &commit, &entry, error);
        if (status == COFFER_OK) {
          EXPECT_NE(entry.size, 0u);
        }
        coffer_entry_release(&entry);
        coffer_lease_release(cache_, fetched.lease);
        return status;
      });
    }
  }
  each("commit_many", [&](coffer_error** error) {
    const coffer_bytes keys[] = {bytes("k"), bytes("l")};
    coffer_fetched fetched[2] = {};
    coffer_status status = coffer_fetch_many(cache_, keys, 2, &options_, fetched, error);
    const coffer_lease leases[] = {fetched[0].lease, fetched[1].lease};
    const coffer_commit commits[] = {commit, commit};
    coffer_outcome each[2] = {};
    if (status == COFFER_OK) {
      status = coffer_lease_commit_many(cache_, leases, commits, sizeof commit, 2, each, error);
    }
    for (coffer_fetched& one : fetched) {
      coffer_lease_release(cache_, one.lease);
      coffer_entry_release(&one.entry);
    }
    coffer_delete(cache_, "l", 1, nullptr);
    return status;
  });
  each("abandon", [&](coffer_error** error) {
    coffer_fetched fetched{};
    coffer_status status = fetch(&fetched, error);
    if (status == COFFER_OK) {
      status = coffer_lease_abandon(cache_, fetched.lease, COFFER_IO,
                                    "a reason that is longer than a short string", error);
    }
    coffer_lease_release(cache_, fetched.lease);
    return status;
  });
  each("extend", [&](coffer_error** error) {
    coffer_fetched fetched{};
    coffer_status status = fetch(&fetched, error);
    if (status == COFFER_OK)
      status = coffer_lease_extend(cache_, fetched.lease, testing::kSecond, error);
    coffer_lease_release(cache_, fetched.lease);
    return status;
  });
}

TEST_P(FetchFaults, LoaderEndsItsLease) {
  each("get_or_load", [&](coffer_error** error) {
    coffer_entry entry{};
    const coffer_status status =
        coffer_get_or_load(cache_, "k", 1, &options_, load, nullptr, &entry, error);
    coffer_entry_release(&entry);
    return status;
  });
  each_place(
      "a loader that fails",
      [&](coffer_error**) {
        coffer_entry entry{};
        const auto fail = [](void*, coffer_cache*, coffer_lease, coffer_sink* sink) {
          return coffer_sink_fail(sink, COFFER_IO, 0, "a reason longer than a short string");
        };
        // A failure that is meant, and its error.
        Error own;
        const coffer_status status =
            coffer_get_or_load(cache_, "k", 1, &options_, fail, nullptr, &entry, own.slot());
        EXPECT_TRUE(own.belongs_to(status));
        EXPECT_TRUE(status == COFFER_IO || status == COFFER_EXHAUSTED);
        return coffer_status{COFFER_OK};
      },
      [&](coffer_status) { check(); });
}

// Those in line hear of it, by whatever way the leader ends, and whether they wait in a thread or in
// a queue.
TEST_P(FetchFaults, WhoWaitsIsToldWhateverFails) {
  coffer_queue* queue = nullptr;
  ASSERT_EQ(coffer_queue_create(runtime_, 0, &queue, nullptr), COFFER_OK);
  for (const char* how : {"commit", "hand over", "abandon", "release", "delete"}) {
    for (const int32_t on_error : {COFFER_ON_ERROR_RETRY, COFFER_ON_ERROR_FAIL}) {
      const std::string_view way = how;
      const auto places = std::make_unique<Places>();
      for (bool failed = true; failed && !HasFailure();) {
        SCOPED_TRACE(how);
        coffer_fetched leader{}, waiter{};
        options_.on_error = on_error;
        ASSERT_EQ(fetch(&leader, nullptr), COFFER_OK);
        ASSERT_EQ(fetch(&waiter, nullptr), COFFER_OK);
        ASSERT_EQ(waiter.state, COFFER_FETCH_WAIT);
        ASSERT_EQ(coffer_lease_notify(cache_, waiter.lease, queue, 7, nullptr), COFFER_OK);
        coffer_commit commit{};
        commit.struct_size = sizeof commit;
        commit.value = bytes("computed, and longer than a short string");
        commit.ttl = way == "hand over" ? coffer_ttl{COFFER_TTL_EXPIRED} : coffer_ttl{0};
        fail_next(*places);
        if (way == "abandon") {
          coffer_lease_abandon(cache_, leader.lease, COFFER_IO, "a long reason, not a short string",
                               nullptr);
        } else if (way == "delete") {
          coffer_delete(cache_, "k", 1, nullptr);
        } else if (way != "release") {
          coffer_lease_commit(cache_, leader.lease, &commit, nullptr, nullptr);
        }
        std::string place;
        failed = stop_failing(&place);
        SCOPED_TRACE("an allocation failed at" + place);
        coffer_lease_release(cache_, leader.lease);
        coffer_event event{};
        EXPECT_EQ(coffer_queue_poll(queue, &event, 1, 5 * testing::kSecond), 1u);
        EXPECT_EQ(event.tag, 7u);
        coffer_event_release(&event);
        coffer_fetched told{};
        coffer_lease_wait(cache_, waiter.lease, 0, &told, nullptr);
        EXPECT_NE(told.state, COFFER_FETCH_WAIT);
        coffer_entry_release(&told.entry);
        coffer_lease_release(cache_, told.lease);
        options_.on_error = COFFER_ON_ERROR_DEFAULT;
        advance(100 * testing::kSecond);
        check();
      }
    }
  }
  coffer_queue_release(queue);
}

TEST_P(FetchFaults, WaitAndNotify) {
  coffer_queue* queue = nullptr;
  ASSERT_EQ(coffer_queue_create(runtime_, 0, &queue, nullptr), COFFER_OK);
  each("wait", [&](coffer_error** error) {
    coffer_fetched leader{}, waiter{}, told{};
    coffer_status status = fetch(&leader, error);
    if (status == COFFER_OK) status = fetch(&waiter, error);
    if (status == COFFER_OK) status = coffer_lease_notify(cache_, waiter.lease, queue, 1, error);
    load(nullptr, cache_, leader.lease, nullptr);
    coffer_lease_release(cache_, leader.lease);
    if (status == COFFER_OK) status = coffer_lease_wait(cache_, waiter.lease, 0, &told, error);
    coffer_entry_release(&told.entry);
    coffer_lease_release(cache_, told.lease);
    coffer_lease_release(cache_, waiter.lease);
    coffer_event event{};
    while (coffer_queue_poll(queue, &event, 1, 0) == 1) coffer_event_release(&event);
    return status;
  });
  coffer_queue_release(queue);
}

// Deposes those who lost their lead, without memory: on the thread that keeps house.
TEST_P(FetchFaults, HousekeepingNeedsNoMemory) {
  coffer_fetched leader{}, waiter{};
  ASSERT_EQ(fetch(&leader, nullptr), COFFER_OK);
  ASSERT_EQ(fetch(&waiter, nullptr), COFFER_OK);
  advance(3600 * testing::kSecond);
  coffer_status status;
  {
    const NoMemory none;
    status = coffer_runtime_maintain(runtime_, nullptr);
  }
  EXPECT_TRUE(status == COFFER_OK || status == COFFER_EXHAUSTED);
  coffer_runtime_maintain(runtime_, nullptr);
  coffer_fetched told{};
  ASSERT_EQ(coffer_lease_wait(cache_, waiter.lease, 0, &told, nullptr), COFFER_OK);
  EXPECT_EQ(told.state, COFFER_FETCH_LEAD);
  coffer_lease_release(cache_, leader.lease);
  coffer_lease_release(cache_, told.lease);
  check();
}

INSTANTIATE_TEST_SUITE_P(Stores, FetchFaults, ::testing::ValuesIn(kStores));

}  // namespace
}  // namespace coffer::faults
