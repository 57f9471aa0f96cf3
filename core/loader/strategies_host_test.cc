#include "core/loader/strategies_host.h"

#include <gtest/gtest.h>

#include <string>

#include "core/loader/testing/fake_host.h"
#include "core/loader/testing/files.h"

namespace coffer::core {
namespace {

Options options_of(std::string key, std::string value) {
  Options options;
  options.set(text_option(std::move(key), std::move(value)));
  return options;
}

// A store's view: a host, and the interface it asks the host for.
class StrategiesHostTest : public testing::Test {
 protected:
  StrategiesHostTest()
      : folder_(),
        registry_(
            (std::filesystem::create_symlink(test_plugin("good"), folder_ / "libcoffer_order.so"),
             std::vector<SearchPlace>{{"plugin_path", folder_.path(), ""}})) {}

  const coffer_host_strategies* interface_of(StrategiesHost& strategies) {
    host_.strategies = strategies.table();
    return static_cast<const coffer_host_strategies*>(
        host_.table.extension(&host_.table, COFFER_HOST_STRATEGIES));
  }

  TemporaryFolder folder_;
  Registry registry_;
  FakeHost host_;
};

TEST_F(StrategiesHostTest, OpensTheNamedStrategyWithItsOptions) {
  StrategiesHost strategies(registry_, options_of("depth", "7"));
  const coffer_host_strategies* door = interface_of(strategies);
  EXPECT_EQ(door->struct_size, sizeof(coffer_host_strategies));
  const coffer_strategy* table = nullptr;
  void* self = nullptr;
  coffer_sink sink;
  ASSERT_EQ(door->open(&host_.table, "order", &table, &self, &sink), COFFER_OK) << message_of(sink);
  EXPECT_EQ(table->node_size, 8u);
  ASSERT_NE(table->hits, nullptr);
  EXPECT_EQ(strategies.live(), 1u);
  EXPECT_EQ(strategies.check_used("store memory", sink), COFFER_OK);
  int opened = 0;
  strategies.each_opened([&](const StrategiesHost::Opened& one) {
    ++opened;
    EXPECT_EQ(one.plugin->id(), "order");
    EXPECT_EQ(one.options.find("depth")->i64, 7);
  });
  EXPECT_EQ(opened, 1);
  door->close(&host_.table, table, self);
  EXPECT_EQ(strategies.live(), 0u);
  door->close(&host_.table, nullptr, nullptr);
  EXPECT_EQ(host_.logged, "");
}

TEST_F(StrategiesHostTest, SaysWhyAStrategyCannotBeOpened) {
  StrategiesHost strategies(registry_, options_of("dept", "7"));
  const coffer_host_strategies* door = interface_of(strategies);
  const coffer_strategy* table = nullptr;
  void* self = nullptr;
  coffer_sink sink;
  EXPECT_EQ(door->open(&host_.table, "odrer", &table, &self, &sink), COFFER_NOT_FOUND);
  EXPECT_NE(message_of(sink).find("strategy 'odrer' was not found; did you mean 'order'?"),
            std::string::npos);
  EXPECT_EQ(door->open(&host_.table, "order", &table, &self, &sink), COFFER_INVALID_ARGUMENT);
  EXPECT_NE(message_of(sink).find("strategy order: unknown option 'dept'; did you mean 'depth'?"),
            std::string::npos);
  EXPECT_EQ(door->open(&host_.table, nullptr, &table, &self, &sink), COFFER_INVALID_ARGUMENT);
  EXPECT_EQ(table, nullptr);
  EXPECT_EQ(strategies.live(), 0u);
}

TEST_F(StrategiesHostTest, RefusesOptionsThatNobodyTook) {
  StrategiesHost none(registry_, {});
  coffer_sink sink;
  EXPECT_EQ(none.check_used("store memory", sink), COFFER_OK);
  StrategiesHost some(registry_, options_of("depth", "7"));
  EXPECT_EQ(some.check_used("store memory", sink), COFFER_INVALID_ARGUMENT);
  EXPECT_EQ(detail_of(sink, "option"), "strategy.depth");
}

TEST_F(StrategiesHostTest, SurvivesAStrategyThatThrowsAtTheEnd) {
  StrategiesHost strategies(registry_, {});
  const coffer_host_strategies* door = interface_of(strategies);
  const coffer_strategy* table = nullptr;
  void* self = nullptr;
  coffer_sink sink;
  ASSERT_EQ(door->open(&host_.table, "order", &table, &self, &sink), COFFER_OK);
  // The table is the host's own copy, so a test can have its way with it.
  const_cast<coffer_strategy*>(table)->destroy = [](void*) { throw std::runtime_error("ouch"); };
  door->close(&host_.table, table, self);
  EXPECT_EQ(host_.logged, "strategy order let an exception escape: ouch\n");
  EXPECT_EQ(strategies.live(), 0u);
}

}  // namespace
}  // namespace coffer::core
