// The watched host notices what it is there to notice.
#include "plugins/conformance/testing/fake_host.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

namespace coffer::conformance {
namespace {

using ::testing::HasSubstr;

class FakeHostTest : public ::testing::Test {
 protected:
  void* alloc(size_t size, size_t align) { return table->alloc(table, size, align); }

  FakeHost host;
  const coffer_host* table = host.get();
};

TEST_F(FakeHostTest, UseThatIsRightIsNoProblem) {
  void* memory = alloc(10, 64);
  ASSERT_NE(memory, nullptr);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(memory) % 64, 0u);
  table->free(table, memory, 10, 64);
  table->free(table, nullptr, 10, 64);
  table->retain(table);
  table->release(table);
  EXPECT_EQ(host.problems(), "");
}

TEST_F(FakeHostTest, MemoryThatIsNotFreed) {
  void* memory = alloc(10, 8);
  EXPECT_THAT(host.problems(), HasSubstr("1 blocks of host->alloc (10 bytes)"));
  table->free(table, memory, 10, 8);
  EXPECT_EQ(host.problems(), "");
}

TEST_F(FakeHostTest, MemoryFreedInAnotherSize) {
  table->free(table, alloc(10, 8), 11, 8);
  EXPECT_THAT(host.problems(), HasSubstr("freed with 11"));
}

TEST_F(FakeHostTest, WritingBesideABlock) {
  auto* memory = static_cast<char*>(alloc(10, 8));
  memory[10] = 1;
  table->free(table, memory, 10, 8);
  EXPECT_THAT(host.problems(), HasSubstr("after a block"));
  memory = static_cast<char*>(alloc(10, 8));
  memory[-1] = 1;
  table->free(table, memory, 10, 8);
  EXPECT_THAT(host.problems(), HasSubstr("before a block"));
}

TEST_F(FakeHostTest, TheChosenAllocationFailsAndNoOther) {
  host.fail_allocation(2);
  void* first = alloc(1, 1);
  EXPECT_EQ(alloc(1, 1), nullptr);
  void* third = alloc(1, 1);
  ASSERT_NE(first, nullptr);
  ASSERT_NE(third, nullptr);
  table->free(table, first, 1, 1);
  table->free(table, third, 1, 1);
  EXPECT_EQ(host.allocations(), 3u);
}

TEST_F(FakeHostTest, ReportsOfFailures) {
  FakeSink sink;
  EXPECT_EQ(sink.problem(COFFER_MISS), "");
  EXPECT_THAT(sink.problem(COFFER_IO), HasSubstr("without calling host->fail"));
  table->fail(table, sink.get(), COFFER_IO, 0, "disk", 4);
  table->fail_detail(table, sink.get(), "path", "/x", 2);
  EXPECT_EQ(sink.problem(COFFER_IO), "");
  EXPECT_EQ(*sink.failures()[0].detail("path"), "/x");
  EXPECT_THAT(sink.problem(COFFER_OK), HasSubstr("but called host->fail"));
  EXPECT_THAT(sink.problem(COFFER_CORRUPT), HasSubstr("but reported"));
  table->fail(table, sink.get(), COFFER_IO, 0, "disk", 4);
  EXPECT_THAT(sink.problem(COFFER_IO), HasSubstr("2 times"));
  sink.reset();
  table->fail(table, sink.get(), COFFER_IO, 0, "\xff", 1);
  EXPECT_THAT(sink.problem(COFFER_IO), HasSubstr("not UTF-8"));
  EXPECT_EQ(host.problems(), "");
  table->fail(table, nullptr, COFFER_IO, 0, "x", 1);
  EXPECT_THAT(host.problems(), HasSubstr("the sink is not that of the call"));
}

TEST_F(FakeHostTest, CallsAfterTheEndOfTheInstance) {
  host.expect_silence();
  table->retain(table);  // too late: nobody holds the host
  EXPECT_THAT(host.problems(), HasSubstr("after the end of the instance"));
}

TEST_F(FakeHostTest, CallsOfAHeldHost) {
  table->retain(table);
  host.expect_silence();
  void* memory = alloc(1, 1);
  table->free(table, memory, 1, 1);
  EXPECT_THAT(host.problems(), HasSubstr("1 host->retain"));
  table->release(table);
  EXPECT_EQ(host.problems(), "");
}

TEST_F(FakeHostTest, CallsWhereTheyAreForbidden) {
  {
    const NoHostCalls inside("victims");
    std::thread([&] { table->now(table, COFFER_CLOCK_COARSE); }).join();  // another thread may
    EXPECT_EQ(host.problems(), "");
    table->now(table, COFFER_CLOCK_COARSE);
  }
  EXPECT_THAT(host.problems(), HasSubstr("victims called host->now"));
}

TEST_F(FakeHostTest, ClocksStandStillUntilMoved) {
  const coffer_time start = table->now(table, COFFER_CLOCK_PRECISE);
  host.set_clock_bounds(5, 20);
  host.advance(7);
  EXPECT_EQ(table->now(table, COFFER_CLOCK_PRECISE), start + 7);
  EXPECT_EQ(table->now(table, COFFER_CLOCK_COARSE), start + 2);
  EXPECT_EQ(table->now(table, COFFER_CLOCK_LATEST), start + 27);
  for (const coffer_time end : {start + 8, start + 26, start + 27, start + 28})
    EXPECT_EQ(coffer_plugin_has_ended(table, end), 0);
  EXPECT_EQ(coffer_plugin_has_ended(table, COFFER_NEVER), 0);
  EXPECT_EQ(coffer_plugin_has_ended(table, start + 7), 1);
  EXPECT_EQ(coffer_plugin_has_ended(table, start + 1), 1);
}

TEST_F(FakeHostTest, ObjectsGivenBack) {
  void* object = host.new_object();
  table->object_release(table, host.object_type(), object);
  EXPECT_EQ(host.releases_of(object), 1u);
  EXPECT_EQ(host.problems(), "");
  table->object_release(table, host.object_type(), object);
  EXPECT_EQ(host.releases(), 2u);
  EXPECT_THAT(host.problems(), HasSubstr("once too often"));
}

TEST_F(FakeHostTest, Completions) {
  const uint64_t token = host.new_token();
  EXPECT_EQ(host.wait(token, std::chrono::milliseconds(1)), std::nullopt);
  table->complete(table, token, COFFER_CANCELLED);
  EXPECT_EQ(host.wait(token, std::chrono::milliseconds(1)), COFFER_CANCELLED);
  EXPECT_EQ(host.problems(), "");
  table->complete(table, token, COFFER_OK);
  table->complete(table, token + 1, COFFER_OK);
  EXPECT_EQ(host.completions_of(token), 2u);
  EXPECT_THAT(host.problems(), HasSubstr("completed twice"));
  EXPECT_THAT(host.problems(), HasSubstr("never submitted"));
}

class ReferenceStrategyTest : public FakeHostTest {
 protected:
  void SetUp() override {
    host.use_reference_strategy(COFFER_HITS_BYTE);
    auto* strategies =
        static_cast<const coffer_host_strategies*>(table->extension(table, COFFER_HOST_STRATEGIES));
    ASSERT_EQ(strategies->open(table, "any", &strategy, &self, sink.get()), COFFER_OK);
    ASSERT_EQ(strategy->shard_create(self, 10, &shard, sink.get()), COFFER_OK);
    strategy->insert(shard, node, &info);
  }
  void TearDown() override {
    strategy->shard_destroy(shard);
    auto* strategies =
        static_cast<const coffer_host_strategies*>(table->extension(table, COFFER_HOST_STRATEGIES));
    EXPECT_THAT(host.problems(), HasSubstr("a strategy was not closed"));
    strategies->close(table, strategy, self);
  }

  const coffer_strategy* strategy = nullptr;
  void* self = nullptr;
  void* shard = nullptr;
  FakeSink sink;
  alignas(16) unsigned char node[COFFER_MAX_NODE_SIZE] = {};
  alignas(16) unsigned char other[COFFER_MAX_NODE_SIZE] = {};
  coffer_node_info info = {1, 1, COFFER_NEVER, 1};
};

TEST_F(ReferenceStrategyTest, UseThatIsRightIsNoProblem) {
  ++node[0];  // a hit
  void* victim = nullptr;
  EXPECT_EQ(strategy->victims(shard, 1, &victim, 1), 1u);
  EXPECT_EQ(victim, node);
  strategy->replace(shard, node, other, &info, 1);
  strategy->remove(shard, other, COFFER_REMOVE_EVICTED);
  EXPECT_EQ(host.problems_so_far(), "");
}

TEST_F(ReferenceStrategyTest, InsertTwice) {
  strategy->insert(shard, node, &info);
  EXPECT_THAT(host.problems_so_far(), HasSubstr("in the shard already"));
}

TEST_F(ReferenceStrategyTest, DirtyNode) {
  other[3] = 1;
  strategy->insert(shard, other, &info);
  EXPECT_THAT(host.problems_so_far(), HasSubstr("not zero"));
}

TEST_F(ReferenceStrategyTest, NodeWrittenByTheStore) {
  node[3] = 1;
  strategy->remove(shard, node, COFFER_REMOVE_DELETED);
  EXPECT_THAT(host.problems_so_far(), HasSubstr("were changed"));
}

TEST_F(ReferenceStrategyTest, NodeThatIsNotThere) {
  strategy->remove(shard, other, COFFER_REMOVE_DELETED);
  EXPECT_THAT(host.problems_so_far(), HasSubstr("remove: the node is not in the shard"));
  strategy->replace(shard, other, node, &info, 0);
  EXPECT_THAT(host.problems_so_far(), HasSubstr("replace: the old node"));
}

TEST_F(ReferenceStrategyTest, HitsInAnotherMode) {
  void* nodes[] = {node};
  strategy->hits(shard, nodes, 1);
  EXPECT_THAT(host.problems_so_far(), HasSubstr("neither BATCH nor RECENT"));
}

TEST(OptionListTest, DefaultsInSchemaOrderAndWhatIsGiven) {
  const coffer_option_spec specs[] = {
      {"room", "64KiB", "", COFFER_TYPE_SIZE, 0},     {"name", nullptr, "", COFFER_TYPE_TEXT, 0},
      {"wait", "1h30m", "", COFFER_TYPE_DURATION, 0}, {"on", "no", "", COFFER_TYPE_BOOL, 0},
      {"share", "0.5", "", COFFER_TYPE_FLOAT, 0},     {"count", "100k", "", COFFER_TYPE_INT, 0}};
  coffer_plugin_info info = {};
  info.options = specs;
  info.option_count = 6;
  const OptionList list(info, {{"on", "yes"}});
  ASSERT_EQ(list.error(), "");
  ASSERT_EQ(list.size(), 5u);
  EXPECT_EQ(list.data()[0].i64, 65536);
  EXPECT_EQ(list.data()[1].i64, 5400 * int64_t{1000000000});
  EXPECT_EQ(list.data()[2].i64, 1);
  EXPECT_EQ(list.data()[3].f64, 0.5);
  EXPECT_EQ(list.data()[4].i64, 100000);
  EXPECT_NE(OptionList(info, {{"room", "much"}}).error(), "");
  EXPECT_NE(OptionList(info, {{"nope", "1"}}).error(), "");
}

TEST(Utf8Test, TellsTextFromOtherBytes) {
  for (const char* good : {"", "a", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80"}) {
    EXPECT_TRUE(is_utf8(good)) << good;
  }
  for (const char* bad :
       {"\x80", "\xc3", "\xc0\x80", "\xe0\x80\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xff"}) {
    EXPECT_FALSE(is_utf8(bad));
  }
}

}  // namespace
}  // namespace coffer::conformance
