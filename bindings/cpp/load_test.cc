// Values that are computed on a miss.
#include <gtest/gtest.h>

#include <atomic>
#include <barrier>
#include <chrono>
#include <cstring>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "coffer/coffer.hpp"

namespace {

using namespace std::chrono_literals;
using coffer::Cache;
using coffer::Dependencies;
using coffer::Entry;
using coffer::Load;
using coffer::Missing;
using coffer::OnError;
using coffer::Outcome;
using coffer::Result;
using coffer::Runtime;
using coffer::Status;

class LoadTest : public testing::Test {
 protected:
  void SetUp() override {
    runtime_ = Runtime::create({{"clock", "manual"}, {"housekeeping", 0s}}).value();
    cache_ = runtime_.open("memory://").value();
  }
  void put_stale(const char* key, const char* value) {
    cache_.put(key, value, {.ttl = 1s, .grace = 1h}).ignore();
    runtime_.advance(2s).ignore();
  }

  Runtime runtime_;
  Cache cache_;
};

TEST_F(LoadTest, ComputesOnce) {
  int loads = 0;
  const auto load = [&] {
    ++loads;
    return std::string("value");
  };
  for (int i = 0; i < 2; ++i) {
    Result<Entry> entry = cache_.get_or_load("k", load);
    ASSERT_TRUE(entry.ok()) << entry.message();
    EXPECT_EQ("value", entry->text());
  }
  EXPECT_EQ(1, loads);
}

TEST_F(LoadTest, BytesAndNulls) {
  const std::vector<std::byte> bytes(3, std::byte{7});
  EXPECT_EQ(3u, cache_.get_or_load("bytes", [&] { return bytes; })->size());
  EXPECT_EQ("literal", cache_.get_or_load("literal", [] { return "literal"; })->text());
  Result<Entry> null = cache_.get_or_load("null", [] { return std::optional<std::string>(); });
  ASSERT_TRUE(null.ok()) << null.message();
  EXPECT_TRUE(null->is_null());
  EXPECT_TRUE(cache_.get("null")->is_null());
  EXPECT_EQ("", cache_.get_or_load("empty", [] { return std::optional(std::string()); })->text());
  EXPECT_FALSE(cache_.get("empty")->is_null());
}

TEST_F(LoadTest, ValuesAndObjects) {
  using List = std::vector<int>;
  Result<List> first = cache_.get_or_load_value("list", [] { return List{1, 2}; });
  EXPECT_EQ((List{1, 2}), first.value());
  EXPECT_EQ((List{1, 2}), cache_.get_or_load_value("list", [] { return List(); }).value());
  const auto none = [] { return std::optional<int>(); };
  EXPECT_EQ(std::nullopt, cache_.get_or_load_value("none", none).value());
  EXPECT_EQ(std::nullopt, cache_.get_or_load_value("none", none).value());

  static constexpr coffer::ObjectType<const List> kType{"test.list"};
  const auto object = std::make_shared<const List>(List{3});
  EXPECT_EQ(object, cache_.get_or_load_object("o", kType, {}, [&] { return object; }).value());
  const auto fresh = [] { return std::make_shared<const List>(); };
  EXPECT_EQ(object, cache_.get_or_load_object("o", kType, {}, fresh).value());
  const auto nobody = [] { return std::shared_ptr<const List>(); };
  EXPECT_TRUE(cache_.get_or_load_object("no", kType, {}, nobody).missed());
  EXPECT_TRUE(cache_.get("no")->is_null());
}

TEST_F(LoadTest, TheLoaderDecidesWhatToKeep) {
  const auto loaded = cache_.get_or_load_value("k", [](Load& load) {
    load.ttl = 5s;
    load.grace = 5s;
    load.dependencies.tag("t");
    EXPECT_TRUE(load.extend(1min).ok());
    return 7;
  });
  EXPECT_EQ(7, loaded.value());
  EXPECT_EQ(5s, cache_.ttl_left("k")->duration());
  cache_.invalidate_tags({"t"}).ignore();
  EXPECT_TRUE(cache_.exists("k").missed());

  const auto transient = [](Load& load) {
    load.do_not_store();
    return 8;
  };
  EXPECT_EQ(8, cache_.get_or_load_value("n", transient).value());
  EXPECT_TRUE(cache_.exists("n").missed());
}

TEST_F(LoadTest, WhatChangedMeanwhileIsForItsOwnCaller) {
  const Dependencies on = Dependencies().tag("t");
  const auto load = [&] {
    cache_.invalidate_tags({"t"}).ignore();
    return std::string("from before");
  };
  Result<Entry> entry = cache_.get_or_load("k", {.depends_on = on}, load);
  ASSERT_TRUE(entry.ok()) << entry.message();
  EXPECT_EQ("from before", entry->text());
  EXPECT_TRUE(cache_.exists("k").missed());
}

TEST_F(LoadTest, FailuresAndMisses) {
  const auto fail = []() -> Result<std::string> {
    return Outcome::failure(Status::kUnavailable, "the database is away");
  };
  Result<Entry> failed = cache_.get_or_load("k", fail);
  EXPECT_EQ(Status::kUnavailable, failed.status());
  EXPECT_STREQ("the database is away", failed.message());
  const auto miss = []() -> Result<int> { return Outcome(COFFER_MISS, nullptr); };
  EXPECT_TRUE(cache_.get_or_load_value("k", miss).missed());
  EXPECT_TRUE(cache_.exists("k").missed());
  EXPECT_TRUE(cache_.get_or_load("k", {.look = true}, fail).missed());

  put_stale("k", "old");
  Result<Entry> stale = cache_.get_or_load("k", fail);
  ASSERT_TRUE(stale.ok()) << stale.message();
  EXPECT_EQ("old", stale->text());
  EXPECT_TRUE(stale->is_stale());

  Result<std::string> unwritable =
      cache_.get_or_load_value("bad", [] { return std::string("\xff"); });
  EXPECT_EQ(Status::kInvalidArgument, unwritable.status());
  EXPECT_STRNE("INVALID_ARGUMENT", unwritable.message());
  EXPECT_TRUE(cache_.fetch("bad")->leads()) << "the lease was not kept";
}

TEST_F(LoadTest, AKeyThatNeedsItself) {
  Result<Entry> nested = cache_.get_or_load("k", [&]() -> Result<std::string> {
    Result<Entry> again = cache_.get_or_load("k", [] { return std::string("x"); });
    EXPECT_EQ(Status::kInvalidState, again.status());
    if (!again) return std::move(again).outcome();
    return std::string(again->text());
  });
  EXPECT_EQ(Status::kInvalidState, nested.status());
}

TEST_F(LoadTest, ABatchThatNeedsItself) {
  const auto ones = [](const Missing& missing) { return std::vector<int>(missing.keys.size(), 1); };
  const auto nested = [&](const Missing&) -> Result<std::vector<int>> {
    Result<std::vector<int>> again = cache_.get_or_load_many({"c", "b"}, {}, ones);
    EXPECT_EQ(Status::kInvalidState, again.status());
    EXPECT_NE(nullptr, std::strstr(again.message(), "'b'")) << again.message();
    return std::move(again).outcome();
  };
  EXPECT_EQ(Status::kInvalidState, cache_.get_or_load_many({"a", "b"}, {}, nested).status());
  const auto one = [&]() -> Result<int> {
    Result<std::vector<int>> again = cache_.get_or_load_many({"k"}, {}, ones);
    EXPECT_EQ(Status::kInvalidState, again.status());
    return std::move(again).outcome();
  };
  EXPECT_EQ(Status::kInvalidState, cache_.get_or_load_value("k", one).status());
}

TEST_F(LoadTest, ACycleOfThreads) {
  std::barrier<> both(2);
  const auto run = [&](const char* key, const char* needs) {
    const auto load = [&](const Missing&) -> Result<std::vector<int>> {
      both.arrive_and_wait();
      Result<int> part = cache_.get_or_load_value(needs, [] { return 1; });
      if (!part) return std::move(part).outcome();
      return std::vector<int>{*part + 1};
    };
    return cache_.get_or_load_many({key}, {}, load).status();
  };
  Status other{};
  std::thread thread([&] { other = run("b", "a"); });
  const Status mine = run("a", "b");
  thread.join();
  EXPECT_EQ(1, (mine == Status::kInvalidState) + (other == Status::kInvalidState));
  EXPECT_EQ(1, (mine == Status::kOk) + (other == Status::kOk));
}

TEST_F(LoadTest, AWorkerOfALoaderIsPartOfIt) {
  Result<int> loaded = cache_.get_or_load_value("k", [&]() -> Result<int> {
    Result<int> part = Outcome(COFFER_MISS, nullptr);
    std::thread worker([&, mine = coffer::Computation::current()] {
      const coffer::Computation::Scope scope(mine);
      part = cache_.get_or_load_value("k", [] { return 1; });
    });
    worker.join();
    return part;
  });
  EXPECT_EQ(Status::kInvalidState, loaded.status());
  EXPECT_FALSE(coffer::Computation::current());
}

// Those who wait for what cannot be stored compute at once, all of them.
TEST_F(LoadTest, HitForMissLetsAllLead) {
  const auto leads = [&](auto&& load) {
    coffer::Fetched first, second;
    load([&] {
      first = cache_.fetch("h").value();
      second = cache_.fetch("h").value();
    });
    first.wait(0s).ignore();
    second.wait(0s).ignore();
    const bool both = first.leads() && second.leads();
    first.lease().commit("v").ignore();  // it ends there
    cache_.erase("h").ignore();
    return both;
  };
  EXPECT_TRUE(leads([&](auto&& meanwhile) {
    const auto declines = [&](Load& load) {
      meanwhile();
      load.decline();
      return std::string("mine");
    };
    EXPECT_EQ("mine", cache_.get_or_load("h", declines)->text());
  })) << "a loader that declines";
  EXPECT_TRUE(leads([&](auto&& meanwhile) {
    const auto miss = [&]() -> Result<std::string> {
      meanwhile();
      return Outcome(COFFER_MISS, nullptr);
    };
    EXPECT_TRUE(cache_.get_or_load("h", miss).missed());
  })) << "a miss";
  EXPECT_TRUE(leads([&](auto&& meanwhile) {
    const auto unwritable = [&] {
      meanwhile();
      return std::string("\xff");
    };
    EXPECT_TRUE(cache_.get_or_load_value("h", unwritable).failed());
  })) << "more than the serializer can hold";
  EXPECT_TRUE(leads([&](auto&& meanwhile) {
    const auto unwritable = [&](const Missing&) {
      meanwhile();
      return std::vector<std::string>{"\xff"};
    };
    EXPECT_TRUE(cache_.get_or_load_many({"h"}, {}, unwritable).failed());
  })) << "the same of many";
  EXPECT_TRUE(leads([&](auto&& meanwhile) {
    const auto declines = [&](const Missing&, Load& load) {
      meanwhile();
      load.decline();
      return std::vector<std::string>{"mine"};
    };
    EXPECT_EQ("mine", cache_.get_or_load_many({"h"}, {}, declines)->at(0));
  })) << "many that decline";
}

#if defined(__cpp_exceptions)
TEST_F(LoadTest, AnExceptionReachesItsOwnCaller) {
  const auto load = []() -> std::string { throw std::runtime_error("no row"); };
  EXPECT_THROW(cache_.get_or_load("k", load).ignore(), std::runtime_error);
  const auto odd = []() -> int { throw 7; };
  EXPECT_THROW(cache_.get_or_load_value("k", odd).ignore(), int);
  const auto many = [](const Missing&) -> std::vector<int> { throw std::runtime_error("no"); };
  EXPECT_THROW(cache_.get_or_load_many({"k", "l"}, {}, many).ignore(), std::runtime_error);
  EXPECT_TRUE(cache_.fetch("k")->leads()) << "no lease is kept";
  EXPECT_TRUE(cache_.fetch("l")->leads());

  coffer::Fetched waiter;
  const auto seen = [&]() -> std::string {
    waiter = cache_.fetch("w", {.on_error = OnError::kFail}).value();
    throw std::runtime_error("no row");
  };
  EXPECT_THROW(cache_.get_or_load("w", seen).ignore(), std::runtime_error);
  const Outcome told = waiter.wait(0s);
  EXPECT_EQ(Status::kInternal, told.status());
  EXPECT_NE(nullptr, std::strstr(told.message(), "no row")) << told.message();
  const auto many_seen = [&](const Missing&) -> std::vector<int> {
    waiter = cache_.fetch("m", {.on_error = OnError::kFail}).value();
    throw std::runtime_error("no rows");
  };
  EXPECT_THROW(cache_.get_or_load_many({"m"}, {}, many_seen).ignore(), std::runtime_error);
  const Outcome many_told = waiter.wait(0s);
  EXPECT_EQ(Status::kInternal, many_told.status());
  EXPECT_NE(nullptr, std::strstr(many_told.message(), "no rows")) << many_told.message();
}
#endif

// ---- Many

TEST_F(LoadTest, ManyAreComputedInOneCall) {
  cache_.put_value("b", 2).ignore();
  int calls = 0;
  const std::vector<std::string> keys{"a", "b", "c", "a"};
  const auto load = [&](const Missing& missing, Load& load) {
    ++calls;
    load.ttl = 5s;
    load.dependencies.tag("t");
    std::vector<int> values;
    for (std::size_t i = 0; i < missing.keys.size(); ++i) {
      EXPECT_EQ(keys[missing.positions[i]], missing.keys[i].text());
      values.push_back(missing.keys[i].text()[0] - 'a' + 1);
    }
    EXPECT_EQ(2u, values.size());
    return values;
  };
  Result<std::vector<int>> values = cache_.get_or_load_many(keys, {}, load);
  ASSERT_TRUE(values.ok()) << values.message();
  EXPECT_EQ((std::vector<int>{1, 2, 3, 1}), *values);
  EXPECT_EQ((std::vector<int>{1, 2, 3, 1}), cache_.get_or_load_many(keys, {}, load).value());
  EXPECT_EQ(1, calls);
  EXPECT_EQ(5s, cache_.ttl_left("c")->duration());
  cache_.invalidate_tags({"t"}).ignore();
  EXPECT_TRUE(cache_.exists("a").missed());
  EXPECT_TRUE(cache_.exists("b").ok());
  EXPECT_TRUE(cache_.get_or_load_many(std::vector<std::string>(), {}, load)->empty());
}

TEST_F(LoadTest, ManyWithNullsAndStaleOnes) {
  put_stale("s", "1");
  const auto load = [](const Missing& missing) {
    return std::vector<std::optional<int>>(missing.keys.size());
  };
  const auto values = cache_.get_or_load_many({"n", "s"}, {}, load);
  ASSERT_TRUE(values.ok()) << values.message();
  EXPECT_EQ(std::nullopt, values->at(0));
  EXPECT_TRUE(cache_.get("n")->is_null());
  EXPECT_EQ(std::nullopt, values->at(1)) << "computed anew";
}

TEST_F(LoadTest, ManyThatFail) {
  const auto fail = [](const Missing&) -> Result<std::vector<std::string>> {
    return Outcome::failure(Status::kUnavailable, "the database is away");
  };
  cache_.put("b", "2").ignore();
  const auto failed = cache_.get_or_load_many({"a", "b"}, {}, fail);
  EXPECT_EQ(Status::kUnavailable, failed.status());
  EXPECT_STREQ("the database is away", failed.message());
  put_stale("a", "old");
  const auto stale = cache_.get_or_load_many({"a", "b"}, {}, fail);
  ASSERT_TRUE(stale.ok()) << stale.message();
  EXPECT_EQ((std::vector<std::string>{"old", "2"}), *stale);

  const auto few = [](const Missing&) { return std::vector<int>(); };
  EXPECT_EQ(Status::kInvalidArgument, cache_.get_or_load_many({"x", "y"}, {}, few).status());
  const auto odd = [](const Missing&) { return std::vector<std::string>{"\xff"}; };
  EXPECT_EQ(Status::kInvalidArgument, cache_.get_or_load_many({"x"}, {}, odd).status());
  EXPECT_TRUE(cache_.get_or_load_many({"x"}, {.look = true}, few).missed());
  const auto miss = [](const Missing&) -> Result<std::vector<int>> {
    return Outcome(COFFER_MISS, nullptr);
  };
  EXPECT_TRUE(cache_.get_or_load_many({"x", "y"}, {}, miss).missed());
  EXPECT_TRUE(cache_.fetch("x")->leads()) << "no lease is kept";
}

TEST_F(LoadTest, ManyInADirtyTransaction) {
  const coffer::Transaction transaction = runtime_.transaction().value();
  transaction.mark_dirty().ignore();
  cache_.put_value("a", 1).ignore();
  const auto load = [](const Missing& missing) { return std::vector<int>(missing.keys.size(), 9); };
  const auto values = cache_.get_or_load_many({"a", "b"}, {.transaction = &transaction}, load);
  EXPECT_EQ((std::vector<int>{9, 9}), values.value());
  EXPECT_EQ(1, cache_.get_value<int>("a").value());
  EXPECT_TRUE(cache_.exists("b").missed());
}

TEST_F(LoadTest, WhoWaitsForAnAbandonedKeyComputesIt) {
  coffer::Fetched other = cache_.fetch("b").value();
  int calls = 0;
  const auto load = [&](const Missing& missing) {
    // The first call is for "a" alone; while it runs, whoever led "b" gives up.
    if (calls++ == 0) {
      EXPECT_EQ(1u, missing.keys.size());
      other = coffer::Fetched();
    } else {
      EXPECT_EQ("b", missing.keys[0].text());
    }
    return std::vector<int>(missing.keys.size(), calls);
  };
  const auto values = cache_.get_or_load_many({"a", "b"}, {}, load);
  ASSERT_TRUE(values.ok()) << values.message();
  EXPECT_EQ((std::vector<int>{1, 2}), *values);
}

TEST_F(LoadTest, ThreadsShareWhatOneComputes) {
  Runtime runtime = Runtime::create().value();
  const Cache cache = runtime.open("memory://").value();
  std::atomic<int> computed{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 100; ++i) {
        const std::string base = "k" + std::to_string(i);
        std::vector<std::string> keys{base + "a", base + "b", base + "c"};
        if (t % 2 == 1) std::swap(keys[0], keys[2]);  // each waits for the other, if it could
        const auto load = [&](const Missing& missing) {
          computed += static_cast<int>(missing.keys.size());
          std::vector<std::string> values;
          for (const coffer::Bytes key : missing.keys) values.emplace_back(key.text());
          return values;
        };
        const auto values = cache.get_or_load_many(keys, {}, load);
        EXPECT_EQ(keys, values.value());
        const auto single = cache.get_or_load("s" + base, [&] {
          ++computed;
          return base;
        });
        EXPECT_EQ(base, single->text());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(400, computed.load());
}

}  // namespace
