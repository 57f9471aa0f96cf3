#include "bindings/cli/table.h"

#include <gtest/gtest.h>

#include "bindings/cli/format.h"

namespace coffer::cli {
namespace {

Table sample() {
  Table table({{"name"}, {"hits", Table::Align::kRight}, {"note"}});
  table.add({"lru", "1,234", ""});
  table.add({"für", "5", "x"});
  return table;
}

TEST(Table, AlignsByCharactersNotBytes) {
  EXPECT_EQ(sample().aligned(1), " name   hits  note\n lru   1,234\n für       5  x\n");
}

TEST(Table, PlainIsTabsWithoutTitles) { EXPECT_EQ(sample().plain(), "lru\t1,234\t\nfür\t5\tx\n"); }

TEST(Table, WithoutRowsItIsTheTitles) {
  EXPECT_EQ(Table({{"a"}, {"b"}}).aligned(), "a  b\n");
  EXPECT_EQ(Table({{"a"}, {"b"}}).plain(), "");
}

TEST(Table, NoTitlesNoTitleRow) {
  Table table({{""}, {""}});
  table.add({"size", "5"});
  EXPECT_EQ(table.aligned(), "size  5\n");
}

TEST(Format, Numbers) {
  EXPECT_EQ(grouped(0), "0");
  EXPECT_EQ(grouped(999), "999");
  EXPECT_EQ(grouped(1000), "1,000");
  EXPECT_EQ(grouped(UINT64_MAX), "18,446,744,073,709,551,615");
  EXPECT_EQ(percent(3, 5), "60.00 %");
  EXPECT_EQ(percent(0, 0), "-");
}

TEST(Format, Sizes) {
  EXPECT_EQ(byte_size(0), "0 B");
  EXPECT_EQ(byte_size(1023), "1023 B");
  EXPECT_EQ(byte_size(1536), "1.5 KiB");
  EXPECT_EQ(byte_size(64 << 20), "64.0 MiB");
  EXPECT_EQ(byte_size(uint64_t{5} << 50), "5120.0 TiB");
}

TEST(Format, Times) {
  EXPECT_EQ(duration(85.4), "85 ns");
  EXPECT_EQ(duration(1234), "1.2 µs");
  EXPECT_EQ(duration(38.2e6), "38.2 ms");
  EXPECT_EQ(duration(4.1e9), "4.1 s");
  EXPECT_EQ(time_left(250'000'000), "250ms");
  EXPECT_EQ(time_left(9'999'000'000), "9999ms");
  EXPECT_EQ(time_left(59'900'000'000), "59s");
  EXPECT_EQ(time_left(5'400'000'000'000), "1h30m");
  EXPECT_EQ(time_left(86'401'000'000'000), "1d1s");
  EXPECT_EQ(time_left(-59'900'000'000), "-59s");
}

TEST(Format, PrintableShowsWhatATerminalWouldObey) {
  EXPECT_EQ(printable("plain ü"), "plain ü");
  EXPECT_EQ(printable("a\x1b[2J\n"), "a\\x1b[2J\\x0a");
  EXPECT_EQ(printable("a\n\tb\x7f", Lines::kKeep), "a\n\tb\\x7f");
  EXPECT_EQ(printable("\xC3\x28"), "\\xc3(");
}

TEST(Format, ParsesOnlyWholeNumbers) {
  EXPECT_EQ(parse_unsigned("18446744073709551615"), UINT64_MAX);
  EXPECT_EQ(parse_integer("-9223372036854775808"), INT64_MIN);
  for (const char* text : {"", " 1", "1 ", "+1", "1x", "0x1", "1.5", "18446744073709551616"}) {
    EXPECT_FALSE(parse_unsigned(text)) << text;
  }
  EXPECT_FALSE(parse_unsigned("-1"));
}

TEST(Format, ParsesDurations) {
  EXPECT_EQ(parse_duration("90"), 90'000'000'000);
  EXPECT_EQ(parse_duration("0"), 0);
  EXPECT_EQ(parse_duration("250ms"), 250'000'000);
  EXPECT_EQ(parse_duration("1h30m"), 5'400'000'000'000);
  EXPECT_EQ(parse_duration("1d1s"), 86'401'000'000'000);
  EXPECT_EQ(parse_duration("1us1ns"), 1'001);
  for (const char* text : {"", "m", "1x", "-1s", "1h30", "1 s", "1.5s", "300000000000d"}) {
    EXPECT_FALSE(parse_duration(text)) << text;
  }
}

TEST(Format, ParsesCountsWithUnits) {
  EXPECT_EQ(parse_count("100"), 100u);
  EXPECT_EQ(parse_count("100k"), 100'000u);
  EXPECT_EQ(parse_count("2M"), 2'000'000u);
  EXPECT_EQ(parse_count("1G"), 1'000'000'000u);
  for (const char* text : {"", "k", "1K", "1kk", "-1k", "20000000000G"}) {
    EXPECT_FALSE(parse_count(text)) << text;
  }
}

}  // namespace
}  // namespace coffer::cli
