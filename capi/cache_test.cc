// Single keys through coffer/cache.h, against the real memory store.
#include "coffer/cache.h"

#include <gtest/gtest.h>

#include <cstring>

#include "capi/testing/fixture.h"

namespace coffer::testing {
namespace {

class CacheTest : public RuntimeTest {
 protected:
  void SetUp() override {
    RuntimeTest::SetUp();
    cache_ = open("memory://?capacity=1000");
  }
  coffer_cache* cache_ = nullptr;
};

TEST_F(CacheTest, PutsGetsAndDeletes) {
  EXPECT_EQ(get(cache_, "k"), "(miss)");
  EXPECT_EQ(put(cache_, "k", "v1"), COFFER_OK);
  EXPECT_EQ(get(cache_, "k"), "v1");
  EXPECT_EQ(put(cache_, "k", "v2 is longer"), COFFER_OK);
  EXPECT_EQ(get(cache_, "k"), "v2 is longer");
  EXPECT_EQ(remove(cache_, "k"), COFFER_OK);
  EXPECT_EQ(remove(cache_, "k"), COFFER_MISS);
  EXPECT_EQ(get(cache_, "k"), "(miss)");
}

TEST_F(CacheTest, KeysAndValuesAreAnyBytes) {
  const std::string odd("\0\xff\n", 3);
  EXPECT_EQ(put(cache_, odd, odd), COFFER_OK);
  EXPECT_EQ(get(cache_, odd), odd);
  EXPECT_EQ(put(cache_, "", ""), COFFER_OK);
  EXPECT_EQ(get(cache_, ""), "");
}

TEST_F(CacheTest, NullIsAValueAndNotAMiss) {
  coffer_put_options options = put_options();
  options.flags = COFFER_ENTRY_NULL;
  EXPECT_EQ(put(cache_, "k", "", &options), COFFER_OK);
  EXPECT_EQ(get(cache_, "k"), "(null)");
  EXPECT_EQ(put(cache_, "k", "x", &options), COFFER_INVALID_ARGUMENT);
  const coffer_stats stats = stats_of(cache_);
  EXPECT_EQ(stats.hits, 2u);
  EXPECT_EQ(stats.null_hits, 2u);
  EXPECT_EQ(stats.misses, 0u);
}

TEST_F(CacheTest, ModesOfPut) {
  const coffer_put_options add = put_options(COFFER_PUT_ADD);
  const coffer_put_options replace = put_options(COFFER_PUT_REPLACE);
  EXPECT_EQ(put(cache_, "k", "1", &replace), COFFER_MISS);
  EXPECT_EQ(put(cache_, "k", "2", &add), COFFER_OK);
  EXPECT_EQ(put(cache_, "k", "3", &add), COFFER_EXISTS);
  EXPECT_EQ(get(cache_, "k"), "2");
  EXPECT_EQ(put(cache_, "k", "4", &replace), COFFER_OK);
  EXPECT_EQ(get(cache_, "k"), "4");
}

TEST_F(CacheTest, CompareAndSwapByVersion) {
  coffer_put_options cas = put_options(COFFER_PUT_CAS);
  cas.expected_version = 1;
  EXPECT_EQ(put(cache_, "k", "1", &cas), COFFER_MISS);
  uint64_t first = 0;
  uint64_t second = 0;
  EXPECT_EQ(put(cache_, "k", "1", nullptr, &first), COFFER_OK);
  cas.expected_version = first;
  EXPECT_EQ(put(cache_, "k", "2", &cas, &second), COFFER_OK);
  EXPECT_NE(first, 0u);
  EXPECT_NE(second, first);
  uint64_t none = 99;
  EXPECT_EQ(put(cache_, "k", "3", &cas, &none), COFFER_CONFLICT);
  EXPECT_EQ(none, 0u);
  EXPECT_EQ(get(cache_, "k"), "2");
}

TEST_F(CacheTest, DeletesOnlyTheVersionAskedFor) {
  const auto delete_if = [&](uint64_t version) {
    return coffer_delete_if(cache_, "k", 1, version, nullptr);
  };
  EXPECT_EQ(delete_if(1), COFFER_MISS);
  EXPECT_EQ(delete_if(0), COFFER_INVALID_ARGUMENT);
  uint64_t first = 0;
  uint64_t second = 0;
  put(cache_, "k", "1", nullptr, &first);
  put(cache_, "k", "2", nullptr, &second);
  EXPECT_EQ(delete_if(first), COFFER_CONFLICT);
  EXPECT_EQ(get(cache_, "k"), "2");
  EXPECT_EQ(delete_if(second), COFFER_OK);
  EXPECT_EQ(get(cache_, "k"), "(miss)");
  EXPECT_EQ(delete_if(second), COFFER_MISS);
  EXPECT_EQ(stats_of(cache_).deletes, 1u);
}

TEST_F(CacheTest, VersionsAreNotReusedAfterADelete) {
  uint64_t first = 0;
  uint64_t second = 0;
  put(cache_, "k", "1", nullptr, &first);
  remove(cache_, "k");
  put(cache_, "k", "1", nullptr, &second);
  EXPECT_NE(first, second);
}

TEST_F(CacheTest, TimeToLive) {
  const coffer_put_options five = put_options(COFFER_PUT_SET, 5 * kSecond);
  put(cache_, "five", "v", &five);
  put(cache_, "forever", "v");
  coffer_ttl left = 0;
  EXPECT_EQ(coffer_ttl_left(cache_, "five", 4, &left, nullptr), COFFER_OK);
  EXPECT_EQ(left, 5 * kSecond);
  EXPECT_EQ(coffer_ttl_left(cache_, "forever", 7, &left, nullptr), COFFER_OK);
  EXPECT_EQ(left, COFFER_TTL_FOREVER);
  EXPECT_EQ(coffer_ttl_left(cache_, "none", 4, &left, nullptr), COFFER_MISS);
  advance(5 * kSecond - 1);
  EXPECT_EQ(get(cache_, "five"), "v");
  advance(1);
  EXPECT_EQ(get(cache_, "five"), "(miss)");
  EXPECT_EQ(coffer_exists(cache_, "five", 4, nullptr, nullptr), COFFER_MISS);
  EXPECT_EQ(get(cache_, "forever"), "v");
}

TEST_F(CacheTest, ExpiredMeansDeletedAndNonsenseIsRefused) {
  put(cache_, "k", "v");
  const coffer_put_options expired = put_options(COFFER_PUT_SET, COFFER_TTL_EXPIRED);
  EXPECT_EQ(put(cache_, "k", "w", &expired), COFFER_OK);
  EXPECT_EQ(get(cache_, "k"), "(miss)");
  EXPECT_EQ(put(cache_, "k", "w", &expired), COFFER_OK);
  const coffer_put_options wrong = put_options(COFFER_PUT_SET, -17);
  EXPECT_EQ(put(cache_, "k", "w", &wrong), COFFER_INVALID_ARGUMENT);
  const coffer_put_options huge = put_options(COFFER_PUT_SET, INT64_MAX);
  EXPECT_EQ(put(cache_, "k", "w", &huge), COFFER_OK);
  advance(kSecond);
  EXPECT_EQ(get(cache_, "k"), "w");
}

TEST_F(CacheTest, KeepLeavesTheExpiryWhereItWas) {
  const coffer_put_options ten = put_options(COFFER_PUT_SET, 10 * kSecond);
  const coffer_put_options keep = put_options(COFFER_PUT_SET, COFFER_TTL_KEEP);
  put(cache_, "k", "1", &ten);
  advance(4 * kSecond);
  EXPECT_EQ(put(cache_, "k", "2", &keep), COFFER_OK);
  coffer_ttl left = 0;
  EXPECT_EQ(coffer_ttl_left(cache_, "k", 1, &left, nullptr), COFFER_OK);
  EXPECT_EQ(left, 6 * kSecond);
  EXPECT_EQ(put(cache_, "new", "2", &keep), COFFER_OK);
  EXPECT_EQ(coffer_ttl_left(cache_, "new", 3, &left, nullptr), COFFER_OK);
  EXPECT_EQ(left, COFFER_TTL_FOREVER);
}

TEST_F(CacheTest, TouchMovesTheExpiryAndKeepsTheVersion) {
  uint64_t version = 0;
  put(cache_, "k", "v", nullptr, &version);
  EXPECT_EQ(coffer_touch(cache_, "k", 1, 2 * kSecond, nullptr), COFFER_OK);
  coffer_read_info info{};
  EXPECT_EQ(coffer_exists(cache_, "k", 1, &info, nullptr), COFFER_OK);
  EXPECT_EQ(info.version, version);
  advance(kSecond);
  EXPECT_EQ(coffer_touch(cache_, "k", 1, 2 * kSecond, nullptr), COFFER_OK);
  advance(kSecond + 1);
  EXPECT_EQ(get(cache_, "k"), "v");
  EXPECT_EQ(coffer_touch(cache_, "k", 1, COFFER_TTL_EXPIRED, nullptr), COFFER_OK);
  EXPECT_EQ(get(cache_, "k"), "(miss)");
  EXPECT_EQ(coffer_touch(cache_, "k", 1, kSecond, nullptr), COFFER_MISS);
}

TEST_F(CacheTest, DefaultTimesToLiveOfACache) {
  coffer_cache* cache = open("memory://?capacity=10&ttl=10s&null_ttl=2s");
  put(cache, "value", "v");
  coffer_put_options null = put_options();
  null.flags = COFFER_ENTRY_NULL;
  put(cache, "null", "", &null);
  advance(2 * kSecond);
  EXPECT_EQ(get(cache, "null"), "(miss)");
  EXPECT_EQ(get(cache, "value"), "v");
  advance(8 * kSecond);
  EXPECT_EQ(get(cache, "value"), "(miss)");
}

TEST_F(CacheTest, CountersAddAndStayWithinTheirType) {
  int64_t sum = 0;
  EXPECT_EQ(coffer_incr(cache_, "n", 1, 5, 10, COFFER_TTL_DEFAULT, &sum, nullptr), COFFER_OK);
  EXPECT_EQ(sum, 15);
  EXPECT_EQ(coffer_incr(cache_, "n", 1, -20, 0, COFFER_TTL_DEFAULT, &sum, nullptr), COFFER_OK);
  EXPECT_EQ(sum, -5);
  EXPECT_EQ(get(cache_, "n"), "-5");
  put(cache_, "text", "5 apples");
  EXPECT_EQ(coffer_incr(cache_, "text", 4, 1, 0, COFFER_TTL_DEFAULT, &sum, nullptr),
            COFFER_INVALID_STATE);
  put(cache_, "max", "9223372036854775807");
  EXPECT_EQ(coffer_incr(cache_, "max", 3, 1, 0, COFFER_TTL_DEFAULT, &sum, nullptr),
            COFFER_INVALID_STATE);
  EXPECT_EQ(get(cache_, "max"), "9223372036854775807");
}

TEST_F(CacheTest, CountersKeepTheirExpiry) {
  int64_t sum = 0;
  coffer_incr(cache_, "n", 1, 1, 0, 10 * kSecond, &sum, nullptr);
  advance(4 * kSecond);
  coffer_incr(cache_, "n", 1, 1, 0, 10 * kSecond, &sum, nullptr);
  EXPECT_EQ(sum, 2);
  advance(6 * kSecond);
  EXPECT_EQ(get(cache_, "n"), "(miss)");
}

TEST_F(CacheTest, ReadTellsTheSizeAndWritesNothingIntoAShortBuffer) {
  put(cache_, "k", "0123456789");
  char buffer[10] = "unchanged";
  coffer_read_info info{};
  EXPECT_EQ(coffer_read(cache_, "k", 1, buffer, 9, &info, nullptr), COFFER_SHORT);
  EXPECT_EQ(info.size, 10u);
  EXPECT_STREQ(buffer, "unchanged");
  EXPECT_EQ(coffer_read(cache_, "k", 1, nullptr, 0, &info, nullptr), COFFER_SHORT);
  EXPECT_EQ(coffer_read(cache_, "k", 1, buffer, 10, &info, nullptr), COFFER_OK);
  EXPECT_EQ(std::memcmp(buffer, "0123456789", 10), 0);
}

TEST_F(CacheTest, PinnedEntriesOutliveEverything) {
  put(cache_, "a", "first");
  put(cache_, "b", "second");
  coffer_cache* cache = open("memory://?capacity=10");
  put(cache, "c", "third");
  coffer_entry a{};
  coffer_entry b{};
  coffer_entry c{};
  ASSERT_EQ(coffer_get(cache_, "a", 1, &a, nullptr), COFFER_OK);
  ASSERT_EQ(coffer_get(cache_, "b", 1, &b, nullptr), COFFER_OK);
  ASSERT_EQ(coffer_get(cache, "c", 1, &c, nullptr), COFFER_OK);
  put(cache_, "a", "overwritten");
  coffer_clear(cache_, nullptr);
  for (coffer_cache* open : caches_) coffer_cache_release(open);
  caches_.clear();
  coffer_runtime_release(runtime_);
  runtime_ = nullptr;
  EXPECT_EQ(std::string(static_cast<const char*>(a.data), a.size), "first");
  EXPECT_EQ(std::string(static_cast<const char*>(b.data), b.size), "second");
  EXPECT_EQ(std::string(static_cast<const char*>(c.data), c.size), "third");
  coffer_entry_release(&b);
  coffer_entry_release(&b);  // released and cleared: a second call does nothing
  coffer_entry_release(&a);
  coffer_entry_release(&c);
}

TEST_F(CacheTest, NamespacesShareAStoreAndNothingElse) {
  coffer_cache* whole = open("memory://shared?capacity=100");
  coffer_cache* a = open("memory://shared?capacity=100&namespace=a");
  coffer_cache* ab = open("memory://shared?capacity=100&namespace=a:b");
  put(a, "b:k", "in a");
  put(ab, "k", "in a:b");
  EXPECT_EQ(get(a, "b:k"), "in a");
  EXPECT_EQ(get(ab, "k"), "in a:b");
  EXPECT_EQ(get(whole, "a:b:k"), "in a");
  EXPECT_EQ(get(whole, "a%3Ab:k"), "in a:b");
  EXPECT_EQ(keys_of(a, COFFER_SCAN_PREFIX, ""), std::vector<std::string>{"b:k"});
  EXPECT_EQ(coffer_clear(a, nullptr), COFFER_OK);
  EXPECT_EQ(get(a, "b:k"), "(miss)");
  EXPECT_EQ(get(ab, "k"), "in a:b");
  EXPECT_EQ(get(whole, "a:b:k"), "(miss)");
  EXPECT_EQ(get(whole, "a%3Ab:k"), "in a:b");
  EXPECT_EQ(keys_of(whole, COFFER_SCAN_PREFIX, ""), std::vector<std::string>{"a%3Ab:k"});
}

TEST_F(CacheTest, DerivedHandlesNestTheirNamespaceAndKeepTheRest) {
  coffer_cache* parent = open("memory://?capacity=100&namespace=app&ttl=10s");
  const coffer_option options[] = {text_option("namespace", "tenant:7"),
                                   int_option("ttl", 3 * kSecond, COFFER_TYPE_DURATION)};
  coffer_cache* child = nullptr;
  ASSERT_EQ(coffer_cache_derive(parent, options, 2, &child, nullptr), COFFER_OK);
  put(child, "k", "v");
  EXPECT_EQ(get(parent, "k"), "(miss)");
  coffer_ttl left = 0;
  EXPECT_EQ(coffer_ttl_left(child, "k", 1, &left, nullptr), COFFER_OK);
  EXPECT_EQ(left, 3 * kSecond);
  coffer_cache* other = nullptr;
  ASSERT_EQ(coffer_cache_derive(parent, nullptr, 0, &other, nullptr), COFFER_OK);
  put(other, "k", "parent's");
  EXPECT_EQ(get(parent, "k"), "parent's");
  coffer_error* error = nullptr;
  coffer_cache* none = nullptr;
  const coffer_option wrong[] = {text_option("capacity", "7")};
  EXPECT_EQ(coffer_cache_derive(parent, wrong, 1, &none, &error), COFFER_INVALID_ARGUMENT);
  EXPECT_NE(message_of(error).find("capacity"), std::string::npos);
  coffer_cache_release(child);
  coffer_cache_release(other);
}

TEST_F(CacheTest, StatisticsCountWhatHappened) {
  put(cache_, "a", "1");
  put(cache_, "b", "2");
  get(cache_, "a");     // two hits: get and read
  get(cache_, "none");  // two misses
  remove(cache_, "b");
  coffer_exists(cache_, "a", 1, nullptr, nullptr);  // does not count
  const coffer_stats stats = stats_of(cache_);
  EXPECT_EQ(stats.gets, 4u);
  EXPECT_EQ(stats.hits, 2u);
  EXPECT_EQ(stats.misses, 2u);
  EXPECT_EQ(stats.puts, 2u);
  EXPECT_EQ(stats.deletes, 1u);
  EXPECT_EQ(stats.entries, 1u);
  EXPECT_EQ(stats.inserts, 2u);
  EXPECT_EQ(stats.capacity, 1000u);
  EXPECT_GT(stats.bytes, 0u);
}

TEST_F(CacheTest, LimitsAreNamedInErrors) {
  coffer_cache* cache = open("memory://?capacity=10&max_value=4");
  coffer_error* error = nullptr;
  EXPECT_EQ(coffer_put(cache, "k", 1, "12345", 5, nullptr, nullptr, &error), COFFER_TOO_LARGE);
  EXPECT_NE(message_of(error).find("max_value of 4"), std::string::npos);
  const std::string long_key(COFFER_MAX_KEY + 1, 'k');
  EXPECT_EQ(coffer_put(cache, long_key.data(), long_key.size(), "1", 1, nullptr, nullptr, &error),
            COFFER_TOO_LARGE);
  EXPECT_NE(message_of(error).find("65535"), std::string::npos);
  const std::string longest(COFFER_MAX_KEY, 'k');
  EXPECT_EQ(put(cache, longest, "1"), COFFER_OK);
  EXPECT_EQ(get(cache, longest), "1");
}

TEST_F(CacheTest, MistakesOfTheCallerAreErrors) {
  coffer_error* error = nullptr;
  coffer_entry entry{};
  EXPECT_EQ(coffer_get(nullptr, "k", 1, &entry, &error), COFFER_INVALID_ARGUMENT);
  EXPECT_EQ(message_of(error), "coffer_get: cache is NULL");
  coffer_put_options options = put_options();
  for (const uint32_t size : {0u, 8u, 47u, 5000u, 0xffffffffu}) {
    options.struct_size = size;
    EXPECT_EQ(put(cache_, "k", "v", &options), COFFER_INVALID_ARGUMENT) << size;
  }
  options = put_options(9);
  EXPECT_EQ(put(cache_, "k", "v", &options), COFFER_INVALID_ARGUMENT);
  options = put_options();
  options.grace = -2;
  EXPECT_EQ(put(cache_, "k", "v", &options), COFFER_INVALID_ARGUMENT);
  options = put_options();
  options.flags = COFFER_ENTRY_OBJECT;
  EXPECT_EQ(put(cache_, "k", "v", &options), COFFER_INVALID_ARGUMENT);
  EXPECT_EQ(get(cache_, "k"), "(miss)");
}

TEST_F(CacheTest, OptionsOfALaterReleaseAreAccepted) {
  struct Later {
    coffer_put_options known;
    uint64_t more[4];
  } later{};
  later.known = put_options(COFFER_PUT_ADD);
  later.known.struct_size = sizeof later;
  EXPECT_EQ(put(cache_, "k", "v", &later.known), COFFER_OK);
  EXPECT_EQ(put(cache_, "k", "v", &later.known), COFFER_EXISTS);
}

}  // namespace
}  // namespace coffer::testing
