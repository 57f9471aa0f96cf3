#include "bindings/cli/json.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace coffer::cli {
namespace {

Tree ext(uint32_t type, std::string_view bytes) {
  Tree tree = Tree::blob(bytes);
  tree.kind = Tree::Kind::kExt;
  tree.number = type;
  return tree;
}

std::string little_endian(std::initializer_list<std::pair<int64_t, int>> fields) {
  std::string out;
  for (const auto& [value, size] : fields) {
    for (int i = 0; i < size; ++i) out += static_cast<char>(value >> (8 * i));
  }
  return out;
}

Tree sample() {
  Tree list = Tree::list();
  list.add(Tree::integer(-5)).add(Tree::count(UINT64_MAX)).add(Tree::real(2)).add(Tree::null());
  list.add(Tree::blob(std::string_view("\xFF\x00", 2))).add(Tree::boolean(true));
  list.add(ext(COFFER_EXT_DATE, little_endian({{19000, 4}})));
  Tree bigint = Tree::text("123456789012345678901234567890");
  bigint.kind = Tree::Kind::kBigInt;
  return Tree::map()
      .set("list", std::move(list))
      .set("big", std::move(bigint))
      .set("empty", Tree::map())
      .set("text", Tree::text("a\"b\\\n\x01 ü"));
}

constexpr char kSampleJson[] =
    R"({"list": [-5, 18446744073709551615, 2.0, null, {"base64": "/wA="}, true, "2022-01-08"], )"
    R"("big": 123456789012345678901234567890, "empty": {}, "text": "a\"b\\\n\u0001 ü"})";

TEST(Json, AllKinds) { EXPECT_EQ(to_json(sample()), kSampleJson); }

TEST(Json, Pretty) {
  const Tree tree = Tree::map().set("a", Tree::list().add(Tree::integer(1)).add(Tree::list()));
  EXPECT_EQ(to_pretty_json(tree), "{\n  \"a\": [\n    1,\n    []\n  ]\n}\n");
}

TEST(Json, RealsReadBackAsTheSameNumber) {
  EXPECT_EQ(to_json(Tree::real(0.1)), "0.1");
  EXPECT_EQ(to_json(Tree::real(1e300)), "1e+300");
  EXPECT_EQ(to_json(Tree::real(-0.0)), "-0.0");
  EXPECT_EQ(to_json(Tree::real(std::nan(""))), "\"NaN\"");
  EXPECT_EQ(to_json(Tree::real(-std::numeric_limits<double>::infinity())), "\"-Infinity\"");
}

TEST(Json, KeysThatAreNoText) {
  Tree map = Tree::map();
  map.add(Tree::integer(1)).add(Tree::null());
  map.add(Tree::list().add(Tree::text("x"))).add(Tree::null());
  EXPECT_EQ(to_json(map), R"({"1": null, "[\"x\"]": null})");
}

TEST(Json, Base64OfEveryLength) {
  EXPECT_EQ(to_json(Tree::blob("")), R"({"base64": ""})");
  EXPECT_EQ(to_json(Tree::blob("f")), R"({"base64": "Zg=="})");
  EXPECT_EQ(to_json(Tree::blob("fo")), R"({"base64": "Zm8="})");
  EXPECT_EQ(to_json(Tree::blob("foobar")), R"({"base64": "Zm9vYmFy"})");
}

TEST(PlainText, ScalarsAndLists) {
  EXPECT_EQ(plain_text(Tree::integer(4)), "4");
  EXPECT_EQ(plain_text(Tree::text("a\tb")), "a\\x09b");
  EXPECT_EQ(plain_text(Tree::list().add(Tree::text("copy")).add(Tree::text("scan"))), "copy scan");
  EXPECT_EQ(plain_text(Tree::list()), "");
  EXPECT_EQ(plain_text(Tree::map()), "{}");
}

TEST(Tree, PlayedAndBuiltAgainIsTheSame) {
  const Tree tree = sample();
  TreeBuilder builder;
  const coffer_value value = as_value(tree);
  ASSERT_EQ(value.play(value.self, builder.visitor(), nullptr), COFFER_OK);
  EXPECT_EQ(to_json(builder.take()), kSampleJson);
}

TEST(Tree, PlayStopsAtTheFirstFailure) {
  TreeBuilder builder;
  coffer_visitor visitor = *builder.visitor();
  visitor.boolean = [](void*, uint8_t) -> coffer_status { return COFFER_UNSUPPORTED; };
  EXPECT_EQ(sample().play(visitor), COFFER_UNSUPPORTED);
}

TEST(Tree, Find) {
  const Tree tree = sample();
  EXPECT_EQ(tree.find("list")->items.size(), 7u);
  EXPECT_EQ(tree.find("nothing"), nullptr);
  EXPECT_EQ(tree.text_at("list"), "");
  EXPECT_EQ(Tree::text("x").find("x"), nullptr);
}

TEST(Ext, ReadableForms) {
  const auto text = [](uint32_t type, std::string_view bytes) {
    return plain_text(ext(type, bytes));
  };
  EXPECT_EQ(text(COFFER_EXT_DECIMAL, "-12.50"), "\"-12.50\"");
  EXPECT_EQ(text(COFFER_EXT_UUID, "0123456789abcdef"), "\"30313233-3435-3637-3839-616263646566\"");
  EXPECT_EQ(text(COFFER_EXT_DATE, little_endian({{-1, 4}})), "\"1969-12-31\"");
  EXPECT_EQ(text(COFFER_EXT_DATE, little_endian({{-719162, 4}})), "\"0001-01-01\"");
  EXPECT_EQ(text(COFFER_EXT_DATE, little_endian({{2932896, 4}})), "\"9999-12-31\"");
  EXPECT_EQ(text(COFFER_EXT_TIME, little_endian({{3723500000000, 8}})), "\"01:02:03.5\"");
  EXPECT_EQ(text(COFFER_EXT_TIME, little_endian({{0, 8}, {-19800, 4}})), "\"00:00:00-05:30\"");
  EXPECT_EQ(text(COFFER_EXT_DATETIME, little_endian({{-1, 8}, {1, 4}})),
            "\"1969-12-31T23:59:59.000000001\"");
  EXPECT_EQ(text(COFFER_EXT_DATETIME_TZ, little_endian({{1700000000, 8}, {0, 4}, {3600, 4}})),
            "\"2023-11-14T23:13:20+01:00\"");
  EXPECT_EQ(text(COFFER_EXT_DURATION, little_endian({{-2, 8}, {500000000, 4}})), "\"-1.5s\"");
  EXPECT_EQ(text(COFFER_EXT_DURATION, little_endian({{-1, 8}, {999999999, 4}})),
            "\"-0.000000001s\"");
  EXPECT_EQ(text(COFFER_EXT_DURATION, little_endian({{90, 8}, {0, 4}})), "\"90s\"");
}

TEST(Ext, WhatIsNoDateOrOutOfRangeKeepsItsBytes) {
  EXPECT_EQ(to_json(ext(COFFER_EXT_DATE, "ab")), R"({"ext": 3, "base64": "YWI="})");
  EXPECT_EQ(to_json(ext(1024, "ab")), R"({"ext": 1024, "base64": "YWI="})");
  for (const int64_t value : {INT64_MIN, INT64_MAX, int64_t{-1}}) {
    const std::string time = little_endian({{value, 8}});
    EXPECT_EQ(to_json(ext(COFFER_EXT_TIME, time)).substr(0, 8), "{\"ext\": ");
    const std::string instant = little_endian({{value, 8}, {-1, 4}, {0, 4}});
    EXPECT_EQ(to_json(ext(COFFER_EXT_DATETIME_TZ, instant)).substr(0, 8), "{\"ext\": ");
  }
  const std::string far = little_endian({{INT64_MIN, 8}, {0, 4}, {-3600, 4}});
  EXPECT_EQ(to_json(ext(COFFER_EXT_DATETIME_TZ, far)).substr(0, 8), "{\"ext\": ");
}

}  // namespace
}  // namespace coffer::cli
