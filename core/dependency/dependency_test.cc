#include "core/dependency/dependency.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "core/dependency/testing/given.h"

namespace coffer::core {
namespace {

using namespace testing;  // NOLINT: the builders of dependencies

std::vector<std::string> texts(const std::vector<Dependency>& dependencies) {
  std::vector<std::string> out;
  for (const Dependency& dependency : dependencies) out.push_back(dependency.text);
  return out;
}
using Texts = std::vector<std::string>;

DependencyId id_of_conjunction(std::string_view space, const Cells& cells) {
  return resolve(Given().rows(space, {cells})).back().id;
}

TEST(Resolve, TagsThenSpacesAndTheirConjunctions) {
  const auto all =
      resolve(Given()
                  .tag("user:7")
                  .tag("front page")
                  .rows("posts", {{cell("visible", boolean(true)), cell("category_id", i64(1))},
                                  {cell("title", text("x"))}})
                  .rows("users", {{}}));
  EXPECT_EQ(texts(all), (Texts{"tag user:7", "tag front page", "posts",
                               "posts: category_id = 1 AND visible = true", "posts: title = \"x\"",
                               "users", "users: any row"}));
  EXPECT_EQ(all[0].kind, Dependency::kTag);
  EXPECT_EQ(all[0].id, tag_id("scope", "user:7"));
  EXPECT_EQ(all[2].kind, Dependency::kSpace);
  EXPECT_EQ(all[2].id, space_id("scope", "posts"));
  EXPECT_EQ(all[3].kind, Dependency::kRows);
  EXPECT_EQ(all[3].space, all[2].id);
  EXPECT_EQ(all[3].scheme,
            "\x0b"
            "category_id"
            "\x07"
            "visible");
  EXPECT_EQ(all[6].scheme, "");
}

TEST(Resolve, NothingTwice) {
  EXPECT_EQ(texts(resolve(
                Given().tag("a").tag("a").rows("p", {{cell("x", i64(1)), cell("y", null())},
                                                     {cell("y", null()), cell("x", f64(1.0))}}))),
            (Texts{"tag a", "p", "p: x = 1 AND y = null"}));
  std::vector<Dependency> out;
  coffer_sink sink;
  for (int i = 0; i < 2; ++i) {
    Given given;
    const coffer_dependencies from = given.tag("a").rows("p", {{}}).c();
    ASSERT_EQ(resolve_dependencies(Spaces(), "scope", &from, out, sink), COFFER_OK);
  }
  EXPECT_EQ(out.size(), 3u);
}

TEST(Resolve, TheConjunctionOfEveryRowMakesOthersNeedless) {
  std::vector<Cells> any;
  for (int i = 0; i < 100; ++i) any.push_back({cell("x", i64(i))});
  any.push_back({});
  EXPECT_EQ(texts(resolve(Given().rows("p", any))), (Texts{"p", "p: any row"}));
}

TEST(Resolve, NoConjunctionAtAllIsNoDependency) {
  EXPECT_TRUE(resolve(Given().rows("posts", std::vector<Cells>())).empty());
}

TEST(Resolve, NullIsNoDependency) {
  std::vector<Dependency> out;
  coffer_sink sink;
  EXPECT_EQ(resolve_dependencies(Spaces(), "scope", nullptr, out, sink), COFFER_OK);
  EXPECT_TRUE(out.empty());
}

TEST(Resolve, AtMostFortyStamps) {
  std::vector<std::string> names;
  for (int i = 0; i < 41; ++i) names.push_back("tag" + std::to_string(i));
  Given given;
  for (int i = 0; i < 40; ++i) given.tag(names[static_cast<size_t>(i)]);
  EXPECT_EQ(resolve(given).size(), 40u);
  given.tag(names[40]);
  coffer_sink sink;
  std::vector<Dependency> out = resolve(Given().tag("first"));
  const coffer_dependencies from = given.c();
  EXPECT_EQ(resolve_dependencies(Spaces(), "scope", &from, out, sink), COFFER_TOO_LARGE);
  EXPECT_EQ(out.size(), 1u);  // as before
  EXPECT_EQ(
      message(sink),
      "a value may depend on at most 40 stamps (one a tag, one a space, one a conjunction), and "
      "\"tag tag39\" would be one more; depend on fewer tags, or on any row of a space");
}

TEST(Resolve, ErrorsNameTheirPlace) {
  const auto failure = [](Given given, const Spaces& spaces = Spaces()) {
    coffer_sink sink;
    EXPECT_TRUE(resolve(std::move(given), spaces, sink).empty());
    return message(sink);
  };
  EXPECT_EQ(failure(Given().tag("a").tag("")), "tags[1] is empty; it needs a name");
  const std::string longest(256, 'x');
  EXPECT_EQ(failure(Given().tag(longest)),
            "tags[0] \"" + longest.substr(0, 60) + "...\" has 256 bytes; at most 255 are allowed");
  EXPECT_EQ(failure(Given().rows("", {{}})), "rows[0].space is empty; it needs a name");
  EXPECT_EQ(failure(Given().rows("p\xff", {{}})), "rows[0].space \"p\\xff\" is not UTF-8");
  EXPECT_EQ(failure(Given().rows("p", {{cell("a", i64(1))}, {cell("", i64(1))}})),
            "space \"p\": any[1]: cells[0].column is empty; it needs a name");
  EXPECT_EQ(failure(Given().rows("p", {{cell("a", i64(1)), cell("a", i64(2))}})),
            "space \"p\": any[0]: column \"a\" occurs twice");
  Spaces spaces;
  coffer_sink sink;
  const coffer_column column{{"a", 1}, COFFER_COLUMN_DATE, 0};
  ASSERT_EQ(spaces.declare("scope", "p", &column, 1, sink), COFFER_OK);
  EXPECT_EQ(failure(Given().rows("p", {{cell("a", i64(1))}}), spaces),
            "space \"p\": any[0]: column \"a\": integer 1 does not fit: the column is declared "
            "DATE, which takes dates, "
            "and datetimes at midnight, and null");
}

TEST(Resolve, DamagedStructsAreRefused) {
  const auto failure = [](const coffer_dependencies& from) {
    coffer_sink sink;
    std::vector<Dependency> out;
    EXPECT_EQ(resolve_dependencies(Spaces(), "scope", &from, out, sink), COFFER_INVALID_ARGUMENT);
    return message(sink);
  };
  coffer_dependencies from{};
  EXPECT_EQ(failure(from), "coffer_dependencies: struct_size is 0; set it to sizeof (40)");
  from.struct_size = 5000;
  EXPECT_EQ(failure(from), "coffer_dependencies: struct_size is 5000; set it to sizeof (40)");
  from.struct_size = sizeof from;
  from.reserved = 1;
  EXPECT_EQ(failure(from), "coffer_dependencies: reserved is not zero");
  from.reserved = 0;
  from.tag_count = 1;
  EXPECT_EQ(failure(from), "tags is NULL, but its count is 1");
  from.tag_count = 0;
  from.row_count = 2;
  EXPECT_EQ(failure(from), "rows is NULL, but its count is 2");
  coffer_rows rows{{"p", 1}, nullptr, 3};
  from.rows = &rows;
  from.row_count = 1;
  EXPECT_EQ(failure(from), "space \"p\": any is NULL, but its count is 3");
  const coffer_cells cells{nullptr, 1};
  rows.any = &cells;
  rows.count = 1;
  EXPECT_EQ(failure(from), "space \"p\": any[0]: cells is NULL, but its count is 1");
}

// ---- what seeds.md 2.6.7 tells of ----

TEST(Canonical, Decimal15AndDecimal150AreOneCondition) {
  EXPECT_EQ(id_of_conjunction("p", {cell("price", decimal("1.5"))}),
            id_of_conjunction("p", {cell("price", decimal("1.50"))}));
}

TEST(Canonical, BigIntegersBeyond14DigitsAreToldApart) {
  EXPECT_NE(id_of_conjunction("p", {cell("id", i64(100'000'000'000'000'001))}),
            id_of_conjunction("p", {cell("id", i64(100'000'000'000'000'002))}));
}

TEST(Canonical, AValueCannotPoseAsAnotherCondition) {
  EXPECT_NE(id_of_conjunction("p", {cell("a", text("x&b=y"))}),
            id_of_conjunction("p", {cell("a", text("x")), cell("b", text("y"))}));
  EXPECT_NE(id_of_conjunction("p", {cell("a", text("x,b"))}),
            id_of_conjunction("p", {cell("a,b", text("x"))}));
  EXPECT_NE(id_of_conjunction("p", {cell("ab", text("c"))}),
            id_of_conjunction("p", {cell("a", text("bc"))}));
}

TEST(Canonical, NoneIsNull) {
  EXPECT_EQ(id_of_conjunction("p", {cell("a", null())}),
            id_of_conjunction("p", {cell("a", null())}));
  EXPECT_NE(id_of_conjunction("p", {cell("a", null())}),
            id_of_conjunction("p", {cell("a", text("None"))}));
  EXPECT_NE(id_of_conjunction("p", {cell("a", null())}), id_of_conjunction("p", {}));
}

TEST(Canonical, KindsScopesAndNamesDoNotMix) {
  std::vector<DependencyId> ids = {tag_id("s", "x"),
                                   tag_id("", "x"),
                                   tag_id("sx", ""),
                                   tag_id("", "sx"),
                                   space_id("s", "x"),
                                   space_id("", "x"),
                                   tag_id("x", "s"),
                                   id_of_conjunction("x", {}),
                                   id_of_conjunction("x", {cell("y", i64(0))})};
  std::sort(ids.begin(), ids.end());
  EXPECT_EQ(std::adjacent_find(ids.begin(), ids.end()), ids.end());
}

// Published in README.md: other implementations find the same.
TEST(Canonical, IdsArePinned) {
  EXPECT_EQ(tag_id("shop", "user:7"), (DependencyId{0x73b0721c4080fa24, 0xab0b550ebfad37b7}));
  EXPECT_EQ(space_id("shop", "posts"), (DependencyId{0xca8e02d571ec9bce, 0xe82a8f0a392687b6}));
  EXPECT_EQ(
      id_of_conjunction("posts", {cell("price", decimal("1.50")), cell("visible", boolean(true))}),
      (DependencyId{0x4503ab51d9b8e441, 0xcf5808ad0257682e}));
}

// ---- rows ----

TEST(Rows, SatisfyTheConjunctionOfTheirValues) {
  const Row post =
      row("posts", {cell("title", text("x")), cell("price", decimal("1.50")), cell("id", i64(3))});
  EXPECT_EQ(post.space(), space_id("scope", "posts"));
  const auto one =
      resolve(Given().rows("posts", {{cell("price", f64(1.5)), cell("id", u64(3))}})).back();
  EXPECT_EQ(post.satisfied(one.scheme), one.id);
  const auto other =
      resolve(Given().rows("posts", {{cell("price", f64(1.5)), cell("id", u64(4))}})).back();
  EXPECT_NE(post.satisfied(other.scheme), other.id);
  const auto any = resolve(Given().rows("posts", {{}})).back();
  EXPECT_EQ(post.satisfied(any.scheme), any.id);
  const auto wrong_space = resolve(Given().rows("users", {{cell("id", u64(3))}})).back();
  EXPECT_NE(post.satisfied(wrong_space.scheme), wrong_space.id);
}

TEST(Rows, AMissingColumnLeavesItOpen) {
  const Row post = row("posts", {cell("b", i64(1))});
  for (const char* column : {"a", "c", "bb"}) {
    const auto wanted = resolve(Given().rows("posts", {{cell(column, i64(1))}})).back();
    EXPECT_EQ(post.satisfied(wanted.scheme), std::nullopt) << column;
  }
}

TEST(Rows, SchemesFromOutsideAreChecked) {
  for (const char* good : {"",
                           "\x01"
                           "a",
                           "\x01"
                           "a\x02"
                           "ab\x01"
                           "b"})
    EXPECT_TRUE(is_scheme(good)) << good;
  for (const char* bad : {"a",
                          "\x02"
                          "a",
                          "\x01"
                          "a\x01",
                          "\x01"
                          "a\x01"
                          "a",
                          "\x01"
                          "b\x01"
                          "a"}) {
    EXPECT_FALSE(is_scheme(bad)) << bad;
  }
  EXPECT_FALSE(is_scheme(std::string_view("\0\0", 2)));
}

TEST(Rows, ColumnsAreConvertedAsInConditions) {
  Spaces spaces;
  coffer_sink sink;
  const coffer_column columns[] = {{{"id", 2}, COFFER_COLUMN_INTEGER, 0},
                                   {{"rate", 4}, COFFER_COLUMN_FLOAT, 0}};
  ASSERT_EQ(spaces.declare("scope", "p", columns, 2, sink), COFFER_OK);
  const auto wanted =
      resolve(Given().rows("p", {{cell("id", text("12")), cell("rate", decimal("0.1"))}}), spaces,
              sink)
          .back();
  Row event;
  const Cells cells = {cell("rate", f64(0.1)), cell("id", i64(12))};
  ASSERT_EQ(Row::read(spaces, "scope", "p", view(cells), event, sink), COFFER_OK);
  EXPECT_EQ(event.satisfied(wanted.scheme), wanted.id);
}

TEST(Rows, ErrorsNameTheColumn) {
  coffer_sink sink;
  Row event;
  Cells cells = {cell("price", decimal("1,5"))};
  EXPECT_EQ(Row::read(Spaces(), "scope", "p", view(cells), event, sink), COFFER_INVALID_ARGUMENT);
  EXPECT_EQ(message(sink), "row of space \"p\": column \"price\": decimal 1,5 is no number");
  EXPECT_EQ(Row::read(Spaces(), "scope", "", view(cells), event, sink), COFFER_INVALID_ARGUMENT);
  EXPECT_EQ(message(sink), "the space's name is empty; it needs a name");
}

}  // namespace
}  // namespace coffer::core
