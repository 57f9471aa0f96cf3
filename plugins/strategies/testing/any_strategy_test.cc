// What holds for every strategy: the contract of coffer/plugin/strategy.h.
#include <gtest/gtest.h>

#include <algorithm>

#include "plugins/strategies/testing/plugins.h"

namespace coffer::strategy {
namespace {

struct Case {
  const char* id;
  Plugin plugin;
};

class AnyStrategy : public testing::TestWithParam<Case> {
 protected:
  const Plugin& plugin() const { return GetParam().plugin; }
};

TEST_P(AnyStrategy, SaysWhoItIs) {
  const coffer_plugin_info* info = plugin().info(0);
  ASSERT_NE(info, nullptr);
  EXPECT_STREQ(info->id, GetParam().id);
  EXPECT_EQ(info->kind, COFFER_KIND_STRATEGY);
  EXPECT_EQ(info, plugin().info(0));
  EXPECT_EQ(plugin().info(1), nullptr);
  const coffer_strategy& table = Driver(plugin()).table();
  EXPECT_LE(table.node_size, static_cast<uint32_t>(COFFER_MAX_NODE_SIZE));
  EXPECT_EQ(table.node_size % table.node_align, 0u);
}

TEST_P(AnyStrategy, AnEmptyShardHasNoVictims) {
  Driver driver(plugin());
  EXPECT_EQ(driver.victims(1, 8), Keys());
  driver.insert(1);
  driver.remove(1);
  EXPECT_EQ(driver.victims(1, 8), Keys());
}

TEST_P(AnyStrategy, ProposesUntilTheWeightsAddUpOrTheRoomIsUsed) {
  Driver driver(plugin());
  driver.insert(1, 10);
  driver.insert(2, 0);
  driver.insert(3, 5);
  driver.insert(4, UINT64_MAX);
  driver.insert(5, UINT64_MAX);
  EXPECT_EQ(driver.victims(0, 8), Keys({1}));
  EXPECT_EQ(driver.victims(10, 8), Keys({1}));
  EXPECT_EQ(driver.victims(11, 8), Keys({1, 2, 3}));
  EXPECT_EQ(driver.victims(11, 2), Keys({1, 2}));
  EXPECT_EQ(driver.victims(16, 8), Keys({1, 2, 3, 4}));
  EXPECT_EQ(driver.victims(UINT64_MAX, 8), Keys({1, 2, 3, 4}));
  EXPECT_EQ(driver.victims(UINT64_MAX, 0), Keys());
}

TEST_P(AnyStrategy, ProposingDoesNotRemove) {
  Driver driver(plugin());
  for (uint64_t key = 1; key <= 5; ++key) driver.insert(key);
  EXPECT_EQ(driver.victims(3, 8), Keys({1, 2, 3}));
  EXPECT_EQ(driver.victims(3, 8), Keys({1, 2, 3}));
  driver.remove(2, COFFER_REMOVE_EVICTED);
  EXPECT_EQ(driver.victims(3, 8), Keys({1, 3, 4}));
}

TEST_P(AnyStrategy, AnOverwriteChangesTheWeight) {
  Driver driver(plugin());
  for (uint64_t key = 1; key <= 3; ++key) driver.insert(key, 1);
  driver.replace(1, Driver::Into::kFresh, /*used=*/false, 100);
  EXPECT_EQ(driver.victims(100, 8), Keys({1}));
  driver.replace(1, Driver::Into::kSame, /*used=*/false, 2);
  EXPECT_EQ(driver.victims(3, 8), Keys({1, 2}));
}

TEST_P(AnyStrategy, ResizeToNothingAndBackKeepsTheOrder) {
  Driver driver(plugin(), {}, 4);
  for (uint64_t key = 1; key <= 4; ++key) driver.insert(key);
  driver.resize(0);
  EXPECT_EQ(driver.order(), Keys({1, 2, 3, 4}));
  driver.insert(5);
  driver.resize(2);
  driver.resize(1000000);
  EXPECT_EQ(driver.order(), Keys({1, 2, 3, 4, 5}));
}

TEST_P(AnyStrategy, TakesTheSameMemoryWhateverItHolds) {
  Driver driver(plugin(), {}, 1000);
  const uint64_t empty = driver.bytes();
  EXPECT_GT(empty, 0u);
  EXPECT_LE(empty, 20000u);
  for (uint64_t key = 1; key <= 1000; ++key) driver.insert(key);
  EXPECT_EQ(driver.bytes(), empty);
}

TEST_P(AnyStrategy, ShardsShareNothing) {
  Driver one(plugin()), other(plugin());
  one.insert(1);
  other.insert(2);
  EXPECT_EQ(one.order(), Keys({1}));
  EXPECT_EQ(other.order(), Keys({2}));
}

TEST_P(AnyStrategy, ReportsThatMemoryIsOut) {
  conformance::FakeHost host;
  const coffer_plugin_info& info = *plugin().info(0);
  const conformance::OptionList options(info, {});
  auto create = [&](coffer_instance* out, conformance::FakeSink* sink) {
    return plugin().create(host.get(), info.id, options.data(), options.size(), out, sink->get());
  };

  conformance::FakeSink sink;
  coffer_instance instance = {};
  host.fail_allocation(1);
  EXPECT_EQ(create(&instance, &sink), COFFER_EXHAUSTED);
  EXPECT_EQ(sink.problem(COFFER_EXHAUSTED), "");
  EXPECT_EQ(instance.self, nullptr);
  EXPECT_EQ(instance.table, nullptr);

  sink.reset();
  ASSERT_EQ(create(&instance, &sink), COFFER_OK);
  const auto* table = static_cast<const coffer_strategy*>(instance.table);
  void* shard = nullptr;
  host.fail_allocation(1);
  EXPECT_EQ(table->shard_create(instance.self, 0, &shard, sink.get()), COFFER_EXHAUSTED);
  EXPECT_EQ(sink.problem(COFFER_EXHAUSTED), "");
  EXPECT_EQ(shard, nullptr);
  table->destroy(instance.self);
  EXPECT_EQ(host.problems(), "");
}

TEST_P(AnyStrategy, RefusesTheNameOfAnotherPlugin) {
  conformance::FakeHost host;
  conformance::FakeSink sink;
  coffer_instance instance = {};
  const conformance::OptionList options(*plugin().info(0), {});
  EXPECT_EQ(
      plugin().create(host.get(), "fifo", options.data(), options.size(), &instance, sink.get()),
      COFFER_NOT_FOUND);
  EXPECT_EQ(sink.problem(COFFER_NOT_FOUND), "");
  EXPECT_EQ(instance.self, nullptr);
  EXPECT_EQ(host.problems(), "");
}

INSTANTIATE_TEST_SUITE_P(Bundled, AnyStrategy,
                         testing::Values(Case{"lfu", kLfu}, Case{"lru", kLru}, Case{"ttl", kTtl}),
                         [](const auto& info) { return info.param.id; });

}  // namespace
}  // namespace coffer::strategy
