#include "core/freshness/life.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/freshness/random.h"

namespace coffer::core {
namespace {

constexpr int64_t kSecond = 1'000'000'000;

Life life(const LifeRules& rules, LifeRequest request = {}, coffer_time now = 100 * kSecond,
          double random = 1) {
  return life_of(rules, request, now, random);
}

TEST(LifeTest, DefaultComesFromTheRulesAndADurationFromTheCaller) {
  LifeRules rules;
  EXPECT_EQ(life(rules).ttl, COFFER_TTL_FOREVER);
  rules.ttl = 60 * kSecond;
  EXPECT_EQ(life(rules).ttl, 60 * kSecond);
  EXPECT_EQ(life(rules, {.ttl = kSecond}).ttl, kSecond);
  EXPECT_EQ(life(rules, {.ttl = COFFER_TTL_FOREVER}).ttl, COFFER_TTL_FOREVER);
  EXPECT_EQ(life(rules, {.ttl = INT64_MAX}).ttl, COFFER_TTL_FOREVER);
}

// ZCache: min(300 s, 0.1 * ttl), but at least 1 s.
TEST(LifeTest, NullsLiveShorter) {
  LifeRules rules;
  const auto null_ttl = [&](coffer_ttl ttl) {
    rules.ttl = ttl;
    return life(rules, {.null = true}).ttl;
  };
  EXPECT_EQ(null_ttl(3600 * kSecond), 300 * kSecond);
  EXPECT_EQ(null_ttl(100 * kSecond), 10 * kSecond);
  EXPECT_EQ(null_ttl(5 * kSecond), kSecond);
  EXPECT_EQ(null_ttl(kSecond / 2), kSecond / 2) << "no longer than a value";
  EXPECT_EQ(null_ttl(COFFER_TTL_FOREVER), 300 * kSecond);
  EXPECT_EQ(life(rules, {.ttl = 7 * kSecond, .null = true}).ttl, 7 * kSecond) << "asked for";
  rules.null_ttl = 20 * kSecond;
  EXPECT_EQ(null_ttl(3600 * kSecond), 20 * kSecond);
  rules.null_ttl = COFFER_TTL_FOREVER;
  EXPECT_EQ(null_ttl(3600 * kSecond), COFFER_TTL_FOREVER);
}

TEST(LifeTest, JitterTakesOffUpToItsPart) {
  LifeRules rules;
  rules.ttl = 100 * kSecond;
  rules.jitter = 0.25;
  EXPECT_EQ(life(rules, {}, 0, 1).ttl, 75 * kSecond);
  EXPECT_EQ(life(rules, {}, 0, 0.5).ttl, 87'500'000'000);
  for (int i = 0; i < 1000; ++i) {
    const coffer_ttl ttl = life(rules, {}, 0, uniform_random()).ttl;
    EXPECT_GE(ttl, 75 * kSecond);
    EXPECT_LE(ttl, 100 * kSecond);
  }
}

TEST(LifeTest, GraceIsAddedToTheTimeInTheStore) {
  LifeRules rules;
  rules.ttl = 10 * kSecond;
  rules.grace = 60 * kSecond;
  Life result = life(rules);
  EXPECT_EQ(result.ttl, 70 * kSecond);
  EXPECT_EQ(result.times.grace, 60 * kSecond);
  result = life(rules, {.grace = -1});
  EXPECT_EQ(result.ttl, 10 * kSecond);
  EXPECT_EQ(result.times.grace, 0);
  EXPECT_EQ(life(rules, {.grace = kSecond}).ttl, 11 * kSecond);
  EXPECT_EQ(life(rules, {.ttl = COFFER_TTL_FOREVER}).times.grace, 0)
      << "without an end there is no grace";
}

TEST(LifeTest, SlidingEntriesAreUsedUpToTheirCap) {
  LifeRules rules;
  rules.ttl = 10 * kSecond;
  rules.sliding = true;
  const coffer_time now = 100 * kSecond;
  Life result = life(rules, {}, now);
  EXPECT_EQ(result.ttl, 10 * kSecond);
  EXPECT_EQ(result.times.sliding, 10 * kSecond);
  EXPECT_EQ(result.times.cap, COFFER_NEVER);
  EXPECT_EQ(last_served(result, now), COFFER_NEVER);

  rules.max_age = 25 * kSecond;
  result = life(rules, {}, now);
  EXPECT_EQ(result.times.cap, now + 25 * kSecond);
  EXPECT_EQ(last_served(result, now), now + 25 * kSecond);
  const coffer_time expires = now + result.ttl;
  EXPECT_EQ(slide(result.times, expires, now + kSecond / 2), 0) << "not worth a write yet";
  EXPECT_EQ(slide(result.times, expires, now + 5 * kSecond), 10 * kSecond);
  EXPECT_EQ(slide(result.times, now + 22 * kSecond, now + 20 * kSecond), 5 * kSecond) << "the cap";
  EXPECT_EQ(slide(result.times, now + 25 * kSecond, now + 24 * kSecond), 0);

  rules.max_age = 4 * kSecond;
  EXPECT_EQ(life(rules, {}, now).ttl, 4 * kSecond);
}

TEST(LifeTest, EarlyRefreshIsLikelierForWhatIsDearAndNearItsEnd) {
  const coffer_time end = 1000 * kSecond;
  EXPECT_FALSE(refresh_early(end - kSecond, COFFER_NEVER, kSecond, 1, 0.5));
  EXPECT_FALSE(refresh_early(end - kSecond, end, 0, 1, 0.5));
  EXPECT_FALSE(refresh_early(end - kSecond, end, kSecond, 0, 0.0001));
  // now - cost * beta * ln(random) >= end, by hand: -ln(0.5) is 0.693.
  EXPECT_TRUE(refresh_early(end - 69 * kSecond / 100, end, kSecond, 1, 0.5));
  EXPECT_FALSE(refresh_early(end - 70 * kSecond / 100, end, kSecond, 1, 0.5));
  EXPECT_TRUE(refresh_early(end - 138 * kSecond / 100, end, kSecond, 2, 0.5));
  EXPECT_TRUE(refresh_early(end, end, 1, 1, 1));
  // At a distance of d costs, a share of e^-d is early.
  int early = 0;
  constexpr int kTries = 20'000;
  for (int i = 0; i < kTries; ++i)
    early += refresh_early(end - 2 * kSecond, end, kSecond, 1, uniform_random()) ? 1 : 0;
  EXPECT_NEAR(early, kTries * std::exp(-2), kTries * 0.02);
}

}  // namespace
}  // namespace coffer::core
