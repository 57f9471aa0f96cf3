// Strategies that break their contract: the bound must hold all the same, and somebody be told.
#include <set>

#include "coffer/queue.h"
#include "plugins/stores/memory/test_store.h"

namespace coffer::memory {
namespace {

enum class Fault { kNothing, kNull, kOdd, kForeign, kGone, kTwice, kTooMany };

// Proposes what the fault says, and where that takes a node, the first one that it has.
struct Broken {
  Fault fault;
  void* first = nullptr;
  void* gone = nullptr;  // what left last
  uint64_t live = 0;
};

Broken broken;
alignas(16) char foreign[256];

constexpr coffer_strategy table_of(int32_t hit_mode) {
  return {
      .struct_size = sizeof(coffer_strategy),
      .hit_mode = hit_mode,
      .node_size = 1,
      .node_align = 1,
      .hit_limit = hit_mode == COFFER_HITS_BYTE ? 3u : 0u,
      .reserved = 0,
      .destroy = [](void*) {},
      .shard_create =
          [](void*, uint64_t, void** shard, coffer_sink*) {
            *shard = &broken;
            return coffer_status{COFFER_OK};
          },
      .shard_destroy = [](void*) {},
      .insert =
          [](void*, void* node, const coffer_node_info*) {
            if (broken.first == nullptr) broken.first = node;
            ++broken.live;
          },
      .replace = [](void*, void*, void*, const coffer_node_info*, uint8_t) {},
      .hits = [](void*, void* const*, size_t) {},
      .remove =
          [](void*, void* node, int32_t) {
            if (broken.first == node) broken.first = nullptr;
            broken.gone = node;
            --broken.live;
          },
      .victims = [](void*, uint64_t, void** nodes, size_t capacity) -> size_t {
        switch (broken.fault) {
          case Fault::kNothing: return 0;
          case Fault::kNull: nodes[0] = nullptr; return 1;
          case Fault::kOdd: nodes[0] = static_cast<char*>(broken.first) + 3; return 1;
          case Fault::kForeign: nodes[0] = foreign + 128; return 1;
          case Fault::kGone: nodes[0] = broken.gone; return broken.gone != nullptr ? 1 : 0;
          case Fault::kTooMany: return capacity + 1;
          case Fault::kTwice:
            nodes[0] = nodes[1] = broken.first;
            return broken.first != nullptr ? 2 : 0;
        }
        return 0;
      },
      .resize = [](void*, uint64_t) {},
      .bytes = [](const void*) -> uint64_t { return 0; },
  };
}

const coffer_strategy tables[] = {table_of(COFFER_HITS_NONE), table_of(COFFER_HITS_BYTE),
                                  table_of(COFFER_HITS_BATCH), table_of(COFFER_HITS_RECENT)};
int32_t mode = COFFER_HITS_NONE;

const coffer_host_strategies strategies = {
    .struct_size = sizeof strategies,
    .reserved = 0,
    .open =
        [](const coffer_host*, const char*, const coffer_strategy** table, void** self,
           coffer_sink*) {
          *table = &tables[mode];
          *self = nullptr;
          return coffer_status{COFFER_OK};
        },
    .close = [](const coffer_host*, const coffer_strategy*, void*) {},
};

class StrategyTest : public testing::TestWithParam<Fault> {};

TEST_P(StrategyTest, TheBoundHoldsWhateverAStrategyProposes) {
  for (const OptionValues& options :
       {OptionValues{{"capacity", "50"}}, OptionValues{{"bytes", "16KiB"}},
        OptionValues{{"capacity", "1024"}}}) {  // this one with slabs
    for (mode = COFFER_HITS_NONE; mode <= COFFER_HITS_RECENT; ++mode) {
      broken = {GetParam()};
      FakeHost host;
      host.set_extension(COFFER_HOST_STRATEGIES, &strategies);
      TestStore store(&host, options);
      ASSERT_EQ(store.status, COFFER_OK);
      for (int i = 0; i < 1500 && !HasFatalFailure(); ++i) {
        const std::string key = "k" + std::to_string(i);
        ASSERT_EQ(store.put(key, std::string(static_cast<size_t>(i % 500), 'x')), COFFER_OK);
        ASSERT_TRUE(store.get(key).has_value());
        const coffer_store_stats stats = store.stats();
        EXPECT_EQ(stats.entries, broken.live);
        if (stats.capacity != 0) {
          ASSERT_LE(stats.entries, stats.capacity);
        }
        if (stats.byte_limit != 0) {
          ASSERT_LE(stats.bytes, stats.byte_limit);
        }
      }
      EXPECT_GT(store.stats().evictions, 100u);
      const auto logs = host.take_logs();
      store.destroy();
      EXPECT_EQ(broken.live, 0u);
      EXPECT_EQ(host.problems(), "");
      // Nobody looks at the second of two when the first is enough.
      if (GetParam() == Fault::kTwice && logs.empty()) continue;
      ASSERT_EQ(logs.size(), 1u);  // once, not for each eviction
      EXPECT_EQ(logs[0].severity, COFFER_LOG_PLUGIN_MISBEHAVING);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Faults, StrategyTest,
                         testing::Values(Fault::kNothing, Fault::kNull, Fault::kOdd,
                                         Fault::kForeign, Fault::kGone, Fault::kTwice,
                                         Fault::kTooMany));

TEST(HostTest, WithoutStrategiesThereIsNoStore) {
  FakeHost host;
  host.set_extension(COFFER_HOST_STRATEGIES, nullptr);
  TestStore store(&host);
  EXPECT_EQ(store.status, COFFER_UNSUPPORTED);
  EXPECT_EQ(store.sink().problem(store.status), "");
}

}  // namespace
}  // namespace coffer::memory
