#include "bindings/cli/args.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bindings/cli/failure.h"

namespace coffer::cli {

namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const std::vector<Option> kGlobalOptions = {
    {"cache", 'c', "URL", ""}, {"output", 'o', "FORMAT", ""}, {"help", 'h', nullptr, ""}};

const std::vector<Command> kCommands = {
    {"put", "KEY VALUE", "", "", "", {{"ttl", 0, "TIME", ""}, {"null", 0, nullptr, ""}}, 1, 2, {}},
    {"plugins", "", "", "", "", {}, 0, 0, {}},
};

Invocation parsed(const std::vector<std::string>& words) {
  return parse(words, {kGlobalOptions, kCommands});
}

std::string usage_failure(const std::vector<std::string>& words) {
  try {
    parsed(words);
  } catch (const UsageFailure& failure) {
    EXPECT_EQ(failure.exit_code, kUsage);
    return failure.what();
  }
  return "no failure";
}

TEST(Parse, OptionsBeforeAndAfterTheCommand) {
  const Invocation got = parsed({"-c", "memory://", "put", "k", "--ttl", "5m", "v", "-o", "json"});
  EXPECT_STREQ(got.command->name, "put");
  EXPECT_THAT(got.args, ElementsAre("k", "v"));
  EXPECT_EQ(got.value("cache"), "memory://");
  EXPECT_EQ(got.value("ttl"), "5m");
  EXPECT_EQ(got.value("output"), "json");
}

TEST(Parse, AnOptionsValueIsNotTakenForTheCommand) {
  EXPECT_STREQ(parsed({"--cache", "plugins", "put", "k"}).command->name, "put");
  EXPECT_STREQ(parsed({"--cache=plugins", "put", "k"}).command->name, "put");
}

TEST(Parse, AllSpellingsOfAValue) {
  for (const auto& words : std::vector<std::vector<std::string>>{
           {"put", "k", "--cache=a=b"}, {"put", "k", "--cache", "a=b"}, {"put", "-ca=b", "k"}}) {
    EXPECT_EQ(parsed(words).value("cache"), "a=b");
  }
}

TEST(Parse, RepeatedOptionsKeepTheirOrder) {
  const Invocation got = parsed({"put", "k", "-c", "1", "-c", "2"});
  EXPECT_THAT(got.values("cache"), ElementsAre("1", "2"));
  EXPECT_EQ(got.value("cache"), "2");
}

TEST(Parse, FallbackIfAnOptionIsNotGiven) {
  const Invocation got = parsed({"put", "k"});
  EXPECT_FALSE(got.has("ttl"));
  EXPECT_EQ(got.value("ttl", "1h"), "1h");
  EXPECT_TRUE(got.values("ttl").empty());
}

TEST(Parse, TwoDashesEndOptions) {
  EXPECT_THAT(parsed({"put", "--", "--ttl", "-x"}).args, ElementsAre("--ttl", "-x"));
}

TEST(Parse, ADashAndNegativeNumbersAreArguments) {
  EXPECT_THAT(parsed({"put", "k", "-"}).args, ElementsAre("k", "-"));
  EXPECT_THAT(parsed({"put", "k", "-12"}).args, ElementsAre("k", "-12"));
}

TEST(Parse, NoCommand) { EXPECT_EQ(parsed({"--help"}).command, nullptr); }

TEST(Parse, UnknownWordsNameTheNearest) {
  EXPECT_THAT(usage_failure({"plugin"}), HasSubstr("did you mean \"plugins\"?"));
  EXPECT_THAT(usage_failure({"put", "k", "--tll", "5m"}), HasSubstr("did you mean \"--ttl\"?"));
  EXPECT_THAT(usage_failure({"put", "k", "--outptu", "x"}), HasSubstr("\"--output\""));
  EXPECT_THAT(usage_failure({"zzzzzz"}), HasSubstr("\"coffer help\""));
  EXPECT_THAT(usage_failure({"put", "-x"}), HasSubstr("unknown option -x of put"));
}

TEST(Parse, OptionsOfOneCommandAreNotOptionsOfAnother) {
  EXPECT_THAT(usage_failure({"plugins", "--ttl", "5m"}), HasSubstr("--ttl of plugins"));
}

TEST(Parse, ValuesThatAreMissingOrTooMany) {
  EXPECT_THAT(usage_failure({"put", "k", "--ttl"}), HasSubstr("--ttl needs a value: --ttl TIME"));
  EXPECT_THAT(usage_failure({"put", "k", "--null=1"}), HasSubstr("--null takes no value"));
  EXPECT_THAT(usage_failure({"put"}), HasSubstr("too few arguments for put; use: coffer put KEY"));
  EXPECT_THAT(usage_failure({"put", "a", "b", "c"}), HasSubstr("unexpected argument \"c\""));
}

TEST(Parse, HelpNeedsNoArguments) { EXPECT_TRUE(parsed({"put", "--help"}).has("help")); }

TEST(Nearest, CountsTypingErrors) {
  EXPECT_EQ(nearest("stast", {"keys", "stats"}), "stats");  // a swap is one error
  EXPECT_EQ(nearest("gt", {"put", "get"}), "get");
  EXPECT_EQ(nearest("ab", {"xyz"}), "");
  EXPECT_EQ(nearest("", {"del"}), "");
}

TEST(SplitWords, QuotesEscapesAndComments) {
  EXPECT_THAT(split_words("put  a\t1\r"), ElementsAre("put", "a", "1"));
  EXPECT_THAT(split_words(R"(put 'a b' "c \"d\"" e\ f)"),
              ElementsAre("put", "a b", "c \"d\"", "e f"));
  EXPECT_THAT(split_words(R"(put '{"id": 7}' '\n')"), ElementsAre("put", "{\"id\": 7}", "\\n"));
  EXPECT_THAT(split_words("get '' x''y"), ElementsAre("get", "", "xy"));
  EXPECT_THAT(split_words("get a#b # the rest"), ElementsAre("get", "a#b"));
  EXPECT_TRUE(split_words("  # nothing").empty());
  EXPECT_THROW(split_words("get 'a"), UsageFailure);
}

}  // namespace
}  // namespace coffer::cli
