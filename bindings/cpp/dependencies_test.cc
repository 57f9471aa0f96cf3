// Typed values, what a value depends on, and the events that end it.
#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <cstring>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "coffer/coffer.hpp"

namespace {

using namespace std::chrono_literals;
using coffer::Cache;
using coffer::Cell;
using coffer::ColumnType;
using coffer::Datum;
using coffer::Decimal;
using coffer::Dependencies;
using coffer::Runtime;
using coffer::Status;
using coffer::Uuid;

std::string text_of(coffer_bytes bytes) {
  return std::string(static_cast<const char*>(bytes.data), bytes.size);
}

TEST(Datum, SaysItsType) {
  EXPECT_EQ(COFFER_DATUM_NULL, Datum().raw().type);
  EXPECT_EQ(COFFER_DATUM_NULL, Datum(nullptr).raw().type);
  EXPECT_EQ(COFFER_DATUM_NULL, Datum(std::optional<std::string>()).raw().type);
  EXPECT_EQ(COFFER_DATUM_BOOL, Datum(true).raw().type);
  EXPECT_EQ(1, Datum(true).raw().i64);
  EXPECT_EQ(COFFER_DATUM_I64, Datum(-7).raw().type);
  EXPECT_EQ(-7, Datum(std::optional(-7)).raw().i64);
  EXPECT_EQ(COFFER_DATUM_I64, Datum(7u).raw().type);
  const Datum large(std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(COFFER_DATUM_U64, large.raw().type);
  EXPECT_EQ(-1, large.raw().i64);
  EXPECT_EQ(COFFER_DATUM_F64, Datum(1.5f).raw().type);
  EXPECT_EQ(1.5, Datum(1.5).raw().f64);
  EXPECT_EQ(COFFER_DATUM_DECIMAL, Datum(Decimal{"1.50"}).raw().type);
  EXPECT_EQ("1.50", text_of(Datum(Decimal{"1.50"}).raw().bytes));
  EXPECT_EQ(COFFER_DATUM_TEXT, Datum("text").raw().type);
  const std::string text = "text";
  EXPECT_EQ("text", text_of(Datum(text).raw().bytes));
  const std::vector<std::byte> bytes(3);
  EXPECT_EQ(COFFER_DATUM_BYTES, Datum(bytes).raw().type);
  EXPECT_EQ(3u, Datum(bytes).raw().bytes.size);
  const Uuid uuid{};
  EXPECT_EQ(COFFER_DATUM_UUID, Datum(uuid).raw().type);
  EXPECT_EQ(16u, Datum(uuid).raw().bytes.size);
}

TEST(Datum, Times) {
  using namespace std::chrono;
  const year_month_day day = 2024y / May / 1;
  EXPECT_EQ(COFFER_DATUM_DATE, Datum(day).raw().type);
  EXPECT_EQ(19844, Datum(day).raw().i64);
  EXPECT_EQ(19844, Datum(sys_days(day)).raw().i64);
  EXPECT_EQ(COFFER_DATUM_DATE, Datum(local_days(day)).raw().type);
  const Datum time(hh_mm_ss(90min + 250ms));
  EXPECT_EQ(COFFER_DATUM_TIME, time.raw().type);
  EXPECT_EQ(5'400'250'000'000, time.raw().i64);

  const Datum local(local_days(day) + 1s + 5ns);
  EXPECT_EQ(COFFER_DATUM_DATETIME, local.raw().type);
  EXPECT_EQ(19844 * 86400 + 1, local.raw().i64);
  EXPECT_EQ(5u, local.raw().nanos);
  const Datum before(sys_time<milliseconds>(-1ms));
  EXPECT_EQ(COFFER_DATUM_INSTANT, before.raw().type);
  EXPECT_EQ(-1, before.raw().i64) << "seconds are rounded down";
  EXPECT_EQ(999'000'000u, before.raw().nanos);
}

TEST(Dependencies, KeepCopies) {
  Dependencies on;
  EXPECT_EQ(nullptr, on.raw());
  {
    std::string tag = "user:7";
    std::string space = "post";
    std::string value = "a text that is not short";
    on.tag(tag).rows(space, {{"author", value}, {"id", 7}}).space("all");
    tag = space = value = "?";
  }
  EXPECT_EQ(3u, on.size());
  Dependencies moved = std::move(on);
  EXPECT_TRUE(on.empty());  // NOLINT: a moved-from object is empty
  on = std::move(moved);
  const coffer_dependencies& raw = *on.raw();
  ASSERT_EQ(1u, raw.tag_count);
  EXPECT_EQ("user:7", text_of(raw.tags[0]));
  ASSERT_EQ(2u, raw.row_count);
  EXPECT_EQ("post", text_of(raw.rows[0].space));
  ASSERT_EQ(1u, raw.rows[0].count);
  ASSERT_EQ(2u, raw.rows[0].any[0].count);
  EXPECT_EQ("author", text_of(raw.rows[0].any[0].cells[0].column));
  EXPECT_EQ("a text that is not short", text_of(raw.rows[0].any[0].cells[0].value.bytes));
  EXPECT_EQ(7, raw.rows[0].any[0].cells[1].value.i64);
  EXPECT_EQ(1u, raw.rows[1].count) << "one conjunction, of no conditions: every row";
  EXPECT_EQ(0u, raw.rows[1].any[0].count);
}

class EventsTest : public testing::Test {
 protected:
  void SetUp() override {
    runtime_ = Runtime::create({{"clock", "manual"}, {"housekeeping", 0s}}).value();
    cache_ = runtime_.open("memory://").value();
  }
  void put(const char* key, const Dependencies& on) {
    const auto put = cache_.put(key, "x", {.depends_on = on});
    ASSERT_TRUE(put.ok()) << put.message();
  }
  bool has(const char* key) { return cache_.exists(key).ok(); }

  Runtime runtime_;
  Cache cache_;
};

TEST_F(EventsTest, TagsAndSpaces) {
  put("a", Dependencies().tag("t").tag("u"));
  put("b", Dependencies().tag("u"));
  put("c", Dependencies().space("post"));
  EXPECT_TRUE(cache_.invalidate_tags({"other"}).ok());
  EXPECT_TRUE(has("a") && has("b") && has("c"));
  EXPECT_TRUE(cache_.invalidate_tags({"t"}).ok());
  EXPECT_FALSE(has("a"));
  EXPECT_TRUE(has("b"));
  const std::vector<std::string> tags{"x", "u"};
  EXPECT_TRUE(cache_.invalidate_tags(tags).ok());
  EXPECT_FALSE(has("b"));
  EXPECT_TRUE(has("c"));
  EXPECT_TRUE(cache_.invalidate_space("post").ok());
  EXPECT_FALSE(has("c"));
}

TEST_F(EventsTest, RowsThatConditionsSelect) {
  const auto fill = [&] {
    put("of 7", Dependencies().rows("post", {{"author", 7}, {"draft", false}}));
    put("of 8 or 9", Dependencies().rows("post", {{"author", 8}}).rows("post", {{"author", 9}}));
    put("all", Dependencies().space("post"));
  };
  fill();
  ASSERT_TRUE(cache_.row_inserted("post", {{"id", 1}, {"author", 7}, {"draft", true}}).ok());
  EXPECT_TRUE(has("of 7"));
  EXPECT_TRUE(has("of 8 or 9"));
  EXPECT_FALSE(has("all"));
  fill();
  ASSERT_TRUE(cache_
                  .row_changed("post", {{"id", 1}, {"author", 7}, {"draft", true}},
                               {{"id", 1}, {"author", 7.0}, {"draft", false}})
                  .ok());
  EXPECT_FALSE(has("of 7"));
  EXPECT_TRUE(has("of 8 or 9"));
  fill();
  std::vector<Cell> row{{"author", 9}};
  row.emplace_back("draft", nullptr);
  ASSERT_TRUE(cache_.row_deleted("post", row).ok());
  EXPECT_TRUE(has("of 7"));
  EXPECT_FALSE(has("of 8 or 9"));
  fill();
  ASSERT_TRUE(cache_.row_inserted("post", {{"id", 1}}).ok());
  EXPECT_FALSE(has("of 7") || has("of 8 or 9")) << "columns are missing: any condition may matter";
}

TEST_F(EventsTest, DeclaredColumns) {
  ASSERT_TRUE(cache_.declare("price", {{"amount", ColumnType::kDecimal}}).ok());
  put("p", Dependencies().rows("price", {{"amount", "1.50"}}));
  ASSERT_TRUE(cache_.row_inserted("price", {{"amount", 1.25}}).ok());
  EXPECT_TRUE(has("p"));
  ASSERT_TRUE(cache_.row_inserted("price", {{"amount", 1.5}}).ok());
  EXPECT_FALSE(has("p"));

  coffer::Outcome again = cache_.declare("price", {{"amount", ColumnType::kText}});
  EXPECT_EQ(Status::kInvalidState, again.status());
  EXPECT_NE(nullptr, std::strstr(again.message(), "amount")) << again.message();
  coffer::Outcome wrong = cache_.row_inserted("price", {{"amount", "much"}});
  EXPECT_EQ(Status::kInvalidArgument, wrong.status());
  EXPECT_NE(nullptr, std::strstr(wrong.message(), "amount")) << wrong.message();
}

TEST_F(EventsTest, ClearAndPrefix) {
  const Cache app = cache_.in_namespace("app").value();
  put("a:1", {});
  put("a:2", {});
  put("b", {});
  app.put("a:1", "x").ignore();
  EXPECT_EQ(2u, cache_.remove_prefix("a:").value());
  EXPECT_TRUE(has("b"));
  EXPECT_TRUE(app.exists("a:1").ok());
  EXPECT_TRUE(app.clear().ok());
  EXPECT_TRUE(app.exists("a:1").missed());
  EXPECT_TRUE(has("b"));
  EXPECT_TRUE(cache_.clear().ok());
  EXPECT_FALSE(has("b"));
}

TEST_F(EventsTest, BatchesDependToo) {
  const Dependencies on = Dependencies().tag("t");
  ASSERT_TRUE(cache_.put_many({{"a", "1"}, {"b", "2"}}, {.depends_on = on}).ok());
  EXPECT_TRUE(has("a") && has("b"));
  cache_.invalidate_tags({"t"}).ignore();
  EXPECT_FALSE(has("a") || has("b"));
}

TEST_F(EventsTest, AreTold) {
  coffer::Queue queue = runtime_.queue().value();
  queue.subscribe(coffer::Events::kInvalidate | coffer::Events::kRead);
  cache_.invalidate_tags({"t"}).ignore();
  cache_.invalidate_space("s").ignore();
  cache_.row_inserted("s", {{"id", 1}}).ignore();
  for (const auto& [key, text] :
       {std::pair("t", "tag"), std::pair("s", "space"), std::pair("s", "row")}) {
    const std::optional<coffer::Event> event = queue.next(5s);
    ASSERT_TRUE(event.has_value());
    EXPECT_EQ(coffer::Events::kInvalidate, event->kind());
    EXPECT_EQ(key, event->key());
    EXPECT_EQ(text, event->text());
  }
  cache_.fetch("k", {.look = true}).ignore();
  const std::optional<coffer::Event> read = queue.next(5s);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(coffer::Events::kRead, read->kind());
  EXPECT_EQ("miss", read->text());
  const coffer::Stats stats = cache_.stats().value();
  EXPECT_EQ(1u, stats.tag_events);
  EXPECT_EQ(1u, stats.space_events);
  EXPECT_EQ(1u, stats.row_events);
}

TEST_F(EventsTest, Explained) {
  put("a", Dependencies().tag("t"));
  std::string state, reason;
  const auto explain = [&] {
    const coffer::Value why = cache_.explain("a").value();
    EXPECT_TRUE(why.member("state", state));
    EXPECT_TRUE(why.member("reason", reason));
  };
  explain();
  EXPECT_EQ("fresh", state);
  cache_.invalidate_tags({"t"}).ignore();
  explain();
  EXPECT_EQ("dead", state);
  EXPECT_NE(reason.npos, reason.find('t')) << reason;
  EXPECT_NE(reason.npos, reason.find("invalidated")) << reason;
}

TEST_F(EventsTest, TooManyDependencies) {
  Dependencies on;
  for (int i = 0; i < 41; ++i) on.tag("tag " + std::to_string(i));
  EXPECT_EQ(Status::kTooLarge, cache_.put("k", "x", {.depends_on = on}).status());
}

}  // namespace
