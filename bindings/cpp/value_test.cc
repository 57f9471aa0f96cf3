// Values of C++ types into neutral values and back, without a cache.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "coffer/coffer.hpp"

namespace {

struct User {
  std::string name;
  int age = 0;
  bool operator==(const User&) const = default;
};

}  // namespace

template <>
struct coffer::Codec<User> {
  static void write(Writer& out, const User& user) {
    out.begin_map(2);
    out.member("name", user.name);
    out.member("age", user.age);
    out.end_map();
  }
  static bool read(const Value& in, User& user) {
    return in.member("name", user.name) && in.member("age", user.age);
  }
};

namespace {

using coffer::Status;
using coffer::Value;

// Plays `value` and reads it as a T.
template <typename T, typename From>
coffer::Result<T> as(const From& value) {
  coffer::detail::Reader<T> reader;
  coffer_value played = coffer::detail::playable(value);
  return reader.finish({played.play(played.self, reader.visitor(), nullptr), nullptr});
}

template <typename T>
void expect_same(const T& value) {
  coffer::Result<T> again = as<T>(value);
  ASSERT_TRUE(again.ok()) << again.message();
  EXPECT_EQ(value, *again);
  // Through a tree as well, which plays itself.
  coffer::Result<Value> tree = as<Value>(value);
  ASSERT_TRUE(tree.ok()) << tree.message();
  T from_tree{};
  ASSERT_TRUE(tree->to(from_tree));
  EXPECT_EQ(value, from_tree);
  EXPECT_EQ(*tree, *as<Value>(*tree));
}

TEST(Values, StandardTypesComeBackAsTheyWere) {
  expect_same(true);
  expect_same(std::int8_t{-128});
  expect_same(std::numeric_limits<std::int64_t>::min());
  expect_same(std::numeric_limits<std::uint64_t>::max());
  expect_same(0.1);
  expect_same(1.5f);
  expect_same(std::string("with \0 inside", 13));
  expect_same(std::vector<std::byte>{std::byte{0}, std::byte{255}});
  expect_same(std::optional<int>());
  expect_same(std::optional<int>(7));
  expect_same(std::vector<bool>{true, false, true});
  expect_same(std::vector<std::vector<int>>{{1, 2}, {}, {3}});
  expect_same(std::array<int, 3>{1, 2, 3});
  expect_same(std::pair<int, std::string>{1, "one"});
  expect_same(std::tuple<int, std::optional<bool>, std::vector<int>>{1, std::nullopt, {2}});
  expect_same(std::set<std::string>{"a", "b"});
  expect_same(std::unordered_set<int>{1, 2, 3});
  expect_same(std::map<std::string, std::map<int, double>>{{"a", {{1, 1.0}}}, {"b", {}}});
  expect_same(
      std::unordered_map<std::string, std::vector<std::optional<int>>>{{"x", {1, std::nullopt}}});
}

TEST(Values, TypesOfOneSOwn) {
  expect_same(User{"Ada", 36});
  expect_same(std::vector<User>{{"Ada", 36}, {"Alan", 41}});
  expect_same(std::map<std::string, std::optional<User>>{{"a", User{"Ada", 36}}, {"b", {}}});
  coffer::Result<User> user = as<User>(std::map<std::string, int>{{"age", 3}});
  EXPECT_EQ(Status::kUnsupported, user.status());
  EXPECT_STREQ("the value does not have the form its Codec reads", user.message());
}

TEST(Values, NothingIsNarrowedSilently) {
  EXPECT_EQ(Status::kUnsupported, as<std::int8_t>(128).status());
  EXPECT_EQ(Status::kUnsupported, as<std::uint32_t>(-1).status());
  EXPECT_EQ(Status::kUnsupported,
            as<std::int64_t>(std::numeric_limits<std::uint64_t>::max()).status());
  EXPECT_STREQ("the integer is out of range of the type it is read as",
               as<std::int8_t>(128).message());
  EXPECT_EQ(Status::kUnsupported, as<int>(1.0).status());
  EXPECT_EQ(Status::kUnsupported, as<int>(true).status());
  EXPECT_EQ(Status::kUnsupported, as<bool>(1).status());
  EXPECT_EQ(Status::kUnsupported, as<int>(nullptr).status());
  EXPECT_EQ(Status::kUnsupported, as<std::string>(1).status());
  EXPECT_EQ(Status::kUnsupported, as<std::vector<int>>(std::map<int, int>{}).status());
  EXPECT_EQ(Status::kUnsupported, (as<std::map<int, int>>(std::vector<int>{}).status()));
  EXPECT_EQ(Status::kUnsupported, (as<std::array<int, 2>>(std::vector<int>{1, 2, 3}).status()));
  EXPECT_EQ(Status::kUnsupported, (as<std::array<int, 2>>(std::vector<int>{1}).status()));
  EXPECT_EQ(Status::kUnsupported, (as<std::pair<int, int>>(std::vector<int>{1}).status()));
  EXPECT_EQ(Status::kUnsupported, (as<std::pair<int, int>>(std::vector<int>{1, 2, 3}).status()));
}

TEST(Values, ADoubleTakesOnlyIntegersItHoldsExactly) {
  EXPECT_EQ(5.0, *as<double>(5));
  EXPECT_TRUE(as<double>(std::int64_t{1} << 53).ok());
  EXPECT_FALSE(as<double>((std::int64_t{1} << 53) + 1).ok());
  EXPECT_FALSE(as<float>((std::int64_t{1} << 24) + 1).ok());
  EXPECT_TRUE(std::isnan(*as<double>(std::nan(""))));
}

TEST(Values, ATreeHoldsEverything) {
  const Value tree(coffer::Map{{
      {"null", nullptr},
      {"big", coffer::BigInteger{"123456789012345678901234567890"}},
      {"unsigned", std::numeric_limits<std::uint64_t>::max()},
      {"blob", coffer::Blob{{std::byte{1}}}},
      {"date", coffer::Extension{COFFER_EXT_DATE, std::vector<std::byte>(4)}},
      {"set", coffer::List{COFFER_FROZENSET, {1, "two", 3.0}}},
      {coffer::List{COFFER_TUPLE, {1, 2}}, coffer::Map{{{true, false}}}},
  }});
  coffer::Result<Value> again = as<Value>(tree);
  ASSERT_TRUE(again.ok()) << again.message();
  EXPECT_EQ(tree, *again);
  EXPECT_EQ("123456789012345678901234567890",
            again->find("big")->get<coffer::BigInteger>()->digits);
  EXPECT_TRUE(again->find("null")->is_null());
  EXPECT_EQ(nullptr, again->find("missing"));
  EXPECT_EQ(nullptr, Value(1).find("of no map"));
  std::uint64_t number = 0;
  EXPECT_TRUE(again->member("unsigned", number));
  EXPECT_EQ(std::numeric_limits<std::uint64_t>::max(), number);
  std::int32_t small = 5;
  EXPECT_FALSE(again->member("unsigned", small));
  EXPECT_EQ(5, small) << "left alone by a read that fails";
}

TEST(Values, AWriterStopsAtTheFirstFailure) {
  struct Counter {
    int events = 0;
  } counter;
  coffer_visitor visitor{};
  visitor.struct_size = sizeof(visitor);
  visitor.self = &counter;
  visitor.list_begin = [](void* self, std::uint64_t, std::uint32_t) -> coffer_status {
    ++static_cast<Counter*>(self)->events;
    return COFFER_OK;
  };
  visitor.i64 = [](void* self, std::int64_t) -> coffer_status {
    ++static_cast<Counter*>(self)->events;
    return COFFER_TOO_LARGE;
  };
  const std::vector<int> numbers{1, 2, 3};
  const coffer_value value = coffer::detail::playable(numbers);
  EXPECT_EQ(COFFER_TOO_LARGE, value.play(value.self, &visitor, nullptr));
  EXPECT_EQ(2, counter.events);
}

TEST(Values, BrokenOrderOfEventsIsRefused) {
  coffer::detail::Reader<Value> unbalanced;
  EXPECT_EQ(COFFER_UNSUPPORTED, unbalanced.visitor()->list_end(unbalanced.visitor()->self));
  coffer::detail::Reader<int> twice;
  EXPECT_EQ(COFFER_OK, twice.visitor()->i64(twice.visitor()->self, 1));
  EXPECT_EQ(COFFER_UNSUPPORTED, twice.visitor()->i64(twice.visitor()->self, 2));
  EXPECT_FALSE(twice.finish({}).ok());
  coffer::detail::Reader<int> nothing;
  EXPECT_EQ(Status::kPluginFault, nothing.finish({}).status());
  coffer::detail::Reader<std::map<int, int>> half;
  const coffer_visitor* visitor = half.visitor();
  EXPECT_EQ(COFFER_OK, visitor->map_begin(visitor->self, 1));
  EXPECT_EQ(COFFER_OK, visitor->i64(visitor->self, 1));
  EXPECT_EQ(COFFER_UNSUPPORTED, visitor->map_end(visitor->self));
}

#if defined(__cpp_exceptions)
struct Thrower {};
}  // namespace
template <>
struct coffer::Codec<Thrower> {
  static void write(Writer&, const Thrower&) { throw 1; }
  static bool read(const Value&, Thrower&) { throw std::bad_alloc(); }
};
namespace {
TEST(Values, ExceptionsOfACodecBecomeFailures) {
  coffer_visitor visitor{};
  const Thrower thrower;
  const coffer_value value = coffer::detail::playable(thrower);
  EXPECT_EQ(COFFER_INTERNAL, value.play(value.self, &visitor, nullptr));
  coffer::Result<Thrower> read = as<Thrower>(1);
  EXPECT_EQ(Status::kExhausted, read.status());
}
#endif

}  // namespace
