#include "bindings/cli/commands.h"

#include <gtest/gtest.h>

#include <set>

#include "bindings/cli/replay.h"

namespace coffer::cli {
namespace {

TEST(Commands, HelpIsComplete) {
  const std::string overview = help_overview();
  for (const Command& command : commands()) {
    EXPECT_NE(overview.find(std::string("\n  ") + command.name + ' '), std::string::npos)
        << command.name;
    const std::string help = help_of(command);
    EXPECT_NE(help.find(std::string("\nUsage: coffer ") + command.name), std::string::npos);
    EXPECT_NE(help.find("\nExample:\n  "), std::string::npos);
    for (const Option& option : command.options) {
      EXPECT_NE(help.find(std::string("--") + option.name), std::string::npos) << option.name;
    }
  }
}

TEST(Commands, HelpFitsATerminal) {
  std::string all = help_overview();
  for (const Command& command : commands()) all += help_of(command);
  size_t begin = 0;
  while (begin < all.size()) {
    const size_t end = all.find('\n', begin);
    const std::string line = all.substr(begin, end - begin);
    EXPECT_LE(display_width(line), 100u) << line;
    begin = end + 1;
  }
}

TEST(Commands, NamesAreUnique) {
  std::set<std::string> names;
  for (const Command& command : commands()) {
    EXPECT_TRUE(names.insert(command.name).second) << command.name;
    std::set<std::string> options;
    for (const Option& option : command.options) {
      EXPECT_TRUE(options.insert(option.name).second) << command.name << ' ' << option.name;
    }
  }
}

ReplayResult sample() {
  ReplayResult result;
  result.label = "lru";
  result.requests = 1000;
  result.hits = 600;
  result.nanoseconds = 140'000;
  result.stats.entries = 100;
  result.stats.bytes = 20'480;
  result.stats.evictions = 300;
  return result;
}

TEST(ReplayResult, Statistics) {
  const ReplayResult result = sample();
  EXPECT_DOUBLE_EQ(result.hit_ratio(), 0.6);
  EXPECT_DOUBLE_EQ(result.nanoseconds_per_operation(), 100);  // 1000 reads, 400 puts
  EXPECT_DOUBLE_EQ(result.bytes_per_entry(), 204.8);
}

TEST(ReplayResult, NothingHeldIsNoDivisionByZero) {
  ReplayResult result = sample();
  result.stats.entries = 0;
  EXPECT_EQ(result.bytes_per_entry(), 0);
}

TEST(ReplayResult, Table) {
  EXPECT_EQ(replay_table("cache", {sample()}).plain(),
            "lru\t60.00 %\t100\t100\t205\t20.0 KiB\t300\n");
}

}  // namespace
}  // namespace coffer::cli
