// Results, times and bytes: what needs no cache.
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "coffer/coffer.hpp"

namespace {

using namespace std::chrono_literals;
using coffer::Bytes;
using coffer::Outcome;
using coffer::Result;
using coffer::Status;
using coffer::Ttl;

TEST(Outcomes, OkMissAndFailureAreThreeThings) {
  EXPECT_TRUE(Outcome().ok());
  const Outcome miss(COFFER_MISS, nullptr);
  EXPECT_FALSE(miss);
  EXPECT_TRUE(miss.missed());
  EXPECT_FALSE(miss.failed());
  EXPECT_STREQ("MISS", miss.message());
  const Outcome failure = Outcome::failure(Status::kTimeout, "too late");
  EXPECT_TRUE(failure.failed());
  EXPECT_FALSE(failure.missed());
  EXPECT_EQ(Status::kTimeout, failure.status());
  EXPECT_STREQ("too late", failure.message());
  EXPECT_EQ(nullptr, failure.detail("plugin"));
  EXPECT_FALSE(failure.retriable());
  EXPECT_STREQ("EXISTS", coffer::status_name(Status::kExists));
  EXPECT_TRUE(Outcome(99, nullptr).failed()) << "statuses of a later release";
}

TEST(Results, HoldAValueOrADefault) {
  Result<std::string> some = std::string("x");
  EXPECT_TRUE(some);
  EXPECT_EQ("x", *some);
  EXPECT_EQ("x", some.value());
  Result<std::string> none = Outcome(COFFER_MISS, nullptr);
  EXPECT_FALSE(none);
  EXPECT_EQ("", *none);
  EXPECT_EQ("other", std::move(none).value_or("other"));
  Result<std::unique_ptr<int>> owner = std::make_unique<int>(3);
  const std::unique_ptr<int> taken = *std::move(owner);
  EXPECT_EQ(3, *taken);
}

TEST(Results, AFailurePassesOnToAnotherType) {
  Result<int> first = Outcome::failure(Status::kIo, "disk");
  Result<std::string> second = std::move(first).outcome();
  EXPECT_EQ(Status::kIo, second.status());
  EXPECT_STREQ("disk", second.message());
}

TEST(ResultsDeathTest, ValueWithoutAValueEndsTheProgramWithTheMessage) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  Result<int> failed = Outcome::failure(Status::kIo, "the disk is on fire");
  EXPECT_DEATH(static_cast<void>(failed.value()), "the disk is on fire");
}

TEST(Ttls, ZeroIsNeitherDefaultNorForever) {
  EXPECT_EQ(COFFER_TTL_DEFAULT, Ttl().raw());
  EXPECT_EQ(COFFER_TTL_EXPIRED, Ttl(0s).raw());
  EXPECT_EQ(COFFER_TTL_EXPIRED, Ttl(-1ns).raw());
  EXPECT_EQ(COFFER_TTL_EXPIRED, Ttl(std::chrono::nanoseconds::min()).raw());
  EXPECT_EQ(1, Ttl(1ns).raw());
  EXPECT_EQ(1, Ttl(std::chrono::duration<double, std::nano>(0.25)).raw());
  EXPECT_EQ(300'000'000'000, Ttl(5min).raw());
  EXPECT_EQ(COFFER_TTL_FOREVER, Ttl(std::chrono::years(1000)).raw());
  EXPECT_EQ(COFFER_TTL_FOREVER, Ttl(std::chrono::hours::max()).raw());
  EXPECT_EQ(COFFER_TTL_FOREVER, Ttl::forever().raw());
  EXPECT_EQ(COFFER_TTL_KEEP, Ttl::keep().raw());
  EXPECT_TRUE(Ttl::forever().is_forever());
  EXPECT_EQ(std::nullopt, Ttl::forever().duration());
  EXPECT_EQ(5min, Ttl(5min).duration());
  static_assert(Ttl(5min) == Ttl(300s));
}

TEST(DefaultedDurations, ZeroIsNoneAndNothingTheDefault) {
  EXPECT_EQ(0, coffer::DefaultedDuration().raw());
  EXPECT_EQ(-1, coffer::DefaultedDuration(0s).raw());
  EXPECT_EQ(5'000'000, coffer::DefaultedDuration(5ms).raw());
}

TEST(Results, MayBeTemporariesInALoop) {
  const auto call = [] { return Result<std::vector<int>>(std::vector<int>{1, 2}); };
  int sum = 0;
  for (const int item : call().value()) sum += item;
  for (const int item : *call()) sum += item;
  EXPECT_EQ(6, sum);
}

TEST(BytesViews, TakeTextBytesAndBuffers) {
  const std::string string = "abc";
  const std::vector<std::byte> bytes(3, std::byte{'x'});
  const std::vector<unsigned char> octets{'y', 'z'};
  const char array[] = "abc";
  EXPECT_EQ("abc", Bytes(string).text());
  EXPECT_EQ("abc", Bytes(array).text());
  EXPECT_EQ("abc", Bytes(std::string_view("abc")).text());
  EXPECT_EQ("xxx", Bytes(bytes).text());
  EXPECT_EQ("yz", Bytes(octets).text());
  EXPECT_EQ(0u, Bytes("").size());
  EXPECT_EQ(4u, Bytes(array, sizeof(array)).size());
  EXPECT_EQ(2u, Bytes(octets).span().size());
}

TEST(OptionLists, HaveTheTypeOfTheirValue) {
  const std::string name = "lru";
  const coffer::Options options{{"strategy", name},       {"text", "x"},    {"capacity", 10u},
                                {"factor", 0.5},          {"strict", true}, {"ttl", 5min},
                                {"never", Ttl::forever()}};
  ASSERT_EQ(7u, options.size());
  const coffer_option* raw = options.data();
  EXPECT_EQ(COFFER_TYPE_TEXT, raw[0].type);
  EXPECT_EQ("lru", Bytes(raw[0].text).text());
  EXPECT_EQ(COFFER_TYPE_TEXT, raw[1].type);
  EXPECT_EQ(COFFER_TYPE_INT, raw[2].type);
  EXPECT_EQ(10, raw[2].i64);
  EXPECT_EQ(COFFER_TYPE_FLOAT, raw[3].type);
  EXPECT_EQ(0.5, raw[3].f64);
  EXPECT_EQ(COFFER_TYPE_BOOL, raw[4].type);
  EXPECT_EQ(1, raw[4].i64);
  EXPECT_EQ(COFFER_TYPE_DURATION, raw[5].type);
  EXPECT_EQ(300'000'000'000, raw[5].i64);
  EXPECT_EQ(-1, raw[6].i64);
}

}  // namespace
