#include "bindings/cli/row.h"

#include <gtest/gtest.h>

#include "bindings/cli/failure.h"
#include "bindings/cli/tree.h"

namespace coffer::cli {
namespace {

std::string text_of(coffer_bytes bytes) { return std::string(view(bytes.data, bytes.size)); }

// The only value of a row "c=…", which must say what column it is for.
coffer_datum value_of(const Row& row) {
  EXPECT_EQ(row.cells().count, 1u);
  EXPECT_EQ(text_of(row.cells().cells[0].column), "c");
  return row.cells().cells[0].value;
}

std::string mistake(std::string_view text) {
  try {
    Row row(text);
  } catch (const UsageFailure& failure) {
    return failure.what();
  }
  ADD_FAILURE() << text << " was taken";
  return "";
}

TEST(Row, SeveralColumns) {
  const Row row("id=7,name=Ada Lovelace,draft=false,gone=null");
  ASSERT_EQ(row.cells().count, 4u);
  const coffer_cell* cells = row.cells().cells;
  EXPECT_EQ(text_of(cells[0].column), "id");
  EXPECT_EQ(cells[0].value.type, COFFER_DATUM_I64);
  EXPECT_EQ(cells[0].value.i64, 7);
  EXPECT_EQ(cells[1].value.type, COFFER_DATUM_TEXT);
  EXPECT_EQ(text_of(cells[1].value.bytes), "Ada Lovelace");
  EXPECT_EQ(cells[2].value.type, COFFER_DATUM_BOOL);
  EXPECT_EQ(cells[2].value.i64, 0);
  EXPECT_EQ(cells[3].value.type, COFFER_DATUM_NULL);
  EXPECT_EQ(Row("").cells().count, 0u);
}

TEST(Row, GuessesTypes) {
  const std::pair<const char*, int32_t> cases[] = {
      {"c=-12", COFFER_DATUM_I64},        {"c=1.50", COFFER_DATUM_DECIMAL},
      {"c=1e3", COFFER_DATUM_DECIMAL},    {"c=1E+3", COFFER_DATUM_DECIMAL},
      {"c=-.5", COFFER_DATUM_DECIMAL},    {"c=99999999999999999999", COFFER_DATUM_DECIMAL},
      {"c=1e", COFFER_DATUM_TEXT},        {"c=1.2.3", COFFER_DATUM_TEXT},
      {"c=-", COFFER_DATUM_TEXT},         {"c=", COFFER_DATUM_TEXT},
      {"c=\"7\"", COFFER_DATUM_TEXT},     {"c=\"null\"", COFFER_DATUM_TEXT},
      {"c=True", COFFER_DATUM_TEXT},      {"c=a=b", COFFER_DATUM_TEXT},
      {"c=2024-05-01", COFFER_DATUM_TEXT}};
  for (const auto& [text, type] : cases) EXPECT_EQ(value_of(Row(text)).type, type) << text;
}

TEST(Row, QuotesKeepCommasAndQuotes) {
  const Row row(R"(a="x, \"y\"",b=2)");
  ASSERT_EQ(row.cells().count, 2u);
  EXPECT_EQ(text_of(row.cells().cells[0].value.bytes), "x, \"y\"");
  EXPECT_EQ(row.cells().cells[1].value.i64, 2);
}

TEST(Row, TypesThatAreSaid) {
  EXPECT_EQ(text_of(value_of(Row("c:text=7")).bytes), "7");
  EXPECT_EQ(value_of(Row("c:float=0.5")).f64, 0.5);
  EXPECT_EQ(value_of(Row("c:date=1970-01-03")).i64, 2);
  EXPECT_EQ(value_of(Row("c:date=1969-12-31")).i64, -1);
  EXPECT_EQ(value_of(Row("c:time=00:01")).i64, 60'000'000'000);
  EXPECT_EQ(value_of(Row("c:time=00:00:01.25")).i64, 1'250'000'000);
  EXPECT_EQ(text_of(value_of(Row("c:bytes=00ff41")).bytes), std::string("\0\xff"
                                                                        "A",
                                                                        3));
  EXPECT_EQ(value_of(Row("c:uuid=00112233-4455-6677-8899-aabbccddeeff")).bytes.size, 16u);
  const Row local("c:datetime=1970-01-02 00:00:01.5");
  EXPECT_EQ(value_of(local).type, COFFER_DATUM_DATETIME);
  EXPECT_EQ(value_of(local).i64, 86'401);
  EXPECT_EQ(value_of(local).nanos, 500'000'000u);
  const Row instant("c:instant=1969-12-31T23:59:59Z");
  EXPECT_EQ(value_of(instant).type, COFFER_DATUM_INSTANT);
  EXPECT_EQ(value_of(instant).i64, -1);
}

TEST(Row, MistakesNameTheColumn) {
  for (const char* text :
       {"c:int=x", "c:date=2024-02-30", "c:date=2024-2", "c:time=24:00", "c:time=12:30.5",
        "c:bool=yes", "c:bytes=abc", "c:uuid=00", "c:datetime=2024-05-01",
        "c:instant=2024-05-01T00:00:00", "c:float=", "c:decimal=x", "c:null=0", "c=\"x"}) {
    EXPECT_NE(mistake(text).find("column c: "), std::string::npos) << text;
  }
  EXPECT_NE(mistake("c:dat=1").find("did you mean \"date\"?"), std::string::npos);
  EXPECT_NE(mistake("a=1,b").find("COLUMN=VALUE"), std::string::npos);
  EXPECT_NE(mistake("=1").find("COLUMN=VALUE"), std::string::npos);
}

}  // namespace
}  // namespace coffer::cli
