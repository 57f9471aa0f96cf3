// Computations that would wait for themselves, through coffer/computation.h and coffer_get_or_load.
#include "coffer/computation.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <barrier>
#include <functional>
#include <random>
#include <thread>

#include "capi/testing/freshness.h"

namespace coffer::testing {
namespace {

using Load = std::function<std::string()>;  // "" for a failure, which is told already

class ComputationTest : public RuntimeTest {
 protected:
  void SetUp() override {
    RuntimeTest::SetUp();
    cache_ = open("memory://?early=0&hard=1h");
  }

  // The value under the key, or why there is none.
  static std::string load(coffer_cache* cache, std::string_view key, const Load& compute) {
    coffer_entry entry{};
    coffer_error* error = nullptr;
    const coffer_status status = coffer_get_or_load(
        cache, key.data(), key.size(), nullptr,
        [](void* user, coffer_cache* of, coffer_lease lease, coffer_sink* sink) -> coffer_status {
          const std::string value = (*static_cast<const Load*>(user))();
          if (value.starts_with("cannot"))
            return coffer_sink_fail(sink, COFFER_IO, 0, value.c_str());
          const coffer_commit commit = value_commit(value);
          return coffer_lease_commit(of, lease, &commit, nullptr, nullptr);
        },
        const_cast<Load*>(&compute), &entry, &error);
    const std::string message = message_of(error);
    if (status != COFFER_OK) return "cannot: " + message;
    std::string value(static_cast<const char*>(entry.data), entry.size);
    coffer_entry_release(&entry);
    return value;
  }
  static std::string one() { return "1"; }

  // Runs all at once, each on a thread of its own.
  static std::vector<std::string> together(const std::vector<Load>& calls) {
    std::vector<std::string> results(calls.size());
    std::vector<std::thread> threads;
    for (size_t i = 0; i < calls.size(); ++i)
      threads.emplace_back([&, i] { results[i] = calls[i](); });
    for (std::thread& thread : threads) thread.join();
    return results;
  }

  static bool is_cycle(const std::string& result) { return result.starts_with("cannot"); }

  coffer_computation* begin(const char* key, coffer_lease lease) {
    const coffer_bytes name = bytes(key);
    coffer_computation* computation = nullptr;
    EXPECT_EQ(coffer_computation_begin(cache_, &name, &lease, 1, &computation, nullptr), COFFER_OK);
    return computation;
  }

  coffer_cache* derive(const char* space) {
    const coffer_option option = text_option("namespace", space);
    coffer_cache* derived = nullptr;
    EXPECT_EQ(coffer_cache_derive(cache_, &option, 1, &derived, nullptr), COFFER_OK);
    caches_.push_back(derived);
    return derived;
  }

  coffer_cache* cache_ = nullptr;
};

TEST_F(ComputationTest, AKeyThatNeedsItselfIsRefused) {
  const std::string result = load(cache_, "k", [&] { return load(cache_, "k", one); });
  EXPECT_NE(result.find("computing 'k' needs 'k' itself"), std::string::npos) << result;
  EXPECT_EQ(load(cache_, "k", one), "1") << "and the key is free";
}

TEST_F(ComputationTest, AKeyIsWhatIsStored) {
  coffer_cache* a = derive("a");
  coffer_cache* b = derive("b");
  EXPECT_EQ(load(a, "k", [&] { return load(b, "k", one); }), "1");
  remove(a, "k");
  const std::string result = load(a, "k", [&] { return load(cache_, "a:k", one); });
  EXPECT_NE(result.find("'a:k' needs 'a:k'"), std::string::npos) << result;
  coffer_cache* named = open("memory://one?hard=1h");
  coffer_cache* again = open("memory://one?hard=1h");
  EXPECT_TRUE(is_cycle(load(named, "k", [&] { return load(again, "k", one); })));
  EXPECT_EQ(load(named, "k", [&] { return load(cache_, "k", one); }), "1") << "two stores";
}

TEST_F(ComputationTest, AHitOnOnesOwnKeyIsNoWait) {
  const std::string result = load(cache_, "k", [&] {
    put(cache_, "k", "written");
    return load(cache_, "k", one);
  });
  EXPECT_EQ(result, "written");
}

TEST_F(ComputationTest, ACycleOfThreadsNamesItsKeys) {
  for (const int size : {2, 3, 6}) {
    std::barrier<> all(size);
    const auto name = [&](int i) { return std::to_string(size) + "." + std::to_string(i % size); };
    std::vector<Load> calls;
    for (int i = 0; i < size; ++i) {
      calls.push_back([&, i] {
        return load(cache_, name(i), [&, i] {
          all.arrive_and_wait();
          return load(cache_, name(i + 1), one);
        });
      });
    }
    const std::vector<std::string> results = together(calls);
    EXPECT_EQ(std::count_if(results.begin(), results.end(), is_cycle), 1);
    const auto refused = std::find_if(results.begin(), results.end(), is_cycle);
    for (int i = 0; i < size; ++i)
      EXPECT_NE(refused->find("'" + name(i) + "'"), std::string::npos) << *refused;
  }
}

TEST_F(ComputationTest, AThreadThatWorksForAnotherIsPartOfIt) {
  const auto hand_over = [&](bool enter) {
    return load(cache_, "k", [&] {
      coffer_computation* mine = coffer_computation_share();
      std::string result;
      std::thread worker([&] {
        coffer_computation* outer = enter ? coffer_computation_enter(mine) : nullptr;
        result = enter ? load(cache_, "k", one) : load(cache_, "other", one);
        if (enter) coffer_computation_enter(outer);
      });
      worker.join();
      coffer_computation_release(mine);
      return result;
    });
  };
  EXPECT_TRUE(is_cycle(hand_over(true)));
  EXPECT_EQ(hand_over(false), "1");
  EXPECT_EQ(coffer_computation_share(), nullptr) << "outside there is none";
}

// One thread that drives the computations of several tasks, as an event loop does.
TEST_F(ComputationTest, ACycleOfTasksIsAnEventAtOnce) {
  coffer_queue* queue = nullptr;
  ASSERT_EQ(coffer_queue_create(runtime_, 0, &queue, nullptr), COFFER_OK);
  const Fetch a = fetch(cache_, "a");
  const Fetch b = fetch(cache_, "b");
  coffer_computation* of_a = begin("a", a.lease());
  coffer_computation* of_b = begin("b", b.lease());
  const Fetch a_needs_b = fetch(cache_, "b");
  const Fetch b_needs_a = fetch(cache_, "a");
  const auto notify = [&](coffer_computation* in, const Fetch& waits, uint64_t tag) {
    coffer_computation* outer = coffer_computation_enter(in);
    EXPECT_EQ(coffer_lease_notify(cache_, waits.lease(), queue, tag, nullptr), COFFER_OK);
    EXPECT_EQ(coffer_computation_enter(outer), in);
  };
  coffer_event event{};
  notify(of_a, a_needs_b, 1);
  EXPECT_EQ(coffer_queue_poll(queue, &event, 1, 0), 0u);
  notify(of_b, b_needs_a, 2);
  ASSERT_EQ(coffer_queue_poll(queue, &event, 1, 0), 1u);
  EXPECT_EQ(event.tag, 2u);
  coffer_event_release(&event);
  coffer_fetched fetched{};
  coffer_error* error = nullptr;
  EXPECT_EQ(coffer_lease_wait(cache_, b_needs_a.lease(), 0, &fetched, &error),
            COFFER_INVALID_STATE);
  ASSERT_NE(coffer_error_detail(error, "cycle"), nullptr);
  EXPECT_STREQ(coffer_error_detail(error, "cycle"),
               "a cycle: computing 'b' needs 'a', which needs 'b'");
  coffer_error_release(error);
  coffer_computation_end(of_b);
  EXPECT_EQ(commit(cache_, b.lease(), "2"), COFFER_OK);
  EXPECT_EQ(coffer_queue_poll(queue, &event, 1, 0), 1u);
  coffer_event_release(&event);
  EXPECT_EQ(wait(cache_, a_needs_b.lease()).text(), "HIT 2");
  coffer_computation_end(of_a);
  coffer_queue_release(queue);
}

TEST_F(ComputationTest, OneThatHasEndedIsNoPartOfACycle) {
  const Fetch a = fetch(cache_, "a");
  coffer_computation* of_a = begin("a", a.lease());
  coffer_computation_enter(of_a);
  coffer_computation* shared = coffer_computation_share();
  coffer_computation_end(of_a);
  const Fetch again = fetch(cache_, "a");
  coffer_queue* queue = nullptr;
  ASSERT_EQ(coffer_queue_create(runtime_, 0, &queue, nullptr), COFFER_OK);
  EXPECT_EQ(coffer_lease_notify(cache_, again.lease(), queue, 1, nullptr), COFFER_OK);
  coffer_event event{};
  EXPECT_EQ(coffer_queue_poll(queue, &event, 1, 0), 0u) << "it waits until it is committed";
  coffer_computation_enter(nullptr);
  coffer_computation_release(shared);
  EXPECT_EQ(commit(cache_, a.lease(), "1"), COFFER_OK);
  EXPECT_EQ(coffer_queue_poll(queue, &event, 1, 0), 1u);
  coffer_event_release(&event);
  EXPECT_EQ(wait(cache_, again.lease()).text(), "HIT 1");
  coffer_queue_release(queue);
}

TEST_F(ComputationTest, AStaleEntryIsTakenInsteadOfACycle) {
  coffer_cache* cache = open("memory://?early=0&hard=1h&soft=1h&grace=1h&ttl=1s");
  put(cache, "k", "old");
  advance(2 * kSecond);
  const Fetch leads = fetch(cache, "k");
  ASSERT_EQ(leads.text(), "STALE+lease old");
  const coffer_bytes name = bytes("k");
  const coffer_lease lease = leads.lease();
  coffer_computation* mine = nullptr;
  ASSERT_EQ(coffer_computation_begin(cache, &name, &lease, 1, &mine, nullptr), COFFER_OK);
  coffer_computation_enter(mine);
  const Fetch waits = fetch(cache, "k");
  EXPECT_EQ(wait(cache, waits.lease(), -1).text(), "STALE old");
  coffer_computation_enter(nullptr);
  coffer_computation_end(mine);
  coffer_lease_release(cache, lease);
}

TEST_F(ComputationTest, WrongCallsAreNamed) {
  coffer_computation* computation = nullptr;
  coffer_error* error = nullptr;
  const coffer_bytes name = bytes("k");
  EXPECT_EQ(coffer_computation_begin(cache_, &name, nullptr, 0, &computation, &error),
            COFFER_INVALID_ARGUMENT);
  EXPECT_NE(message_of(error).find("count is 0"), std::string::npos);
  EXPECT_EQ(coffer_computation_begin(nullptr, &name, nullptr, 1, &computation, nullptr),
            COFFER_INVALID_ARGUMENT);
  coffer_computation_end(nullptr);
  coffer_computation_release(nullptr);
}

// Needs that only go up have no cycle: nobody is refused. Needs at random have many: all end.
TEST_F(ComputationTest, ThreadsAreNeitherStuckNorRefused) {
  const uint32_t seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  constexpr int kThreads = 8, kKeys = 10, kRounds = 30;
  for (const bool ordered : {true, false}) {
    std::atomic<int> refused{0};
    std::vector<Load> calls;
    for (int i = 0; i < kThreads; ++i) {
      calls.push_back([&, i]() -> std::string {
        std::mt19937 random(seed + static_cast<uint32_t>(i));
        std::function<std::string(int, int)> need = [&](int key, int depth) {
          return load(cache_, std::to_string(key), [&, key, depth]() -> std::string {
            for (int n = 0; n < 2 && depth < 4; ++n) {
              const int low = ordered ? key + 1 : 0;
              if (low >= kKeys) break;
              const int next =
                  low + static_cast<int>(random() % static_cast<unsigned>(kKeys - low));
              const std::string part = need(next, depth + 1);
              if (is_cycle(part)) return part;
            }
            return "1";
          });
        };
        for (int round = 0; round < kRounds; ++round) {
          const int key = static_cast<int>(random() % kKeys);
          if (is_cycle(need(key, 0))) ++refused;
          remove(cache_, std::to_string(random() % kKeys));
        }
        return "";
      });
    }
    together(calls);
    if (ordered) {
      EXPECT_EQ(refused, 0);
    }
  }
}

}  // namespace
}  // namespace coffer::testing
