#include "core/dependency/spaces.h"

#include <gtest/gtest.h>

#include "core/dependency/testing/given.h"

namespace coffer::core {
namespace {

using testing::message;

coffer_column column(std::string_view name, int32_t type) {
  return {{name.data(), name.size()}, type, 0};
}

TEST(Spaces, KeepWhatWasDeclared) {
  Spaces spaces;
  coffer_sink sink;
  const coffer_column first[] = {column("id", COFFER_COLUMN_INTEGER),
                                 column("price", COFFER_COLUMN_DECIMAL)};
  const coffer_column second[] = {column("id", COFFER_COLUMN_INTEGER),
                                  column("title", COFFER_COLUMN_TEXT)};
  ASSERT_EQ(spaces.declare("a", "posts", first, 2, sink), COFFER_OK);
  ASSERT_EQ(spaces.declare("a", "posts", second, 2, sink), COFFER_OK);
  const auto columns = spaces.columns("a", "posts");
  EXPECT_EQ(columns->type_of("id"), COFFER_COLUMN_INTEGER);
  EXPECT_EQ(columns->type_of("price"), COFFER_COLUMN_DECIMAL);
  EXPECT_EQ(columns->type_of("title"), COFFER_COLUMN_TEXT);
  EXPECT_EQ(columns->type_of("other"), COFFER_COLUMN_ANY);
  EXPECT_EQ(spaces.columns("a", "users")->type_of("id"), COFFER_COLUMN_ANY);
  EXPECT_EQ(spaces.columns("ap", "osts")->type_of("id"), COFFER_COLUMN_ANY);
}

TEST(Spaces, DeclareAllOrNone) {
  Spaces spaces;
  coffer_sink sink;
  const coffer_column good[] = {column("id", COFFER_COLUMN_INTEGER)};
  ASSERT_EQ(spaces.declare("", "posts", good, 1, sink), COFFER_OK);
  const coffer_column clash[] = {column("new", COFFER_COLUMN_TEXT),
                                 column("id", COFFER_COLUMN_TEXT)};
  EXPECT_EQ(spaces.declare("", "posts", clash, 2, sink), COFFER_INVALID_STATE);
  EXPECT_EQ(message(sink),
            "column \"id\" of space \"posts\" is declared INTEGER and cannot become TEXT: entries "
            "computed before could no longer be found");
  EXPECT_EQ(spaces.columns("", "posts")->type_of("new"), COFFER_COLUMN_ANY);
  const coffer_column twice[] = {column("a", COFFER_COLUMN_TEXT), column("a", COFFER_COLUMN_BYTES)};
  EXPECT_EQ(spaces.declare("", "fresh", twice, 2, sink), COFFER_INVALID_STATE);
}

TEST(Spaces, RefuseWhatIsNoColumn) {
  Spaces spaces;
  coffer_sink sink;
  coffer_column bad = column("id", 99);
  EXPECT_EQ(spaces.declare("", "posts", &bad, 1, sink), COFFER_INVALID_ARGUMENT);
  EXPECT_EQ(message(sink),
            "columns[0] \"id\" has the unknown type 99; types are COFFER_COLUMN_*, 1 to 12");
  bad = column("id", COFFER_COLUMN_TEXT);
  bad.reserved = 1;
  EXPECT_EQ(spaces.declare("", "posts", &bad, 1, sink), COFFER_INVALID_ARGUMENT);
  EXPECT_EQ(message(sink), "columns[0].reserved is not zero");
  bad = column("", COFFER_COLUMN_TEXT);
  EXPECT_EQ(spaces.declare("", "posts", &bad, 1, sink), COFFER_INVALID_ARGUMENT);
  bad = column("\xff", COFFER_COLUMN_TEXT);
  EXPECT_EQ(spaces.declare("", "posts", &bad, 1, sink), COFFER_INVALID_ARGUMENT);
  EXPECT_EQ(message(sink), "columns[0].name \"\\xff\" is not UTF-8");
  EXPECT_EQ(spaces.declare("", "", nullptr, 0, sink), COFFER_INVALID_ARGUMENT);
  EXPECT_EQ(spaces.declare("", std::string(256, 'x'), nullptr, 0, sink), COFFER_TOO_LARGE);
  EXPECT_EQ(spaces.declare("", "posts", nullptr, 1, sink), COFFER_INVALID_ARGUMENT);
  EXPECT_EQ(spaces.declare("", "posts", nullptr, 0, sink), COFFER_OK);
}

}  // namespace
}  // namespace coffer::core
