// Conditions of queries as dependencies.
#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

#include "coffer/coffer.hpp"

namespace {

using coffer::Condition;
using coffer::Datum;
using coffer::Dependencies;
using coffer::Result;
using coffer::Status;
using coffer::Term;

class ConditionTest : public testing::Test {
 protected:
  void SetUp() override { cache_ = coffer::open("memory://").value(); }

  // Whether a new row of the space ends what depends on the query.
  bool ends(const Result<Dependencies>& on, const char* space, coffer::Cells row) {
    EXPECT_TRUE(on.ok()) << on.message();
    EXPECT_TRUE(cache_.put("query", "result", {.depends_on = *on}).ok());
    EXPECT_TRUE(cache_.row_inserted(space, row).ok());
    return cache_.exists("query").missed();
  }

  coffer::Cache cache_;
};

TEST_F(ConditionTest, AndOrNotIn) {
  Result<Dependencies> on = coffer::Outcome();
  {
    const std::string column = "author";  // gone before it is used: all is copied
    on = Condition()
             .source("post")
             .where(Term::equal(coffer::Bytes(column), 7) &&
                    (Term::equal("draft", false) || Term::in("id", {1, 2})))
             .reduce();
  }
  EXPECT_EQ(3u, on->size());
  EXPECT_TRUE(ends(on, "post", {{"id", 9}, {"author", 7}, {"draft", false}}));
  EXPECT_TRUE(ends(on, "post", {{"id", 2}, {"author", 7}, {"draft", true}}));
  EXPECT_FALSE(ends(on, "post", {{"id", 9}, {"author", 7}, {"draft", true}}));
  EXPECT_FALSE(ends(on, "post", {{"id", 2}, {"author", 8}, {"draft", false}}));
  EXPECT_FALSE(ends(on, "user", {{"id", 2}, {"author", 7}, {"draft", false}}));
}

TEST_F(ConditionTest, WhatIsUnknownIsLeftOut) {
  const auto on = Condition()
                      .source("post")
                      .where(Term::equal("author", 7))
                      .where(Term::unknown())
                      .where(!Term::equal("id", 3))
                      .reduce();
  EXPECT_TRUE(ends(on, "post", {{"id", 1}, {"author", 7}}));
  EXPECT_FALSE(ends(on, "post", {{"id", 1}, {"author", 8}}));
  const auto all = Condition().source("post").where(Term::unknown()).reduce();
  EXPECT_TRUE(ends(all, "post", {{"id", 1}, {"author", 8}}));
  const auto everything = Condition().source("post").reduce();
  EXPECT_TRUE(ends(everything, "post", {{"id", 1}}));
  EXPECT_TRUE(Condition().source("post").where(Term::nothing()).reduce()->empty());
}

TEST_F(ConditionTest, ListsAndNulls) {
  const std::vector<Datum> none;
  EXPECT_TRUE(Condition().source("post").where(Term::in("id", none)).reduce()->empty());
  std::vector<Datum> many;
  for (int i = 0; i < 6; ++i) many.emplace_back(i);
  EXPECT_EQ(6u, Condition().source("post").where(Term::in("id", many)).reduce()->size());
  const auto longer = Condition().source("post").long_list(5).where(Term::in("id", many)).reduce();
  EXPECT_EQ(1u, longer->size()) << "every row";
  EXPECT_TRUE(ends(longer, "post", {{"id", 77}}));
  const auto limited =
      Condition().source("post").most_stamps(3).where(Term::in("id", many)).reduce();
  EXPECT_LE(limited->size(), 3u);
  EXPECT_TRUE(ends(limited, "post", {{"id", 5}}));
  const auto null = Condition().source("post").where(Term::is_null("parent")).reduce();
  EXPECT_TRUE(ends(null, "post", {{"parent", nullptr}}));
  EXPECT_FALSE(ends(null, "post", {{"parent", 1}}));
}

TEST_F(ConditionTest, JoinedTables) {
  const auto on = Condition()
                      .source("p", "post")
                      .source("u", "user")
                      .join({"p", "author"}, {"u", "id"})
                      .where(Term::equal({"u", "id"}, 7))
                      .reduce();
  EXPECT_TRUE(ends(on, "post", {{"id", 1}, {"author", 7}}));
  EXPECT_FALSE(ends(on, "post", {{"id", 1}, {"author", 8}}));
  EXPECT_TRUE(ends(on, "user", {{"id", 7}}));
  EXPECT_FALSE(ends(on, "user", {{"id", 8}}));
  const auto outer = Condition()
                         .source("post")
                         .optional_source("u", "user")
                         .where(Term::is_null({"u", "id"}))
                         .reduce();
  EXPECT_TRUE(ends(outer, "user", {{"id", 8}}));
}

TEST_F(ConditionTest, MistakesAreNamed) {
  const auto unknown = Condition().source("post").where(Term::equal({"x", "id"}, 1)).reduce();
  EXPECT_EQ(Status::kInvalidArgument, unknown.status());
  EXPECT_NE(nullptr, std::strchr(unknown.message(), 'x')) << unknown.message();
  EXPECT_EQ(Status::kInvalidArgument, Condition().reduce().status());
}

}  // namespace
