// The binding on the real library and the bundled plugins.
#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <cstring>
#include <limits>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "coffer/coffer.hpp"

namespace {

using namespace std::chrono_literals;
using coffer::Cache;
using coffer::Entry;
using coffer::Result;
using coffer::Runtime;
using coffer::Status;
using coffer::Ttl;
using coffer::Value;

// A runtime whose time moves by hand and a private cache on it.
class CacheTest : public testing::Test {
 protected:
  void SetUp() override {
    runtime_ = Runtime::create({{"clock", "manual"}, {"housekeeping", 0s}}).value();
    cache_ = runtime_.open("memory://", {{"capacity", 1000}, {"strategy", "lru"}}).value();
  }
  Runtime runtime_;
  Cache cache_;
};

TEST_F(CacheTest, HitNullAndMissAreThreeThings) {
  const std::uint64_t version = cache_.put("user:7", "Ada").value();
  ASSERT_TRUE(cache_.put_null("user:8").ok());

  Result<Entry> hit = cache_.get("user:7");
  ASSERT_TRUE(hit.ok()) << hit.message();
  EXPECT_EQ("Ada", hit->text());
  EXPECT_EQ(3u, hit->bytes().size());
  EXPECT_EQ(version, hit->version());
  EXPECT_FALSE(hit->is_null());
  EXPECT_FALSE(hit->is_negative());
  EXPECT_FALSE(hit->is_object());
  EXPECT_EQ(std::uint32_t{COFFER_FORMAT_RAW}, hit->format());
  EXPECT_EQ(std::nullopt, hit->expires_at());

  Result<Entry> null = cache_.get("user:8");
  ASSERT_TRUE(null.ok());
  EXPECT_TRUE(null->is_null());
  EXPECT_EQ("", null->text());

  Result<Entry> miss = cache_.get("user:9");
  EXPECT_FALSE(miss.ok());
  EXPECT_TRUE(miss.missed());
  EXPECT_FALSE(miss.failed());
  EXPECT_EQ("", miss->text());
  EXPECT_EQ(0u, miss->version());
}

TEST_F(CacheTest, ErasesAVersionAndExpires) {
  const std::uint64_t first = cache_.put("k", "1").value();
  const std::uint64_t second = cache_.put("k", "2").value();
  EXPECT_EQ(Status::kConflict, cache_.erase_if("k", first).status());
  EXPECT_TRUE(cache_.erase_if("k", second).ok());
  EXPECT_TRUE(cache_.erase_if("k", second).missed());
  EXPECT_TRUE(cache_.put("k", "3").ok());
  EXPECT_TRUE(cache_.expire("k").ok());
  EXPECT_TRUE(cache_.expire("k").missed());
}

TEST_F(CacheTest, AnEntryOutlivesOverwriteDeleteAndHandles) {
  cache_.put("k", "before").ignore();
  Entry entry = cache_.get("k").value();
  cache_.put("k", "after").ignore();
  EXPECT_TRUE(cache_.erase("k").ok());
  cache_ = Cache();
  runtime_ = Runtime();
  Entry moved = std::move(entry);
  EXPECT_EQ("", entry.text());  // NOLINT: a moved-from entry is empty
  EXPECT_EQ("before", moved.text());
  moved.reset();
  EXPECT_EQ("", moved.text());
}

TEST_F(CacheTest, ReadIntoACallersBuffer) {
  cache_.put("k", "12345").ignore();
  std::array<char, 8> buffer{};
  Result<coffer::ReadInfo> read = cache_.read_into("k", buffer);
  ASSERT_TRUE(read.ok()) << read.message();
  EXPECT_EQ("12345", std::string_view(buffer.data(), read->size));
  EXPECT_NE(0u, read->version);
  EXPECT_FALSE(read->is_null());

  std::array<std::byte, 2> small{};
  Result<coffer::ReadInfo> too_small = cache_.read_into("k", small);
  EXPECT_EQ(Status::kShort, too_small.status());
  EXPECT_EQ(5u, too_small->size);
  EXPECT_EQ(std::byte{0}, small[0]);
  EXPECT_TRUE(cache_.read_into("none", buffer).missed());
}

TEST_F(CacheTest, ConditionalWrites) {
  const std::uint64_t first = cache_.add("k", "1").value();
  EXPECT_EQ(Status::kExists, cache_.add("k", "2").status());
  EXPECT_TRUE(cache_.replace("none", "x").missed());
  const std::uint64_t second = cache_.replace("k", "3").value();
  EXPECT_NE(first, second);
  EXPECT_EQ(Status::kConflict, cache_.compare_and_swap("k", first, "4").status());
  EXPECT_TRUE(cache_.compare_and_swap("k", second, "5").ok());
  EXPECT_TRUE(cache_.compare_and_swap("none", second, "6").missed());
  EXPECT_EQ("5", cache_.get("k")->text());
  EXPECT_TRUE(cache_.erase("k").ok());
  EXPECT_TRUE(cache_.erase("k").missed());
}

TEST_F(CacheTest, TimesToLive) {
  cache_.put("short", "x", {.ttl = 10s}).ignore();
  cache_.put("long", "x", {.ttl = Ttl::forever()}).ignore();
  EXPECT_EQ(10s, cache_.ttl_left("short")->duration());
  EXPECT_TRUE(cache_.ttl_left("long")->is_forever());
  EXPECT_TRUE(cache_.ttl_left("none").missed());
  EXPECT_EQ(runtime_.now() + 10s, cache_.get("short")->expires_at());

  ASSERT_TRUE(runtime_.advance(6s).ok());
  EXPECT_TRUE(cache_.touch("short", 5s).ok());
  EXPECT_TRUE(cache_.touch("none", 5s).missed());
  ASSERT_TRUE(runtime_.advance(4s).ok());
  EXPECT_TRUE(cache_.exists("short").ok());
  ASSERT_TRUE(runtime_.advance(1s).ok());
  EXPECT_TRUE(cache_.exists("short").missed());
  EXPECT_TRUE(cache_.exists("long").ok());

  cache_.put("long", "x", {.ttl = 0s}).ignore();
  EXPECT_TRUE(cache_.exists("long").missed()) << "a ttl of nothing left is a delete";
  EXPECT_EQ(Status::kInvalidArgument, runtime_.advance(-1s).status());
  EXPECT_TRUE(runtime_.maintain().ok());
}

TEST_F(CacheTest, Counters) {
  EXPECT_EQ(1, cache_.incr("n").value());
  EXPECT_EQ(11, cache_.incr("n", 10).value());
  EXPECT_EQ(10, cache_.incr("n", -1).value());
  EXPECT_EQ(105, cache_.incr("m", 5, {.initial = 100, .ttl = 1s}).value());
  EXPECT_EQ(1s, cache_.ttl_left("m")->duration());
  cache_.put("text", "abc").ignore();
  Result<std::int64_t> refused = cache_.incr("text");
  EXPECT_EQ(Status::kInvalidState, refused.status());
  EXPECT_STRNE("INVALID_STATE", refused.message()) << "a sentence, not only a name";
}

TEST_F(CacheTest, CountersCountValues) {
  for (const char* serializer : {"json", "msgpack"}) {
    Cache cache = cache_.derive({{"serializer", serializer}}).value();
    cache.put_value("n", 41).ignore();
    EXPECT_EQ(42, cache.incr("n").value());
    EXPECT_EQ(42, cache.get_value<int>("n").value());
    EXPECT_TRUE(cache.incr_existing("none").missed());
    EXPECT_EQ(43, cache.incr_existing("n").value());
    cache.erase("n").ignore();
    EXPECT_EQ(1, cache.incr("n").value());
    EXPECT_EQ(1, cache.get_value<std::int64_t>("n").value());
    cache.put_value("n", std::numeric_limits<std::int64_t>::max()).ignore();
    EXPECT_EQ(Status::kInvalidState, cache.incr("n").status());
    cache.put_value("n", 1.5).ignore();
    EXPECT_EQ(Status::kInvalidState, cache.incr("n").status());
    cache.erase("n").ignore();
  }
}

TEST_F(CacheTest, ATtlOfZeroOrLessLeavesNothing) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const Ttl ttl : {Ttl(0s), Ttl(-1s), Ttl(std::chrono::duration<double>(-0.5)),
                        Ttl(std::chrono::duration<double>(nan)), Ttl::expired()}) {
    EXPECT_TRUE(cache_.add("k", "v", {.ttl = ttl}).ok());
    EXPECT_TRUE(cache_.get("k").missed());
    cache_.put("k", "v").ignore();
    EXPECT_FALSE(cache_.add("k", "w", {.ttl = ttl}).ok());
    EXPECT_TRUE(cache_.replace("k", "w", {.ttl = ttl}).ok());
    EXPECT_TRUE(cache_.get("k").missed());
    cache_.put("k", "v").ignore();
    EXPECT_TRUE(cache_.touch("k", ttl).ok());
    EXPECT_TRUE(cache_.get("k").missed());
    EXPECT_EQ(1, cache_.incr("k", 1, {.ttl = ttl}).value());
    EXPECT_TRUE(cache_.get("k").missed());
    const auto load = [&](coffer::Load& load) {
      load.ttl = ttl;
      return 7;
    };
    EXPECT_EQ(7, cache_.get_or_load_value("k", load).value());
    EXPECT_TRUE(cache_.get("k").missed());
  }
}

TEST_F(CacheTest, ValuesThroughTheSerializer) {
  using Scores = std::map<std::string, std::vector<double>>;
  const Scores scores{{"ada", {1.5, 2.0}}, {"alan", {}}};
  ASSERT_TRUE(cache_.put_value("scores", scores).ok());
  EXPECT_EQ(R"({"ada":[1.5,2.0],"alan":[]})", cache_.get("scores")->text());
  EXPECT_EQ(scores, cache_.get_value<Scores>("scores").value());
  EXPECT_EQ(scores, cache_.decode<Scores>(*cache_.get("scores")).value());
  EXPECT_NE(nullptr, cache_.get_value<Value>("scores")->find("alan"));
  EXPECT_EQ(Status::kUnsupported, cache_.get_value<int>("scores").status());
  EXPECT_TRUE(cache_.get_value<int>("none").missed());

  ASSERT_TRUE(cache_.put_value("null", std::optional<int>()).ok());
  EXPECT_TRUE(cache_.get("null")->is_null());
  Result<std::optional<int>> null = cache_.get_value<std::optional<int>>("null");
  ASSERT_TRUE(null.ok()) << null.message();
  EXPECT_EQ(std::nullopt, *null);
  EXPECT_EQ(Status::kUnsupported, cache_.get_value<int>("null").status());

  ASSERT_TRUE(cache_.put("raw", "as it is").ok());
  EXPECT_EQ("as it is", cache_.get_value<std::string>("raw").value());
  EXPECT_EQ(Status::kInvalidArgument, cache_.put_value("bad", "\xff").status());
  EXPECT_TRUE(cache_.put_value("literal", "text").ok());
  EXPECT_EQ("text", cache_.get_value<std::string>("literal").value());
}

TEST_F(CacheTest, KeysAreARange) {
  std::set<std::string> expected;
  for (int i = 0; i < 300; ++i) {
    const std::string key = "user:" + std::to_string(i);
    cache_.put(key, "x").ignore();
    expected.insert(key);
  }
  cache_.put("other", "x").ignore();

  std::multiset<std::string> found;
  for (auto& key : cache_.keys({.prefix = "user:"})) found.insert(std::string(key));
  EXPECT_EQ(std::multiset<std::string>(expected.begin(), expected.end()), found);

  const auto count = [&](const coffer::KeyFilter& filter) {
    coffer::Scan scan = cache_.keys(filter);
    int n = 0;
    for (std::string_view key : scan) n += key.empty() ? 0 : 1;
    EXPECT_TRUE(scan.ok()) << scan.outcome().message();
    return n;
  };
  EXPECT_EQ(301, count({}));
  EXPECT_EQ(10, count({.glob = "user:?"}));
  EXPECT_EQ(90, count({.prefix = "user:", .glob = "[0-9][0-9]"}));
  EXPECT_EQ(0, count({.prefix = "none"}));
  cache_.put("a*b", "x").ignore();
  EXPECT_EQ(1, count({.prefix = "a*", .glob = "b"})) << "a prefix is literal";
}

TEST_F(CacheTest, Namespaces) {
  const Cache app = cache_.in_namespace("app").value();
  cache_.put("k", "outer").ignore();
  app.put("k", "inner").ignore();
  EXPECT_EQ("outer", cache_.get("k")->text());
  EXPECT_EQ("inner", app.get("k")->text());
  for (std::string_view key : app.keys()) EXPECT_EQ("k", key);
  EXPECT_TRUE(app.clear().ok());
  EXPECT_TRUE(app.exists("k").missed());
  EXPECT_TRUE(cache_.exists("k").ok());
  const Cache brief = cache_.derive({{"ttl", 3s}}).value();
  brief.put("brief", "x").ignore();
  EXPECT_EQ(3s, cache_.ttl_left("brief")->duration());
}

TEST_F(CacheTest, Batches) {
  const std::map<std::string, std::string> items{{"a", "1"}, {"b", "2"}, {"c", "3"}};
  Result<coffer::Results> put = cache_.put_many(items, {.ttl = 5s});
  ASSERT_TRUE(put.ok()) << put.message();
  ASSERT_EQ(3u, put->size());
  for (const coffer::Item& item : *put) EXPECT_TRUE(item.ok());
  EXPECT_EQ((*put)[0].version(), cache_.get("a")->version());
  ASSERT_TRUE(cache_.put_many({{"d", "4"}, {"e", ""}}).ok());

  Result<coffer::Results> got = cache_.get_many({"a", "none", "d"});
  ASSERT_TRUE(got.ok());
  ASSERT_EQ(3u, got->size());
  EXPECT_EQ("1", (*got)[0].text());
  EXPECT_TRUE((*got)[1].missed());
  EXPECT_EQ(Status::kMiss, (*got)[1].status());
  Entry taken = (*got)[2].take();
  EXPECT_EQ("", (*got)[2].text());
  got = coffer::Outcome();
  EXPECT_EQ("4", taken.text());

  const std::vector<std::string> keys{"a", "b"};
  EXPECT_TRUE(cache_.touch_many(keys, 9s).ok());
  EXPECT_EQ(9s, cache_.ttl_left("b")->duration());
  Result<coffer::Results> erased = cache_.erase_many({"a", "none"});
  EXPECT_TRUE((*erased)[0].ok());
  EXPECT_TRUE((*erased)[1].missed());

  coffer::Batch batch;
  batch.put("n", "5").incr("n", 2).get("n").exists("none").erase("n").get("n");
  Result<coffer::Results> mixed = cache_.run(batch);
  ASSERT_TRUE(mixed.ok()) << mixed.message();
  EXPECT_EQ(7, (*mixed)[1].number());
  EXPECT_EQ("7", (*mixed)[2].text());
  EXPECT_TRUE((*mixed)[3].missed());
  EXPECT_TRUE((*mixed)[4].ok());
  EXPECT_TRUE((*mixed)[5].missed()) << "operations on one key act in order";
}

TEST_F(CacheTest, BatchesThatAnswerLater) {
  coffer::Queue queue = runtime_.queue().value();
  EXPECT_GE(queue.fd(), 0);
  EXPECT_EQ(std::nullopt, queue.next().has_value() ? std::optional(1) : std::nullopt);
  cache_.put("k", "v").ignore();
  {
    std::string key = "k";  // gone before the batch runs: keys are copied
    coffer::Batch batch;
    batch.get(key).get("none");
    ASSERT_TRUE(cache_.submit(batch, queue, 42).ok());
  }
  coffer::Event event = queue.wait();
  EXPECT_EQ(coffer::Events::kCompletion, event.kind());
  EXPECT_EQ(42u, event.tag());
  EXPECT_EQ(Status::kOk, event.status()) << event.message();
  ASSERT_EQ(2u, event.results().size());
  const Entry entry = event.results()[0].take();
  EXPECT_TRUE(event.results()[1].missed());
  event = queue.next().value_or(std::move(event));
  EXPECT_EQ("v", entry.text());
}

TEST_F(CacheTest, EventsOfOneSOwnChoice) {
  coffer::Queue queue = runtime_.queue(16).value();
  queue.subscribe(coffer::Events::kEvict | coffer::Events::kClear | coffer::Events::kExpire);
  cache_.put("brief", "x", {.ttl = 1s}).ignore();
  runtime_.advance(2s).ignore();
  runtime_.maintain().ignore();
  std::optional<coffer::Event> expired = queue.next(5s);
  ASSERT_TRUE(expired.has_value());
  EXPECT_EQ(coffer::Events::kExpire, expired->kind());
  EXPECT_EQ("brief", expired->key());
  cache_.put("k", "x").ignore();
  cache_.in_namespace("none")->clear().ignore();
  std::optional<coffer::Event> cleared = queue.next(5s);
  ASSERT_TRUE(cleared.has_value());
  EXPECT_EQ(coffer::Events::kClear, cleared->kind());
  EXPECT_EQ("none", cleared->key());
}

struct Session {
  explicit Session(int n) : number(n) { ++alive; }
  ~Session() { --alive; }
  int number;
  static inline std::atomic<int> alive{0};
};
constexpr coffer::ObjectType<const Session> kSession{"test.session"};
constexpr coffer::ObjectType<std::string> kText{"test.text"};

TEST_F(CacheTest, LiveObjects) {
  auto session = std::make_shared<const Session>(7);
  ASSERT_TRUE(cache_.put_object("s", session, kSession).ok());
  Result<std::shared_ptr<const Session>> same = cache_.get_object("s", kSession);
  ASSERT_TRUE(same.ok()) << same.message();
  EXPECT_EQ(session.get(), same->get()) << "the object itself, not a copy";
  EXPECT_TRUE(cache_.get("s")->is_object());
  EXPECT_TRUE(cache_.get_object("none", kSession).missed());
  EXPECT_EQ(Status::kUnsupported, cache_.get_object("s", kText).status());

  session.reset();
  EXPECT_TRUE(cache_.erase("s").ok());
  EXPECT_EQ(1, Session::alive.load()) << "a reader still has it";
  *same = nullptr;
  EXPECT_EQ(0, Session::alive.load());

  ASSERT_TRUE(cache_.put_object("null", nullptr, kSession).ok());
  EXPECT_TRUE(cache_.get("null")->is_null());
  EXPECT_TRUE(cache_.get_object("null", kSession).missed());

  ASSERT_TRUE(cache_.put_object("t", std::make_shared<std::string>("played"), kText).ok());
  EXPECT_EQ("played", cache_.get_value<std::string>("t").value()) << "Writable: played by its type";
  EXPECT_EQ(Status::kUnsupported, cache_.get_object("t", kSession).status());
}

TEST_F(CacheTest, LiveObjectsSharedByThreads) {
  {
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&, t] {
        for (int i = 0; i < 500; ++i) {
          if ((i + t) % 3 == 0) {
            cache_.put_object("s", std::make_shared<const Session>(i), kSession).ignore();
          } else if (auto got = cache_.get_object("s", kSession)) {
            EXPECT_GE((*got)->number, 0);
          }
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
  }
  EXPECT_EQ(1, Session::alive.load());
  cache_.clear().ignore();
  cache_ = Cache();
  runtime_ = Runtime();
  EXPECT_EQ(0, Session::alive.load());
}

TEST_F(CacheTest, Serializers) {
  const coffer::Serializer json = runtime_.serializer("json").value();
  EXPECT_STREQ("application/json", json.media_type());
  EXPECT_GE(json.format(), 16u);
  Result<coffer::Buffer> encoded = json.encode(std::vector<int>{1, 2});
  ASSERT_TRUE(encoded.ok()) << encoded.message();
  EXPECT_EQ("[1,2]", encoded->text());
  EXPECT_EQ((std::vector<int>{1, 2}), json.decode<std::vector<int>>(encoded->bytes()).value());
  EXPECT_EQ("[1,2]", json.transcode(json, " [ 1 , 2 ] ")->text());
  Result<Value> corrupt = json.decode<Value>("[1,");
  EXPECT_EQ(Status::kCorrupt, corrupt.status());
  EXPECT_NE(nullptr, corrupt.detail("offset"));
}

TEST_F(CacheTest, Look) {
  cache_.put("k", "v").ignore();
  cache_.get("k").ignore();
  cache_.get("none").ignore();
  const coffer::Stats stats = cache_.stats().value();
  EXPECT_EQ(2u, stats.gets);
  EXPECT_EQ(0.5, stats.hit_ratio());
  EXPECT_EQ(1u, stats.entries);
  EXPECT_EQ(0.0, coffer::Stats().hit_ratio());
  EXPECT_NE(nullptr, cache_.describe()->get<coffer::Map>());
  EXPECT_NE(nullptr, runtime_.describe()->get<coffer::Map>());
  EXPECT_NE(nullptr, runtime_.explain("lru")->get<coffer::Map>());

  std::set<std::string> names;
  const Value plugins = runtime_.plugins().value();
  for (const Value& plugin : plugins.get<coffer::List>()->items) {
    std::string id;
    if (plugin.member("id", id)) names.insert(id);
  }
  for (const char* name : {"memory", "ttl", "lru", "lfu", "json"}) EXPECT_TRUE(names.count(name));
}

TEST_F(CacheTest, FailuresSayWhatToDo) {
  Result<Cache> typo = runtime_.open("memory://?capacitty=10");
  EXPECT_EQ(Status::kInvalidArgument, typo.status());
  EXPECT_NE(nullptr, std::strstr(typo.message(), "capacity")) << typo.message();
  Result<Cache> unknown = runtime_.open("nosuchstore://");
  EXPECT_EQ(Status::kNotFound, unknown.status());
  EXPECT_NE(nullptr, std::strstr(unknown.message(), "nosuchstore")) << unknown.message();
  EXPECT_FALSE(unknown.retriable());
  EXPECT_EQ(0ns, unknown.retry_after());
  coffer::Outcome moved = std::move(unknown).outcome();
  EXPECT_TRUE(moved.failed());
}

TEST(OneCache, NeedsNoRuntimeInSight) {
  Result<Cache> cache = coffer::open("memory://", {{"capacity", 10}});
  ASSERT_TRUE(cache.ok()) << cache.message();
  cache->put("k", "v").ignore();
  EXPECT_EQ("v", cache->get("k")->text());
  EXPECT_NE(nullptr, coffer::version());
}

}  // namespace
