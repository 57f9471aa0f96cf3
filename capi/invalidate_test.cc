// Tags, rows and clear through coffer/invalidate.h, against the real memory store.
#include "coffer/invalidate.h"

#include <gtest/gtest.h>

#include "capi/testing/freshness.h"

namespace coffer::testing {
namespace {

using Conjunction = Depends::Conjunction;

class InvalidateTest : public RuntimeTest {
 protected:
  void SetUp() override {
    RuntimeTest::SetUp();
    cache_ = open("memory://?capacity=10000");
  }

  // Whether an entry with these dependencies is there still.
  bool fresh(std::string_view key) { return get(cache_, key) != "(miss)"; }
  void put_with(std::string_view key, Depends& depends) {
    ASSERT_EQ(load(cache_, key, "v", depends), "loaded");
    ASSERT_TRUE(fresh(key));
  }
  void put_tagged(std::string_view key, std::initializer_list<const char*> tags) {
    Depends depends;
    for (const char* tag : tags) depends.tag(tag);
    put_with(key, depends);
  }
  void put_rows(std::string_view key, std::string_view space, std::vector<Conjunction> any) {
    Depends depends;
    depends.rows(space, any);
    put_with(key, depends);
  }
  void insert(const Conjunction& row) {
    ASSERT_EQ(row_event(cache_, "posts", nullptr, &row), COFFER_OK);
  }

  coffer_cache* cache_ = nullptr;
};

TEST_F(InvalidateTest, ATagEndsWhatDependsOnItAndNothingElse) {
  put_tagged("a", {"user:1"});
  put_tagged("b", {"user:2", "user:1"});
  put_tagged("c", {"user:2"});
  put(cache_, "plain", "v");
  EXPECT_EQ(invalidate(cache_, "user:1"), COFFER_OK);
  EXPECT_FALSE(fresh("a"));
  EXPECT_FALSE(fresh("b"));
  EXPECT_TRUE(fresh("c"));
  EXPECT_TRUE(fresh("plain"));
  put_tagged("a", {"user:1"});
  EXPECT_EQ(stats_of(cache_).tag_events, 1u);
}

TEST_F(InvalidateTest, EveryWayToReadSeesIt) {
  put_tagged("k", {"t"});
  invalidate(cache_, "t");
  char buffer[8];
  coffer_read_info info{};
  EXPECT_EQ(coffer_read(cache_, "k", 1, buffer, sizeof buffer, &info, nullptr), COFFER_MISS);
  EXPECT_EQ(coffer_read(cache_, "k", 1, nullptr, 0, &info, nullptr), COFFER_MISS)
      << "also without room";
  EXPECT_EQ(coffer_exists(cache_, "k", 1, &info, nullptr), COFFER_MISS);
  coffer_ttl left = 0;
  EXPECT_EQ(coffer_ttl_left(cache_, "k", 1, &left, nullptr), COFFER_MISS);
  EXPECT_EQ(coffer_touch(cache_, "k", 1, kSecond, nullptr), COFFER_MISS);
  EXPECT_EQ(remove(cache_, "k"), COFFER_MISS);
  EXPECT_EQ(fetch(cache_, "k", fetch_options(COFFER_FETCH_LOOK)).text(), "MISS");
  put_tagged("other", {"t"});
  invalidate(cache_, "t");
  EXPECT_TRUE(keys_of(cache_, COFFER_SCAN_PREFIX, "").empty());
  coffer_op ops[2] = {};
  for (coffer_op& op : ops) op.struct_size = sizeof op;
  ops[0].kind = COFFER_OP_GET;
  ops[1].kind = COFFER_OP_EXISTS;
  ops[0].key = ops[1].key = bytes("other");
  coffer_result results[2];
  ASSERT_EQ(coffer_run(cache_, ops, 2, sizeof *ops, results, nullptr), COFFER_OK);
  EXPECT_EQ(results[0].status, COFFER_MISS);
  EXPECT_EQ(results[1].status, COFFER_MISS);
}

TEST_F(InvalidateTest, APinnedEntryStaysReadable) {
  put_tagged("k", {"t"});
  coffer_entry entry{};
  ASSERT_EQ(coffer_get(cache_, "k", 1, &entry, nullptr), COFFER_OK);
  invalidate(cache_, "t");
  coffer_runtime_maintain(runtime_, nullptr);
  EXPECT_EQ(std::string(static_cast<const char*>(entry.data), entry.size), "v");
  coffer_entry_release(&entry);
}

TEST_F(InvalidateTest, WhatIsDeadIsGivenBackInTheBackground) {
  for (int i = 0; i < 500; ++i) put_tagged("k" + std::to_string(i), {"t"});
  put(cache_, "plain", "v");
  invalidate(cache_, "t");
  EXPECT_EQ(stats_of(cache_).entries, 501u);
  coffer_runtime_maintain(runtime_, nullptr);
  EXPECT_EQ(stats_of(cache_).entries, 1u);
}

TEST_F(InvalidateTest, ARowEndsWhatEitherOfItsStatesSatisfies) {
  put_rows("red", "posts", {{{"color", 1}}});
  put_rows("blue", "posts", {{{"color", 2}}});
  put_rows("green", "posts", {{{"color", 3}}});
  const Conjunction before{{"color", 1}, {"id", 7}};
  const Conjunction after{{"color", 2}, {"id", 7}};
  EXPECT_EQ(row_event(cache_, "posts", &before, &after), COFFER_OK);
  EXPECT_FALSE(fresh("red"));
  EXPECT_FALSE(fresh("blue"));
  EXPECT_TRUE(fresh("green"));
  EXPECT_EQ(row_event(cache_, "other", nullptr, &after), COFFER_OK);
  EXPECT_TRUE(fresh("green"));
}

TEST_F(InvalidateTest, ConjunctionsDisjunctionsAndAnyRow) {
  put_rows("both", "posts", {{{"a", 1}, {"b", 2}}});
  put_rows("either", "posts", {{{"a", 1}}, {{"b", 2}}});
  put_rows("any", "posts", {{}});
  put_rows("none", "posts", {});
  insert({{"a", 1}, {"b", 3}});
  EXPECT_TRUE(fresh("both"));
  EXPECT_FALSE(fresh("either"));
  EXPECT_FALSE(fresh("any"));
  EXPECT_TRUE(fresh("none")) << "no row can matter";
  insert({{"b", 2}, {"a", 1}});
  EXPECT_FALSE(fresh("both"));
}

TEST_F(InvalidateTest, ARowWithoutAColumnThatConditionsUseEndsTheWholeSpace) {
  put_rows("a", "posts", {{{"a", 1}}});
  put_rows("b", "posts", {{{"b", 1}}});
  insert({{"a", 9}});
  EXPECT_FALSE(fresh("a"));
  EXPECT_FALSE(fresh("b"));
}

TEST_F(InvalidateTest, ASpaceEndsAsAWhole) {
  put_rows("a", "posts", {{{"a", 1}}});
  put_rows("any", "posts", {{}});
  put_rows("other", "users", {{}});
  EXPECT_EQ(coffer_invalidate_space(cache_, nullptr, bytes("posts"), nullptr), COFFER_OK);
  EXPECT_FALSE(fresh("a"));
  EXPECT_FALSE(fresh("any"));
  EXPECT_TRUE(fresh("other"));
}

// cacheops gave 1.5 and 1.50 different keys, and served a stale result for it (seeds: 2.6.7).
TEST_F(InvalidateTest, EqualDecimalsAreOneValueHoweverWritten) {
  coffer_cell condition{};
  condition.column = bytes("price");
  condition.value.type = COFFER_DATUM_DECIMAL;
  condition.value.bytes = bytes("1.5");
  const coffer_cells any{&condition, 1};
  const coffer_rows rows{bytes("posts"), &any, 1};
  const coffer_dependencies depends{sizeof depends, 0, nullptr, 0, &rows, 1};
  coffer_fetch_options options = fetch_options();
  options.dependencies = &depends;
  ASSERT_EQ(commit(cache_, fetch(cache_, "k", options).lease(), "v"), COFFER_OK);
  coffer_cell saved = condition;
  saved.value.bytes = bytes("1.50");
  const coffer_cells row{&saved, 1};
  ASSERT_EQ(coffer_row_event(cache_, nullptr, bytes("posts"), nullptr, &row, nullptr), COFFER_OK);
  EXPECT_FALSE(fresh("k"));
}

TEST_F(InvalidateTest, DeclaredColumnsConvertAndRefuse) {
  const coffer_column columns[] = {{bytes("id"), COFFER_COLUMN_INTEGER, 0}};
  ASSERT_EQ(coffer_space_declare(cache_, bytes("posts"), columns, 1, nullptr), COFFER_OK);
  put_rows("k", "posts", {{{"id", 12}}});
  coffer_cell text{};
  text.column = bytes("id");
  text.value.type = COFFER_DATUM_TEXT;
  text.value.bytes = bytes("12");
  const coffer_cells row{&text, 1};
  ASSERT_EQ(coffer_row_event(cache_, nullptr, bytes("posts"), nullptr, &row, nullptr), COFFER_OK);
  EXPECT_FALSE(fresh("k"));
  text.value.bytes = bytes("twelve");
  coffer_error* error = nullptr;
  EXPECT_EQ(coffer_row_event(cache_, nullptr, bytes("posts"), nullptr, &row, &error),
            COFFER_INVALID_ARGUMENT);
  const std::string message = message_of(error);
  EXPECT_NE(message.find("id"), std::string::npos) << message;
  EXPECT_NE(message.find("INTEGER"), std::string::npos) << message;
  const coffer_column other[] = {{bytes("id"), COFFER_COLUMN_TEXT, 0}};
  EXPECT_EQ(coffer_space_declare(cache_, bytes("posts"), other, 1, nullptr), COFFER_INVALID_STATE);
}

TEST_F(InvalidateTest, TagsBelongToAScope) {
  coffer_cache* a = open("memory://scoped?namespace=a");
  coffer_cache* b = open("memory://scoped?namespace=b");
  coffer_cache* shares = open("memory://scoped?namespace=c&scope=a");
  Depends depends;
  depends.tag("t");
  for (coffer_cache* cache : {a, b, shares}) ASSERT_EQ(load(cache, "k", "v", depends), "loaded");
  invalidate(a, "t");
  EXPECT_EQ(get(a, "k"), "(miss)");
  EXPECT_EQ(get(b, "k"), "v");
  EXPECT_EQ(get(shares, "k"), "(miss)");
}

TEST_F(InvalidateTest, ClearEndsANamespaceWithAllNestedInIt) {
  coffer_cache* whole = open("memory://clears");
  coffer_cache* a = open("memory://clears?namespace=a");
  coffer_cache* ab = open("memory://clears?namespace=a/b");
  coffer_cache* c = open("memory://clears?namespace=c");
  const auto fill = [&] {
    for (coffer_cache* cache : {whole, a, ab, c}) put(cache, "k", "v");
  };
  const auto left = [&] {
    std::string text;
    for (coffer_cache* cache : {whole, a, ab, c}) text += get(cache, "k") == "v" ? '1' : '0';
    return text;
  };
  fill();
  EXPECT_EQ(coffer_clear(ab, nullptr), COFFER_OK);
  EXPECT_EQ(left(), "1101");
  fill();
  EXPECT_EQ(left(), "1111");
  coffer_clear(a, nullptr);
  EXPECT_EQ(left(), "1001");
  fill();
  coffer_clear(whole, nullptr);
  EXPECT_EQ(left(), "0000");
  fill();
  EXPECT_EQ(left(), "1111");
  EXPECT_EQ(get(whole, "a:k"), "v") << "a handle without a namespace sees the keys of all";
  coffer_clear(a, nullptr);
  EXPECT_EQ(get(whole, "a:k"), "(miss)");
  EXPECT_EQ(get(whole, "c:k"), "v");
}

TEST_F(InvalidateTest, ClearEndsComputationsUnderWay) {
  coffer_cache* a = open("memory://?namespace=a");
  const Fetch leader = fetch(a, "k");
  const Fetch waiter = fetch(a, "k");
  coffer_clear(a, nullptr);
  EXPECT_EQ(wait(a, waiter.lease()).text(), "LEAD");
  EXPECT_EQ(commit(a, leader.lease(), "of before"), COFFER_SUPERSEDED);
  EXPECT_EQ(commit(a, waiter.lease(), "of after"), COFFER_OK);
  EXPECT_EQ(get(a, "k"), "of after");
}

TEST_F(InvalidateTest, RemovePrefixRemovesAndCounts) {
  for (const char* key : {"user:1", "user:2", "post:1"}) put(cache_, key, "v");
  uint64_t removed = 0;
  EXPECT_EQ(coffer_remove_prefix(cache_, "user:", 5, &removed, nullptr), COFFER_OK);
  EXPECT_EQ(removed, 2u);
  EXPECT_TRUE(fresh("post:1"));
}

TEST_F(InvalidateTest, DependenciesFoundByTheComputationCount) {
  const Fetch leader = fetch(cache_, "k");
  Depends late;
  late.tag("late");
  coffer_commit value = value_commit("v");
  value.dependencies = late.get();
  EXPECT_EQ(commit(cache_, leader.lease(), value), COFFER_OK);
  EXPECT_TRUE(fresh("k"));
  invalidate(cache_, "late");
  EXPECT_FALSE(fresh("k"));
  const Fetch second = fetch(cache_, "k");
  invalidate(cache_, "late");  // before anybody knew that it matters
  EXPECT_EQ(commit(cache_, second.lease(), value), COFFER_SUPERSEDED);
  EXPECT_FALSE(fresh("k"));
}

TEST_F(InvalidateTest, APutMayDependToo) {
  Depends depends;
  depends.tag("t");
  coffer_put_options options = put_options();
  options.dependencies = depends.get();
  EXPECT_EQ(put(cache_, "k", "v", &options), COFFER_OK);
  int64_t sum = 0;
  EXPECT_EQ(put(cache_, "n", "1", &options), COFFER_OK);
  EXPECT_EQ(coffer_incr(cache_, "n", 1, 1, 0, COFFER_TTL_DEFAULT, &sum, nullptr), COFFER_OK);
  EXPECT_EQ(sum, 2);
  invalidate(cache_, "t");
  EXPECT_FALSE(fresh("k"));
  EXPECT_FALSE(fresh("n")) << "a counter keeps what it depends on";
}

TEST_F(InvalidateTest, BatchesKeepTheirDependencies) {
  coffer_queue* queue = nullptr;
  ASSERT_EQ(coffer_queue_create(runtime_, 0, &queue, nullptr), COFFER_OK);
  {
    Depends depends;
    depends.tag("t").rows("posts", {{{"a", 1}}});
    coffer_op ops[2] = {};
    for (coffer_op& op : ops) {
      op.struct_size = sizeof op;
      op.kind = COFFER_OP_PUT;
      op.value = bytes("v");
      op.put = put_options();
      op.put.dependencies = depends.get();
    }
    ops[0].key = bytes("x");
    ops[1].key = bytes("y");
    ASSERT_EQ(coffer_submit(cache_, ops, 2, sizeof *ops, queue, 1, nullptr), COFFER_OK);
  }
  coffer_event event{};
  ASSERT_EQ(coffer_queue_poll(queue, &event, 1, 10 * kSecond), 1u);
  coffer_event_release(&event);
  coffer_queue_release(queue);
  EXPECT_TRUE(fresh("x"));
  invalidate(cache_, "t");
  EXPECT_FALSE(fresh("x"));
  EXPECT_FALSE(fresh("y"));
}

TEST_F(InvalidateTest, TooMuchOrWrongIsNamed) {
  Depends many;
  for (int i = 0; i < 41; ++i) many.tag("t" + std::to_string(i));
  EXPECT_EQ(fetch_with(cache_, "k", many).text(), "(TOO_LARGE)");
  Depends empty;
  empty.tag("");
  const Fetch refused = fetch_with(cache_, "k", empty);
  EXPECT_EQ(refused.text(), "(INVALID_ARGUMENT)");
  EXPECT_NE(refused.error.find("tags[0]"), std::string::npos) << refused.error;
  EXPECT_EQ(row_event(cache_, "posts", nullptr, nullptr), COFFER_INVALID_ARGUMENT);
  coffer_dependencies odd{};
  odd.struct_size = 4;
  coffer_fetch_options options = fetch_options();
  options.dependencies = &odd;
  EXPECT_EQ(fetch(cache_, "k", options).text(), "(INVALID_ARGUMENT)");
}

TEST_F(InvalidateTest, EventsAndReadsAreTold) {
  coffer_queue* queue = nullptr;
  ASSERT_EQ(coffer_queue_create(runtime_, 0, &queue, nullptr), COFFER_OK);
  coffer_queue_subscribe(queue, COFFER_EVENT_INVALIDATE | COFFER_EVENT_READ | COFFER_EVENT_CLEAR,
                         0);
  put_tagged("k", {"t"});
  advance(3 * kSecond);
  fetch(cache_, "k");
  invalidate(cache_, "t");
  const Conjunction row{{"a", 1}};
  row_event(cache_, "posts", nullptr, &row);
  coffer_clear(cache_, nullptr);
  std::string told;
  coffer_event event{};
  while (coffer_queue_poll(queue, &event, 1, 0) == 1) {
    const std::string key(static_cast<const char*>(event.key.data), event.key.size);
    const std::string text(static_cast<const char*>(event.text.data), event.text.size);
    told += text + " " + key +
            (event.number != 0 ? " " + std::to_string(event.number / kSecond) + "s" : "") + "; ";
    coffer_event_release(&event);
    event = {};
  }
  EXPECT_EQ(told, "lead k; hit k 3s; tag t; row posts;  ; ");
  coffer_queue_release(queue);
}

}  // namespace
}  // namespace coffer::testing
