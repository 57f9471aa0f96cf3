#include "core/config/options.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

namespace coffer::core {
namespace {

std::string message_of(const coffer_sink& sink) {
  return sink.error != nullptr ? sink.error->message : "";
}

constexpr coffer_option_spec kSchema[] = {
    {"capacity", "100k", "most entries", COFFER_TYPE_INT, 0},
    {"bytes", nullptr, "most bytes", COFFER_TYPE_SIZE, 0},
    {"ttl", "forever", "time to live", COFFER_TYPE_DURATION, 0},
    {"ratio", "0.5", "share", COFFER_TYPE_FLOAT, 0},
    {"sync", "no", "whether to wait", COFFER_TYPE_BOOL, 0},
    {"password", nullptr, "for the server", COFFER_TYPE_TEXT, COFFER_OPTION_SECRET},
    {"pin", nullptr, "for the safe", COFFER_TYPE_INT, COFFER_OPTION_SECRET},
    {"cap", nullptr, "old name of capacity", COFFER_TYPE_INT, COFFER_OPTION_DEPRECATED},
};

Option typed(std::string key, int32_t type, int64_t i64, double f64 = 0) {
  Option option = int_option(std::move(key), i64);
  option.type = type;
  option.f64 = f64;
  return option;
}

Options list(std::initializer_list<Option> items) {
  Options options;
  for (const Option& item : items) options.set(item);
  return options;
}

Options checked(const Options& in) {
  Options out;
  coffer_sink sink;
  EXPECT_EQ(check_options("store memory", kSchema, in, out, sink), COFFER_OK) << message_of(sink);
  return out;
}

struct Refusal {
  std::string message;
  std::string option;
};

Refusal refused(const Options& in) {
  Options out;
  coffer_sink sink;
  EXPECT_EQ(check_options("store memory", kSchema, in, out, sink), COFFER_INVALID_ARGUMENT);
  EXPECT_TRUE(out.empty());
  const char* option = sink.error->detail("option");
  return {message_of(sink), option != nullptr ? option : ""};
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TEST(CheckOptions, FillsDefaultsInTheOrderOfTheSchema) {
  const Options out = checked(list({text_option("ttl", "5m"), text_option("capacity", "7")}));
  std::string keys;
  for (const Option& option : out) keys += option.key + " ";
  EXPECT_EQ(keys, "capacity ttl ratio sync ");
  EXPECT_EQ(out.find("capacity")->i64, 7);
  EXPECT_FALSE(out.find("capacity")->defaulted);
  EXPECT_EQ(out.find("ttl")->i64, 300'000'000'000);
  EXPECT_EQ(out.find("ratio")->f64, 0.5);
  EXPECT_TRUE(out.find("ratio")->defaulted);
  EXPECT_EQ(out.find("sync")->i64, 0);
}

TEST(CheckOptions, TextEqualsTheTypedValue) {
  const Options text = checked(list({text_option("bytes", "64MiB"), text_option("sync", "on")}));
  const Options typed_ones = checked(
      list({typed("bytes", COFFER_TYPE_SIZE, 67'108'864), typed("sync", COFFER_TYPE_BOOL, 1)}));
  const Options ints = checked(
      list({typed("bytes", COFFER_TYPE_INT, 67'108'864), typed("sync", COFFER_TYPE_INT, 1)}));
  EXPECT_EQ(text, typed_ones);
  EXPECT_EQ(text, ints);
  EXPECT_EQ(checked(list({int_option("ratio", 2)})).find("ratio")->f64, 2.0);
}

TEST(CheckOptions, NamesTheNearestKeyAndAllValidOnes) {
  const Refusal typo = refused(list({text_option("capcity", "1")}));
  EXPECT_EQ(typo.message,
            "store memory: unknown option 'capcity'; did you mean 'capacity'? valid: capacity, "
            "bytes, ttl, ratio, sync, password, pin");
  EXPECT_EQ(typo.option, "capcity");
  EXPECT_EQ(refused(list({text_option("zzzzzz", "1")})).message,
            "store memory: unknown option 'zzzzzz'; valid: capacity, bytes, ttl, ratio, sync, "
            "password, pin");
}

TEST(CheckOptions, SaysSoIfThereAreNoOptionsAtAll) {
  Options out;
  coffer_sink sink;
  EXPECT_EQ(check_options("strategy lru", {}, list({text_option("x", "1")}), out, sink),
            COFFER_INVALID_ARGUMENT);
  EXPECT_EQ(sink.error->message, "strategy lru: unknown option 'x'; it takes no options");
}

TEST(CheckOptions, SaysWhatWasExpected) {
  const Refusal text = refused(list({text_option("ttl", "soon")}));
  EXPECT_EQ(text.message,
            "store memory: option 'ttl' is 'soon': a number is expected; expected a duration, for "
            "example 250ms, 5m, 1h30m or forever");
  EXPECT_EQ(text.option, "ttl");
  // An integer for a duration could be seconds or nanoseconds.
  EXPECT_TRUE(contains(refused(list({int_option("ttl", 90)})).message, "given as int"));
  EXPECT_TRUE(
      contains(refused(list({typed("capacity", COFFER_TYPE_SIZE, 1)})).message, "given as size"));
  EXPECT_TRUE(
      contains(refused(list({typed("password", COFFER_TYPE_INT, 1)})).message, "given as int"));
}

TEST(CheckOptions, RefusesValuesOutOfRange) {
  EXPECT_TRUE(contains(refused(list({typed("bytes", COFFER_TYPE_SIZE, -1)})).message, "negative"));
  EXPECT_TRUE(
      contains(refused(list({typed("ttl", COFFER_TYPE_DURATION, -2)})).message, "negative"));
  EXPECT_TRUE(contains(refused(list({typed("sync", COFFER_TYPE_BOOL, 2)})).message, "0 or 1"));
  EXPECT_TRUE(
      contains(refused(list({typed("ratio", COFFER_TYPE_FLOAT, 0, NAN)})).message, "finite"));
  EXPECT_EQ(checked(list({typed("ttl", COFFER_TYPE_DURATION, -1)})).find("ttl")->i64,
            COFFER_TTL_FOREVER);
}

TEST(CheckOptions, AsksForWhatIsRequired) {
  constexpr coffer_option_spec schema[] = {
      {"path", nullptr, "folder of the database", COFFER_TYPE_TEXT, COFFER_OPTION_REQUIRED}};
  Options out;
  coffer_sink sink;
  EXPECT_EQ(check_options("store disk", schema, {}, out, sink), COFFER_INVALID_ARGUMENT);
  EXPECT_EQ(sink.error->message,
            "store disk: option 'path' is required: folder of the database (text in UTF-8)");
  EXPECT_STREQ(sink.error->detail("option"), "path");
}

TEST(CheckOptions, NeverShowsASecret) {
  EXPECT_FALSE(contains(refused(list({text_option("pin", "hunter2")})).message, "hunter2"));
  const Options out = checked(list({text_option("password", "hunter2")}));
  EXPECT_TRUE(out.find("password")->secret);
  EXPECT_EQ(masked(*out.find("password")), "***");
  EXPECT_EQ(to_text(*out.find("password")), "hunter2");
  EXPECT_EQ(masked(*out.find("capacity")), "100000");
}

TEST(CheckOptions, AcceptsDeprecatedKeysButDoesNotOfferThem) {
  EXPECT_EQ(checked(list({text_option("cap", "5")})).find("cap")->i64, 5);
  EXPECT_FALSE(contains(refused(list({text_option("caq", "5")})).message, "'cap'"));
}

TEST(Options, SetReplacesInPlace) {
  Options options = list({text_option("a", "1"), text_option("b", "2")});
  options.merge(list({text_option("c", "3"), text_option("a", "4")}));
  std::string all;
  for (const Option& option : options) all += option.key + option.text;
  EXPECT_EQ(all, "a4b2c3");
}

TEST(Options, TakesOutWhatBelongsToOthers) {
  Options options =
      list({text_option("a", "1"), text_option("strategy.x", "2"), text_option("strategy", "lru"),
            text_option("ttl", "1s"), text_option("strategy.y", "3")});
  const Options strategy = options.take_prefixed("strategy.");
  ASSERT_EQ(strategy.size(), 2u);
  EXPECT_EQ(strategy.begin()->key, "x");
  EXPECT_EQ(strategy.find("y")->text, "3");
  EXPECT_EQ(options.take_known(kSchema), list({text_option("ttl", "1s")}));
  Option taken;
  EXPECT_TRUE(options.take("strategy", &taken));
  EXPECT_EQ(taken.text, "lru");
  EXPECT_FALSE(options.take("strategy"));
  EXPECT_EQ(options, list({text_option("a", "1")}));
}

TEST(Options, EqualityIgnoresOrderAndWhoGaveThem) {
  Option defaulted = text_option("b", "2");
  defaulted.defaulted = true;
  EXPECT_EQ(list({text_option("a", "1"), text_option("b", "2")}),
            list({defaulted, text_option("a", "1")}));
  EXPECT_FALSE(list({text_option("a", "1")}) == list({text_option("a", "2")}));
  EXPECT_FALSE(list({text_option("a", "1")}) == list({int_option("a", 1)}));
  EXPECT_FALSE(list({}) == list({int_option("a", 1)}));
}

TEST(Options, GoThroughTheAbiAndBack) {
  const Options options =
      list({text_option("a", "x y"), int_option("b", -5), typed("c", COFFER_TYPE_FLOAT, 0, 0.5)});
  const std::vector<coffer_option> views = options.as_c();
  Options again;
  coffer_sink sink;
  EXPECT_EQ(options_from_c("cache", views.data(), views.size(), again, sink), COFFER_OK);
  EXPECT_EQ(again, options);
}

std::string refused_array(const coffer_option* array, size_t count) {
  Options out;
  coffer_sink sink;
  EXPECT_EQ(options_from_c("cache", array, count, out, sink), COFFER_INVALID_ARGUMENT);
  return message_of(sink);
}

TEST(OptionsFromC, RefusesWhatCannotBeRead) {
  const coffer_option good = {"a", COFFER_TYPE_INT, 0, 1, 0, {nullptr, 0}};
  coffer_option bad = good;
  bad.key = nullptr;
  EXPECT_TRUE(contains(refused_array(&bad, 1), "number 0 is NULL"));
  bad = good;
  bad.type = 99;
  EXPECT_TRUE(contains(refused_array(&bad, 1), "COFFER_TYPE_"));
  bad = good;
  bad.reserved = 1;
  EXPECT_TRUE(contains(refused_array(&bad, 1), "reserved"));
  bad = good;
  bad.type = COFFER_TYPE_TEXT;
  bad.text = {nullptr, 3};
  EXPECT_TRUE(contains(refused_array(&bad, 1), "NULL"));
  bad.text = {"\xff", 1};
  EXPECT_TRUE(contains(refused_array(&bad, 1), "UTF-8"));
  const coffer_option twice[] = {good, good};
  EXPECT_TRUE(contains(refused_array(twice, 2), "twice"));
  EXPECT_TRUE(contains(refused_array(nullptr, 2), "NULL"));
  Options out;
  coffer_sink sink;
  EXPECT_EQ(options_from_c("cache", nullptr, 0, out, sink), COFFER_OK);
}

}  // namespace
}  // namespace coffer::core
