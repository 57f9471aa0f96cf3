// Time to live in all its forms, through the public header with a clock moved by hand.
#include <gtest/gtest.h>

#include "capi/testing/freshness.h"

namespace coffer::testing {
namespace {

class TimeTest : public RuntimeTest {
 protected:
  static bool has(coffer_cache* cache, std::string_view key) { return get(cache, key) != "(miss)"; }
};

TEST_F(TimeTest, WithinItsGraceAnEntryIsStaleForFetchAndMissingForGet) {
  coffer_cache* cache = open("memory://?ttl=10s&grace=20s&early=0");
  put(cache, "k", "v");
  coffer_read_info info{};
  ASSERT_EQ(coffer_exists(cache, "k", 1, &info, nullptr), COFFER_OK);
  EXPECT_EQ(info.expires_at, coffer_runtime_now(runtime_) + 10 * kSecond)
      << "grace is no time to live";
  advance(10 * kSecond);
  EXPECT_EQ(get(cache, "k"), "(miss)");
  EXPECT_EQ(coffer_exists(cache, "k", 1, nullptr, nullptr), COFFER_MISS);
  EXPECT_TRUE(keys_of(cache, COFFER_SCAN_PREFIX, "").empty());
  const Fetch first = fetch(cache, "k");
  EXPECT_EQ(first.text(), "STALE+lease v");
  EXPECT_NE(first.fetched.entry.flags & COFFER_ENTRY_STALE, 0u);
  EXPECT_EQ(fetch(cache, "k").text(), "STALE v") << "one computes, the others have the stale one";
  EXPECT_EQ(fetch(cache, "k", fetch_options(COFFER_FETCH_NO_STALE)).text(), "WAIT");
  EXPECT_EQ(commit(cache, first.lease(), "w"), COFFER_OK);
  EXPECT_EQ(get(cache, "k"), "w");
  advance(30 * kSecond);
  EXPECT_EQ(fetch(cache, "k").text(), "LEAD");
}

TEST_F(TimeTest, ASoftDeadlineWaitsBeforeItTakesTheStaleEntry) {
  coffer_cache* cache = open("memory://?ttl=10s&grace=20s&soft=2s&early=0");
  put(cache, "k", "v");
  advance(10 * kSecond);
  const Fetch leader = fetch(cache, "k");
  EXPECT_EQ(leader.text(), "STALE+lease v");
  const Fetch waiter = fetch(cache, "k");
  EXPECT_EQ(waiter.text(), "WAIT v");
  EXPECT_EQ(wait(cache, waiter.lease()).text(), "WAIT");
  advance(2 * kSecond);
  EXPECT_EQ(wait(cache, waiter.lease()).text(), "STALE v");
}

// It must not take the answer for the end of its lease, and leave the others waiting for it.
TEST_F(TimeTest, WhoeverWaitsWithAStaleEntryIsToldPlainlyThatItLeads) {
  coffer_cache* cache = open("memory://?ttl=10s&grace=60s&soft=20s&early=0");
  put(cache, "k", "v");
  advance(10 * kSecond);
  const Fetch leader = fetch(cache, "k");
  const Fetch waiter = fetch(cache, "k");
  ASSERT_EQ(waiter.text(), "WAIT v");
  coffer_lease_release(cache, leader.lease());
  const Fetch next = wait(cache, waiter.lease());
  EXPECT_EQ(next.text(), "LEAD v");
  EXPECT_EQ(commit(cache, next.lease(), "w"), COFFER_OK);
  EXPECT_EQ(get(cache, "k"), "w");
}

TEST_F(TimeTest, PutsOverAStaleEntryTreatItAsAbsent) {
  coffer_cache* cache = open("memory://?ttl=10s&grace=20s");
  const coffer_put_options add = put_options(COFFER_PUT_ADD);
  const coffer_put_options replace = put_options(COFFER_PUT_REPLACE);
  put(cache, "a", "1");
  put(cache, "b", "1");
  put(cache, "c", "1");
  EXPECT_EQ(put(cache, "a", "2", &add), COFFER_EXISTS);
  advance(10 * kSecond);
  EXPECT_EQ(put(cache, "b", "2", &replace), COFFER_MISS);
  EXPECT_EQ(put(cache, "a", "2", &add), COFFER_OK);
  EXPECT_EQ(get(cache, "a"), "2");
  EXPECT_EQ(remove(cache, "c"), COFFER_MISS);
  int64_t sum = 0;
  put(cache, "n", "5");
  advance(10 * kSecond);
  ASSERT_EQ(coffer_incr(cache, "n", 1, 1, 0, COFFER_TTL_DEFAULT, &sum, nullptr), COFFER_OK);
  EXPECT_EQ(sum, 1) << "a stale counter starts again";
}

TEST_F(TimeTest, SlidingEntriesLiveAsLongAsTheyAreUsedUpToTheirCap) {
  coffer_cache* cache = open("memory://?ttl=10s&sliding=true&max_age=35s");
  put(cache, "used", "v");
  put(cache, "idle", "v");
  for (int i = 0; i < 4; ++i) {
    advance(8 * kSecond);
    EXPECT_TRUE(has(cache, "used")) << i;
  }
  EXPECT_FALSE(has(cache, "idle"));
  advance(4 * kSecond);
  EXPECT_FALSE(has(cache, "used")) << "36 s after it was put";
}

TEST_F(TimeTest, LookingDoesNotSlide) {
  coffer_cache* cache = open("memory://?ttl=10s&sliding=true");
  put(cache, "k", "v");
  advance(8 * kSecond);
  EXPECT_EQ(coffer_exists(cache, "k", 1, nullptr, nullptr), COFFER_OK);
  advance(8 * kSecond);
  EXPECT_FALSE(has(cache, "k"));
}

TEST_F(TimeTest, TouchKeepsTheGrace) {
  coffer_cache* cache = open("memory://?ttl=10s&grace=5s&early=0");
  put(cache, "k", "v");
  advance(9 * kSecond);
  EXPECT_EQ(coffer_touch(cache, "k", 1, 20 * kSecond, nullptr), COFFER_OK);
  advance(19 * kSecond);
  EXPECT_TRUE(has(cache, "k"));
  advance(2 * kSecond);
  EXPECT_FALSE(has(cache, "k"));
  EXPECT_EQ(fetch(cache, "k").text(), "STALE+lease v");
  EXPECT_EQ(coffer_touch(cache, "k", 1, 20 * kSecond, nullptr), COFFER_MISS);
}

TEST_F(TimeTest, JitterSpreadsWhatIsPutTogether) {
  coffer_cache* cache = open("memory://?ttl=100s&jitter=0.5");
  for (int i = 0; i < 200; ++i) put(cache, "k" + std::to_string(i), "v");
  advance(75 * kSecond);
  int left = 0;
  for (int i = 0; i < 200; ++i) left += has(cache, "k" + std::to_string(i)) ? 1 : 0;
  EXPECT_GT(left, 50);
  EXPECT_LT(left, 150);
  advance(25 * kSecond);
  for (int i = 0; i < 200; ++i) EXPECT_FALSE(has(cache, "k" + std::to_string(i)));
}

TEST_F(TimeTest, WhatWasDearToComputeIsRefreshedBeforeItsEnd) {
  coffer_cache* cache = open("memory://?ttl=100s&early=1");
  const Fetch leader = fetch(cache, "k");
  advance(20 * kSecond);  // so long it took
  EXPECT_EQ(commit(cache, leader.lease(), "v"), COFFER_OK);
  advance(99 * kSecond);
  // A second before its end, 95 of 100 are asked to refresh it: e^(-1/20).
  bool asked = false;
  for (int i = 0; i < 10 && !asked; ++i) {
    const Fetch hit = fetch(cache, "k");
    asked = hit.text() == "HIT+lease v";
    EXPECT_EQ(hit.text(), asked ? "HIT+lease v" : "HIT v");
  }
  EXPECT_TRUE(asked);
  EXPECT_EQ(fetch(cache, "k").text(), "HIT v") << "one is enough";
  coffer_fetch_options never = fetch_options();
  never.early = -1;
  EXPECT_EQ(fetch(cache, "k", never).text(), "HIT v");
}

// Options of a call before those of its cache before those of the runtime.
TEST_F(TimeTest, TheRuntimeHasDefaultsForItsCaches) {
  coffer_runtime* runtime = nullptr;
  const coffer_option options[] = {text_option("clock", "manual"),
                                   text_option("defaults", "ttl=10s&grace=5s")};
  ASSERT_EQ(coffer_runtime_create(options, 2, &runtime, nullptr), COFFER_OK);
  const auto ttl_left = [&](const char* url, const coffer_put_options* put_with) {
    coffer_cache* cache = nullptr;
    EXPECT_EQ(coffer_cache_open(runtime, url, nullptr, 0, &cache, nullptr), COFFER_OK);
    put(cache, "k", "v", put_with);
    coffer_ttl left = 0;
    EXPECT_EQ(coffer_ttl_left(cache, "k", 1, &left, nullptr), COFFER_OK);
    coffer_cache_release(cache);
    return left;
  };
  const coffer_put_options own = put_options(COFFER_PUT_SET, 3 * kSecond);
  EXPECT_EQ(ttl_left("memory://", nullptr), 10 * kSecond);
  EXPECT_EQ(ttl_left("memory://?ttl=20s", nullptr), 20 * kSecond);
  EXPECT_EQ(ttl_left("memory://?ttl=20s", &own), 3 * kSecond);
  coffer_runtime_release(runtime);

  const coffer_option wrong[] = {text_option("defaults", "tll=10s")};
  ASSERT_EQ(coffer_runtime_create(wrong, 1, &runtime, nullptr), COFFER_OK);
  coffer_cache* cache = nullptr;
  coffer_error* error = nullptr;
  EXPECT_EQ(coffer_cache_open(runtime, "memory://", nullptr, 0, &cache, &error),
            COFFER_INVALID_ARGUMENT);
  const std::string message = message_of(error);
  EXPECT_NE(message.find("defaults"), std::string::npos) << message;
  EXPECT_NE(message.find("did you mean 'ttl'"), std::string::npos) << message;
  coffer_runtime_release(runtime);
}

TEST_F(TimeTest, OptionsAboutTimeAreChecked) {
  EXPECT_NE(open_fails("memory://?jitter=2", COFFER_INVALID_ARGUMENT).find("jitter"),
            std::string::npos);
  EXPECT_NE(open_fails("memory://?on_error=explode", COFFER_INVALID_ARGUMENT)
                .find("'retry', 'fail' or 'stale'"),
            std::string::npos);
  EXPECT_NE(open_fails("memory://?graze=1s", COFFER_INVALID_ARGUMENT).find("grace"),
            std::string::npos);
  EXPECT_NE(open_fails("memory://?hard=0", COFFER_INVALID_ARGUMENT).find("hard"),
            std::string::npos);
}

}  // namespace
}  // namespace coffer::testing
