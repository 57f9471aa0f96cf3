#include "core/dependency/encode.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "core/dependency/describe.h"
#include "core/dependency/testing/given.h"

namespace coffer::core {
namespace {

using namespace testing;  // NOLINT: the builders of values

constexpr std::string_view kUuid("\x12\x34\x56\x78\x12\x34\x56\x78\x12\x34\x56\x78\x12\x34\x56\x78",
                                 16);

std::string form(const coffer_datum& datum, int32_t type = COFFER_COLUMN_ANY) {
  coffer_sink sink;
  std::string out;
  EXPECT_EQ(encode_datum(datum, type, out, sink), COFFER_OK) << message(sink);
  EXPECT_LE(out.size(), kMostEncoded);
  return out;
}

std::string error(const coffer_datum& datum, int32_t type = COFFER_COLUMN_ANY) {
  coffer_sink sink;
  std::string out;
  EXPECT_EQ(encode_datum(datum, type, out, sink), COFFER_INVALID_ARGUMENT) << describe_datum(datum);
  return message(sink);
}

void expect_same(std::initializer_list<coffer_datum> data, int32_t type = COFFER_COLUMN_ANY) {
  for (const coffer_datum& datum : data) {
    EXPECT_EQ(form(datum, type), form(*data.begin(), type)) << describe_datum(datum);
  }
}

void expect_different(std::initializer_list<coffer_datum> data, int32_t type = COFFER_COLUMN_ANY) {
  for (const coffer_datum& a : data) {
    for (const coffer_datum& b : data) {
      if (&a == &b) continue;
      EXPECT_NE(form(a, type), form(b, type)) << describe_datum(a) << ", " << describe_datum(b);
    }
  }
}

TEST(Encode, EqualNumbersAreOneValue) {
  expect_same({i64(1), u64(1), f64(1.0), decimal("1.00"), decimal("+1"), decimal("10e-1")});
  expect_same({decimal("1.5"), decimal("1.50"), f64(1.5)});
  expect_same({f64(0.0), f64(-0.0), i64(0), decimal("-0.00")});
  expect_same({f64(std::nan("")), f64(-std::nan("1")), decimal("NaN"), decimal("sNaN")});
  expect_same({f64(INFINITY), decimal("Infinity")});
  expect_same({f64(0x1p63), u64(uint64_t{1} << 63), decimal("9223372036854775808")});
}

TEST(Encode, DifferentNumbersAreNot) {
  expect_different(
      {f64(0.1), decimal("0.1"), i64(0), i64(1), i64(-1), f64(INFINITY), f64(-INFINITY), f64(NAN)});
  expect_different({i64(std::numeric_limits<int64_t>::max()), u64(uint64_t{1} << 63),
                    i64(std::numeric_limits<int64_t>::min()),
                    u64(std::numeric_limits<uint64_t>::max()), i64(-1)});
}

TEST(Encode, HugeDecimalsAreToldApart) {
  const std::string a(4096, '3');
  const std::string b = a.substr(1) + "4";
  const std::string c = "0." + a.substr(1);
  expect_different({decimal(a), decimal(b), decimal(c), decimal("1e1000000000000000000")});
  const std::string longer = "1" + std::string(4000, '0');
  expect_same({decimal(longer), decimal("1e4000")});
}

TEST(Encode, TypesNeverAgreeByThemselves) {
  expect_different({null(), boolean(true), i64(1), text("1"), bytes("1"), date(1), time_of_day(1),
                    datetime(1), instant(1), uuid(kUuid), text(kUuid), bytes(kUuid), text(""),
                    bytes(""), boolean(false), i64(0)});
  expect_different({text("null"), null(), text("true"), boolean(true), text("nan"), f64(NAN)});
}

TEST(Encode, LongValuesAreDigests) {
  const std::string a(100'000, 'a');
  const std::string b = a + "a";
  expect_different({text(a), text(b), bytes(a), bytes(b)});
  // At the edge between what is kept and what is digested.
  for (size_t size = kMostEncoded - 3; size <= kMostEncoded + 3; ++size) {
    const std::string whole(size, 'x');
    const std::string other = whole.substr(1) + "y";
    expect_different({text(whole), text(other)});
  }
  // A short value cannot pose as the digest of a long one: the first byte differs.
  const std::string digested = form(text(a));
  EXPECT_NE(form(text(std::string_view(digested).substr(1))), digested);
}

TEST(Encode, ValuesThatCannotBe) {
  EXPECT_EQ(error(datum(0)),
            "the value is of the unknown type 0; types are COFFER_DATUM_*, 1 to 13");
  EXPECT_EQ(error(datum(14)),
            "the value is of the unknown type 14; types are COFFER_DATUM_*, 1 to 13");
  EXPECT_EQ(error(datum(COFFER_DATUM_BOOL, 2)), "boolean 2 is neither 0 nor 1");
  EXPECT_NE(error(datetime(0, 1'000'000'000)).find("1000000000 in nanos"), std::string::npos);
  EXPECT_NE(error(datum(COFFER_DATUM_I64, 0, 5)).find("5 in nanos"), std::string::npos);
  EXPECT_NE(error(uuid("short")).find("has 5 bytes, not 16"), std::string::npos);
  EXPECT_EQ(error(decimal("12x")), "decimal 12x is no number");
  EXPECT_EQ(error(decimal(std::string(4097, '1'))).substr(0, 9), "decimal 1");
  coffer_datum dangling = text("");
  dangling.bytes = {nullptr, 3};
  EXPECT_EQ(error(dangling), "the bytes of a value of type text are NULL, their size is 3");
  EXPECT_EQ(error(i64(1), 99), "the column is of the unknown type 99");
}

TEST(Encode, NullFitsEveryColumn) {
  for (int32_t type = COFFER_COLUMN_ANY; type <= COFFER_COLUMN_UUID; ++type)
    EXPECT_EQ(form(null(), type), form(null()));
}

void expect_misfits(int32_t type, std::initializer_list<coffer_datum> data) {
  for (const coffer_datum& datum : data) {
    const std::string why = error(datum, type);
    EXPECT_EQ(why.substr(0, describe_datum(datum).size()), describe_datum(datum)) << why;
    EXPECT_NE(why.find(std::string("the column is declared ") + column_type_name(type)),
              std::string::npos)
        << why;
  }
}

TEST(Encode, BoolColumns) {
  expect_same({boolean(true), i64(1), u64(1), f64(1), decimal("1.0")}, COFFER_COLUMN_BOOL);
  expect_same({boolean(false), i64(0), f64(-0.0), decimal("0")}, COFFER_COLUMN_BOOL);
  expect_different({boolean(true), boolean(false), null()}, COFFER_COLUMN_BOOL);
  expect_misfits(COFFER_COLUMN_BOOL,
                 {i64(2), f64(0.5), f64(NAN), text("true"), bytes("1"), date(1)});
}

TEST(Encode, IntegerColumns) {
  expect_same({i64(12), text("12"), text("12.0"), decimal("12.000"), f64(12), u64(12)},
              COFFER_COLUMN_INTEGER);
  expect_same({boolean(true), i64(1)}, COFFER_COLUMN_INTEGER);
  expect_same({decimal("1e30"), text("1000000000000000000000000000000")}, COFFER_COLUMN_INTEGER);
  expect_different({i64(1), i64(2), null()}, COFFER_COLUMN_INTEGER);
  expect_misfits(COFFER_COLUMN_INTEGER,
                 {f64(1.5), decimal("0.1"), text("1.5"), text("x"), text(""), f64(NAN),
                  f64(INFINITY), bytes("12"), date(3), uuid(kUuid)});
}

TEST(Encode, FloatColumns) {
  expect_same({f64(0.1), decimal("0.1"), decimal("0.10")}, COFFER_COLUMN_FLOAT);
  expect_same({i64((int64_t{1} << 53) + 1), f64(0x1p53)}, COFFER_COLUMN_FLOAT);
  expect_same({boolean(true), f64(1)}, COFFER_COLUMN_FLOAT);
  expect_same({decimal("1e400"), f64(INFINITY)}, COFFER_COLUMN_FLOAT);
  expect_different({f64(0.1), f64(0.2), f64(NAN), f64(INFINITY)}, COFFER_COLUMN_FLOAT);
  expect_misfits(COFFER_COLUMN_FLOAT, {text("0.1"), bytes("1"), time_of_day(1)});
}

TEST(Encode, DecimalColumns) {
  expect_same({decimal("1.5"), decimal("1.50"), text("1.500"), f64(1.5)}, COFFER_COLUMN_DECIMAL);
  expect_same({f64(0.1), decimal("0.1"), text("0.1")}, COFFER_COLUMN_DECIMAL);
  expect_same({i64(1), boolean(true), u64(1)}, COFFER_COLUMN_DECIMAL);
  expect_different({decimal("0.1"), decimal("0.10000000000000000001")}, COFFER_COLUMN_DECIMAL);
  expect_misfits(COFFER_COLUMN_DECIMAL, {text("1,5"), bytes("1"), instant(1)});
}

TEST(Encode, TextAndBytesColumns) {
  expect_different({text("a"), text("A"), text(" a"), text("\xc3\xa9"), text("e\xcc\x81")},
                   COFFER_COLUMN_TEXT);
  expect_misfits(COFFER_COLUMN_TEXT, {bytes("a"), i64(1), decimal("1"), boolean(true)});
  expect_same({bytes("a"), text("a")}, COFFER_COLUMN_BYTES);
  expect_different({bytes(std::string_view("a\0", 2)), bytes("a"), bytes("")}, COFFER_COLUMN_BYTES);
  expect_misfits(COFFER_COLUMN_BYTES, {i64(1), uuid(kUuid), f64(1)});
}

TEST(Encode, TimeColumns) {
  expect_same({date(1), datetime(86'400)}, COFFER_COLUMN_DATE);
  expect_same({date(-1), datetime(-86'400)}, COFFER_COLUMN_DATE);
  expect_misfits(COFFER_COLUMN_DATE,
                 {datetime(1), datetime(86'400, 1), instant(86'400), i64(1), text("2024-01-01")});
  expect_same({datetime(86'400), date(1)}, COFFER_COLUMN_DATETIME);
  expect_different({datetime(1), datetime(1, 1), datetime(2)}, COFFER_COLUMN_DATETIME);
  expect_misfits(COFFER_COLUMN_DATETIME, {instant(1), time_of_day(1), i64(1)});
  expect_misfits(COFFER_COLUMN_DATETIME, {date(std::numeric_limits<int64_t>::max())});
  expect_different({time_of_day(1), time_of_day(2)}, COFFER_COLUMN_TIME);
  expect_misfits(COFFER_COLUMN_TIME, {datetime(1), i64(1)});
  expect_different({instant(1), instant(1, 5)}, COFFER_COLUMN_INSTANT);
  expect_misfits(COFFER_COLUMN_INSTANT, {datetime(1), date(1)});
}

TEST(Encode, UuidColumns) {
  expect_same({uuid(kUuid), bytes(kUuid), text("12345678-1234-5678-1234-567812345678"),
               text("12345678123456781234567812345678")},
              COFFER_COLUMN_UUID);
  expect_same(
      {text("ABCDEF00-0000-0000-0000-000000000000"), text("abcdef00-0000-0000-0000-000000000000")},
      COFFER_COLUMN_UUID);
  expect_misfits(
      COFFER_COLUMN_UUID,
      {text("12345678-1234-5678-1234-56781234567"), text(""), bytes("short"), i64(1),
       text("1234567-81234-5678-1234-567812345678"), text("g2345678123456781234567812345678")});
}

}  // namespace
}  // namespace coffer::core
