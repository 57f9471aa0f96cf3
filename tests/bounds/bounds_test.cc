// Memory of a store is bounded and given back, whatever its history was: measured by what `stats`
// says, and by what the process has.
#include <unistd.h>

#include <fstream>
#include <functional>

#include "capi/testing/fixture.h"

namespace coffer::testing {
namespace {

constexpr uint64_t kMiB = 1 << 20;

coffer_bytes bytes(std::string_view text) { return {text.data(), text.size()}; }

// Resident memory of this process.
uint64_t resident() {
  uint64_t size = 0, pages = 0;
  std::ifstream("/proc/self/statm") >> size >> pages;
  return pages * static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
}

class BoundsTest : public RuntimeTest {
 protected:
  uint64_t accounted(coffer_cache* cache) { return stats_of(cache).bytes; }
  void maintain() { ASSERT_EQ(coffer_runtime_maintain(runtime_, nullptr), COFFER_OK); }

  coffer_status put_tagged(coffer_cache* cache, std::string_view key, std::string_view value,
                           std::initializer_list<std::string_view> tags) {
    coffer_bytes list[8];
    size_t count = 0;
    for (const std::string_view tag : tags) list[count++] = bytes(tag);
    const coffer_dependencies on{sizeof on, 0, list, count, nullptr, 0};
    coffer_put_options options = put_options();
    options.dependencies = &on;
    return put(cache, key, value, &options);
  }

  // What `act(i)` leaves behind once it is over. The first rounds may need something for good.
  int64_t left_behind(coffer_cache* cache, int rounds, const std::function<void(int)>& act) {
    for (int i = 0; i < rounds / 10; ++i) act(i);
    maintain();
    const uint64_t before = accounted(cache);
    for (int i = rounds / 10; i < rounds; ++i) act(i);
    maintain();
    maintain();
    return static_cast<int64_t>(accounted(cache) - before);
  }
};

TEST_F(BoundsTest, OneKeyOverwrittenWithManyTags) {
  coffer_cache* cache = open("memory://?bytes=64MiB");
  const int64_t left = left_behind(cache, 200'000, [&](int i) {
    ASSERT_EQ(put_tagged(cache, "k", "v", {"tag number " + std::to_string(i)}), COFFER_OK);
  });
  EXPECT_LT(left, 1'000'000);
}

// Each entry has tags of its own, which take more than the entry.
TEST_F(BoundsTest, TagsCountTowardsBytes) {
  coffer_cache* cache = open("memory://?bytes=8MiB&shards=1");
  uint64_t most = 0;
  for (int i = 0; i < 100'000; ++i) {
    const std::string name = std::to_string(i);
    ASSERT_EQ(put_tagged(cache, name, "v", {"a" + name, "b" + name, "c" + name}), COFFER_OK);
    if (i % 1000 == 0) most = std::max(most, accounted(cache));
  }
  EXPECT_LE(most, 9 * kMiB);
  EXPECT_GT(stats_of(cache).entries, 5'000u);
  // They make room for an entry that is larger than what they leave.
  EXPECT_EQ(put(cache, "large", std::string(3 * kMiB, 'v')), COFFER_OK);
  EXPECT_LE(accounted(cache), 9 * kMiB);
  coffer_clear(cache, nullptr);
  maintain();
  EXPECT_LT(accounted(cache), 2 * kMiB);
}

TEST_F(BoundsTest, RowConditionsGoWithTheirEntries) {
  coffer_cache* cache = open("memory://?capacity=100");
  const int64_t left = left_behind(cache, 20'000, [&](int i) {
    const std::string space = "table " + std::to_string(i % 1000);
    const std::string column = "column " + std::to_string(i % 777);
    const coffer_cell cell = {bytes(column), {COFFER_DATUM_I64, 0, i, 0, {}}};
    const coffer_cells conjunction = {&cell, 1};
    const coffer_rows rows = {bytes(space), &conjunction, 1};
    const coffer_dependencies on{sizeof on, 0, nullptr, 0, &rows, 1};
    coffer_put_options options = put_options();
    options.dependencies = &on;
    ASSERT_EQ(put(cache, std::to_string(i), "v", &options), COFFER_OK);
  });
  EXPECT_LT(left, 200'000);
}

TEST_F(BoundsTest, PendingLeasesCountAndAreGivenBack) {
  coffer_cache* cache = open("memory://?bytes=64MiB");
  const uint64_t before = accounted(cache);
  std::vector<coffer_lease> leases;
  for (int i = 0; i < 10'000; ++i) {
    const std::string key = "key number " + std::to_string(i);
    coffer_fetched fetched{};
    ASSERT_EQ(coffer_fetch(cache, key.data(), key.size(), nullptr, &fetched, nullptr), COFFER_OK);
    leases.push_back(fetched.lease);
  }
  const uint64_t each = (accounted(cache) - before) / leases.size();
  EXPECT_GT(each, 200u);
  EXPECT_LT(each, 900u);
  for (const coffer_lease lease : leases) coffer_lease_release(cache, lease);
  EXPECT_EQ(accounted(cache), before);
}

TEST_F(BoundsTest, ManyLeasesLeaveRoomForEntries) {
  coffer_cache* cache = open("memory://?bytes=2MiB&shards=1");
  for (int i = 0; i < 10'000; ++i) {
    coffer_fetched fetched{};
    ASSERT_EQ(coffer_fetch(cache, &i, sizeof i, nullptr, &fetched, nullptr), COFFER_OK);
  }
  EXPECT_EQ(put(cache, "k", std::string(kMiB / 2, 'v')), COFFER_OK);
}

TEST_F(BoundsTest, ClearedNamespacesAreForgotten) {
  coffer_cache* cache = open("memory://?capacity=1000");
  const int64_t left = left_behind(cache, 5'000, [&](int i) {
    const std::string name = "tenant number " + std::to_string(i);
    const coffer_option option = text_option("namespace", name);
    coffer_cache* derived = nullptr;
    ASSERT_EQ(coffer_cache_derive(cache, &option, 1, &derived, nullptr), COFFER_OK);
    ASSERT_EQ(put(derived, "k", "v"), COFFER_OK);
    ASSERT_EQ(coffer_clear(derived, nullptr), COFFER_OK);
    ASSERT_EQ(get(derived, "k"), "(miss)");
    coffer_cache_release(derived);
  });
  EXPECT_LT(left, 50'000);
  EXPECT_EQ(put(cache, "tenant number 7:k", "again"), COFFER_OK);
  EXPECT_EQ(get(cache, "tenant number 7:k"), "again");
}

// ---- Resident memory ----------------------------------------------------------------------------

class ResidentTest : public BoundsTest {
 protected:
  // How much more the process has after `rounds` of `act` than after a few of them.
  int64_t growth(int rounds, const std::function<void(int)>& act) {
    for (int i = 0; i < rounds / 10; ++i) act(i);
    const uint64_t before = resident();
    for (int i = rounds / 10; i < rounds; ++i) act(i);
    return static_cast<int64_t>(resident() - before);
  }
};

TEST_F(ResidentTest, HandlesStoresAndQueuesAreGivenBack) {
  const int64_t grown = growth(3'000, [&](int i) {
    const std::string url = "memory://store" + std::to_string(i) +
                            "?capacity=100&codec=lz4&strategy=" + (i % 2 == 0 ? "lru" : "lfu");
    coffer_cache* cache = nullptr;
    coffer_error* error = nullptr;
    ASSERT_EQ(coffer_cache_open(runtime_, url.c_str(), nullptr, 0, &cache, &error), COFFER_OK)
        << message_of(error);
    ASSERT_EQ(put_tagged(cache, "k", "v", {"tag"}), COFFER_OK);
    coffer_queue* queue = nullptr;
    ASSERT_EQ(coffer_queue_create(runtime_, 0, &queue, nullptr), COFFER_OK);
    coffer_queue_subscribe(queue, ~0u, 0);
    coffer_clear(cache, nullptr);
    coffer_queue_release(queue);
    coffer_cache_release(cache);
  });
  EXPECT_LT(grown, int64_t{2 * kMiB});
}

TEST_F(ResidentTest, RuntimesAreGivenBack) {
  const int64_t grown = growth(300, [&](int) {
    coffer_runtime* runtime = nullptr;
    ASSERT_EQ(coffer_runtime_create(nullptr, 0, &runtime, nullptr), COFFER_OK);
    coffer_cache* cache = nullptr;
    ASSERT_EQ(coffer_cache_open(runtime, "memory://?capacity=10", nullptr, 0, &cache, nullptr),
              COFFER_OK);
    ASSERT_EQ(put(cache, "k", "v"), COFFER_OK);
    coffer_cache_release(cache);
    coffer_runtime_release(runtime);
  });
  EXPECT_LT(grown, int64_t{2 * kMiB});
}

// What the process has more than before is what the account says, within a quarter: after entries
// of sizes that change, tags that come and go, and overwriting.
TEST_F(ResidentTest, ChurnStaysNearTheAccount) {
  for (const char* url : {"memory://?bytes=48MiB", "memory://?capacity=20k"}) {
    SCOPED_TRACE(url);
    const uint64_t before = resident();
    coffer_cache* cache = open(url);
    uint64_t random = 7;
    const auto below = [&](uint64_t n) {
      random = random * 6364136223846793005u + 1442695040888963407u;
      return (random >> 33) % n;
    };
    for (const uint64_t largest : {200u, 6'000u, 900u, 40'000u, 300u, 3'000u}) {
      const std::string value(largest, 'v');
      for (int i = 0; i < 40'000; ++i) {
        const std::string key = "key number " + std::to_string(below(60'000));
        const std::string_view part(value.data(), 1 + below(largest));
        if (i % 3 == 0) {
          ASSERT_EQ(put_tagged(cache, key, part, {"tag " + std::to_string(below(30'000)), "all"}),
                    COFFER_OK);
        } else {
          ASSERT_EQ(put(cache, key, part), COFFER_OK);
        }
      }
      maintain();
      const auto has = static_cast<double>(resident() - before);
      const auto says = static_cast<double>(accounted(cache));
      EXPECT_LT(has, says * 1.25 + 8 * kMiB)
          << "entries up to " << largest << " bytes: " << has / kMiB << " MiB resident, "
          << says / kMiB << " accounted for";
    }
    coffer_cache_release(caches_.back());
    caches_.pop_back();
    EXPECT_LT(static_cast<int64_t>(resident() - before), int64_t{8 * kMiB})
        << "after the store was closed";
  }
}

}  // namespace
}  // namespace coffer::testing
