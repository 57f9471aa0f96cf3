#include "core/dependency/encode.h"

#include <optional>
#include <string_view>

#include "core/dependency/canonical.h"
#include "core/dependency/describe.h"
#include "core/dependency/digest.h"
#include "core/dependency/number.h"

namespace coffer::core {
namespace {

// The first byte of a form. With the highest bit set a digest follows.
enum Class : char {
  kNull = 'z',
  kBool = 'b',
  kNumber = 'n',
  kText = 't',
  kBytes = 'x',
  kDate = 'd',
  kTime = 'c',
  kDatetime = 'w',
  kInstant = 'i',
  kUuid = 'u'
};

constexpr int64_t kSecondsOfDay = 86'400;
constexpr size_t kUuidSize = 16;

std::string_view view(coffer_bytes bytes) {
  return {static_cast<const char*>(bytes.data), bytes.size};
}

void append(std::string& out, Class type, std::string_view payload) {
  if (payload.size() < kMostEncoded) {
    out += static_cast<char>(type);
    out += payload;
    return;
  }
  out += static_cast<char>(type | 0x80);
  const Digest digest = digest_of(payload);
  for (int shift = 56; shift >= 0; shift -= 8) out += static_cast<char>(digest.high >> shift);
  for (int shift = 56; shift >= 0; shift -= 8) out += static_cast<char>(digest.low >> shift);
}

void append(std::string& out, bool value) {
  out += kBool;
  out += value ? '\1' : '\0';
}

void append(std::string& out, const Number& number) {
  std::string payload;
  number.append_canonical(payload);
  append(out, kNumber, payload);
}

void append(std::string& out, Class type, int64_t value) {
  out += static_cast<char>(type);
  append_fixed(out, static_cast<uint64_t>(value), 8);
}

void append(std::string& out, Class type, int64_t seconds, uint32_t nanos) {
  append(out, type, seconds);
  append_fixed(out, nanos, 4);
}

// ---- what a value must be by itself ----

coffer_status invalid(const coffer_datum& datum, std::string_view why, coffer_sink& sink) {
  return sink.fail(COFFER_INVALID_ARGUMENT, describe_datum(datum) + " " + std::string(why));
}

bool has_nanos(int32_t type) {
  return type == COFFER_DATUM_DATETIME || type == COFFER_DATUM_INSTANT;
}

bool has_bytes(int32_t type) {
  return type == COFFER_DATUM_DECIMAL || type == COFFER_DATUM_TEXT || type == COFFER_DATUM_BYTES ||
         type == COFFER_DATUM_UUID;
}

coffer_status check_datum(const coffer_datum& datum, coffer_sink& sink) {
  if (datum_type_name(datum.type) == nullptr) {
    return sink.fail(COFFER_INVALID_ARGUMENT, "the value is of the unknown type " +
                                                  std::to_string(datum.type) +
                                                  "; types are COFFER_DATUM_*, 1 to 13");
  }
  if (has_bytes(datum.type) && datum.bytes.data == nullptr && datum.bytes.size > 0) {
    return sink.fail(COFFER_INVALID_ARGUMENT,
                     std::string("the bytes of a value of type ") + datum_type_name(datum.type) +
                         " are NULL, their size is " + std::to_string(datum.bytes.size));
  }
  if (datum.type == COFFER_DATUM_BOOL && datum.i64 != 0 && datum.i64 != 1) {
    return invalid(datum, "is neither 0 nor 1", sink);
  }
  if (has_nanos(datum.type) ? datum.nanos > 999'999'999 : datum.nanos != 0) {
    return invalid(datum,
                   "has " + std::to_string(datum.nanos) +
                       " in nanos; a datetime and an instant may have 0 to " +
                       "999999999, others 0",
                   sink);
  }
  if (datum.type == COFFER_DATUM_UUID && datum.bytes.size != kUuidSize) {
    return invalid(datum, "has " + std::to_string(datum.bytes.size) + " bytes, not 16", sink);
  }
  return COFFER_OK;
}

// ---- conversions ----

// Why a value does not fit a column: what the column takes, and what is wrong with the value if
// that is more.
struct Misfit {
  const char* takes;
  std::string why;
};

coffer_status misfit(const coffer_datum& datum, int32_t column_type, const Misfit& misfit,
                     coffer_sink& sink) {
  const std::string why = misfit.why.empty() ? "does not fit" : misfit.why;
  return invalid(datum,
                 why + ": the column is declared " + column_type_name(column_type) +
                     ", which takes " + misfit.takes + ", and null",
                 sink);
}

// The number that a number, a boolean or (if asked) a text is. A double is what it is exactly, or
// its shortest decimal.
std::optional<Number> number_of(const coffer_datum& datum, bool from_text, bool shortest,
                                std::string* why) {
  Number number;
  switch (datum.type) {
    case COFFER_DATUM_BOOL:
    case COFFER_DATUM_I64: return Number::of(datum.i64);
    case COFFER_DATUM_U64: return Number::of(static_cast<uint64_t>(datum.i64));
    case COFFER_DATUM_F64:
      return shortest ? Number::shortest(datum.f64) : Number::exactly(datum.f64);
    case COFFER_DATUM_TEXT:
      if (!from_text) return std::nullopt;
      [[fallthrough]];
    case COFFER_DATUM_DECIMAL:
      if (!Number::parse(view(datum.bytes), number, why)) return std::nullopt;
      return number;
    default: return std::nullopt;
  }
}

bool to_bool(const coffer_datum& datum, std::string& out, Misfit& misfit) {
  misfit.takes = "booleans and the numbers 0 and 1";
  const std::optional<Number> number = number_of(datum, false, false, &misfit.why);
  if (!number || !(number->is_zero() || number->is_one())) return false;
  append(out, number->is_one());
  return true;
}

bool to_integer(const coffer_datum& datum, std::string& out, Misfit& misfit) {
  misfit.takes = "numbers without a fraction, booleans, and text that is such a number";
  const std::optional<Number> number = number_of(datum, true, false, &misfit.why);
  if (!number || !number->is_integer()) return false;
  append(out, *number);
  return true;
}

bool to_float(const coffer_datum& datum, std::string& out, Misfit& misfit) {
  misfit.takes = "numbers and booleans";
  const std::optional<Number> number = number_of(datum, false, false, &misfit.why);
  if (!number) return false;
  append(out, datum.type == COFFER_DATUM_F64 ? *number : Number::exactly(number->to_double()));
  return true;
}

bool to_decimal(const coffer_datum& datum, std::string& out, Misfit& misfit) {
  misfit.takes = "numbers, booleans, and text that is a number";
  const std::optional<Number> number = number_of(datum, true, true, &misfit.why);
  if (!number) return false;
  append(out, *number);
  return true;
}

bool to_text(const coffer_datum& datum, std::string& out, Misfit& misfit) {
  misfit.takes = "text";
  if (datum.type != COFFER_DATUM_TEXT) return false;
  append(out, kText, view(datum.bytes));
  return true;
}

bool to_bytes(const coffer_datum& datum, std::string& out, Misfit& misfit) {
  misfit.takes = "bytes and text";
  if (datum.type != COFFER_DATUM_BYTES && datum.type != COFFER_DATUM_TEXT) return false;
  append(out, kBytes, view(datum.bytes));
  return true;
}

bool to_date(const coffer_datum& datum, std::string& out, Misfit& misfit) {
  misfit.takes = "dates, and datetimes at midnight";
  if (datum.type == COFFER_DATUM_DATE) {
    append(out, kDate, datum.i64);
    return true;
  }
  if (datum.type != COFFER_DATUM_DATETIME || datum.nanos != 0 || datum.i64 % kSecondsOfDay != 0)
    return false;
  append(out, kDate, datum.i64 / kSecondsOfDay);
  return true;
}

bool to_time(const coffer_datum& datum, std::string& out, Misfit& misfit) {
  misfit.takes = "times of day";
  if (datum.type != COFFER_DATUM_TIME) return false;
  append(out, kTime, datum.i64);
  return true;
}

bool to_datetime(const coffer_datum& datum, std::string& out, Misfit& misfit) {
  misfit.takes = "datetimes without a zone, and dates as their midnight";
  if (datum.type == COFFER_DATUM_DATETIME) {
    append(out, kDatetime, datum.i64, datum.nanos);
    return true;
  }
  int64_t seconds = 0;
  if (datum.type != COFFER_DATUM_DATE || __builtin_mul_overflow(datum.i64, kSecondsOfDay, &seconds))
    return false;
  append(out, kDatetime, seconds, 0);
  return true;
}

bool to_instant(const coffer_datum& datum, std::string& out, Misfit& misfit) {
  misfit.takes = "instants: datetimes with a zone";
  if (datum.type != COFFER_DATUM_INSTANT) return false;
  append(out, kInstant, datum.i64, datum.nanos);
  return true;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// 32 hexadecimal digits, with all four hyphens where they belong or with none.
bool parse_uuid(std::string_view text, std::string& out) {
  const bool hyphens = text.size() == 36;
  if (!hyphens && text.size() != 32) return false;
  std::string bytes;
  for (size_t i = 0; i < text.size();) {
    if (hyphens && (i == 8 || i == 13 || i == 18 || i == 23)) {
      if (text[i++] != '-') return false;
      continue;
    }
    const int high = hex_digit(text[i]);
    const int low = hex_digit(text[i + 1]);
    if (high < 0 || low < 0) return false;
    bytes += static_cast<char>(high << 4 | low);
    i += 2;
  }
  out = std::move(bytes);
  return true;
}

bool to_uuid(const coffer_datum& datum, std::string& out, Misfit& misfit) {
  misfit.takes = "UUIDs, 16 bytes, and text of 32 hexadecimal digits with or without hyphens";
  std::string bytes;
  if (datum.type == COFFER_DATUM_TEXT) {
    if (!parse_uuid(view(datum.bytes), bytes)) return false;
  } else if (datum.type == COFFER_DATUM_UUID || datum.type == COFFER_DATUM_BYTES) {
    bytes = view(datum.bytes);
  }
  if (bytes.size() != kUuidSize) return false;
  append(out, kUuid, bytes);
  return true;
}

coffer_status undeclared(const coffer_datum& datum, std::string& out, coffer_sink& sink) {
  std::string why;
  switch (datum.type) {
    case COFFER_DATUM_BOOL: append(out, datum.i64 != 0); break;
    case COFFER_DATUM_TEXT: append(out, kText, view(datum.bytes)); break;
    case COFFER_DATUM_BYTES: append(out, kBytes, view(datum.bytes)); break;
    case COFFER_DATUM_DATE: append(out, kDate, datum.i64); break;
    case COFFER_DATUM_TIME: append(out, kTime, datum.i64); break;
    case COFFER_DATUM_DATETIME: append(out, kDatetime, datum.i64, datum.nanos); break;
    case COFFER_DATUM_INSTANT: append(out, kInstant, datum.i64, datum.nanos); break;
    case COFFER_DATUM_UUID: append(out, kUuid, view(datum.bytes)); break;
    default: {
      const std::optional<Number> number = number_of(datum, false, false, &why);
      if (!number) return invalid(datum, why, sink);
      append(out, *number);
    }
  }
  return COFFER_OK;
}

using Convert = bool (*)(const coffer_datum&, std::string&, Misfit&);

// By COFFER_COLUMN_*, from BOOL on.
constexpr Convert kConvert[] = {to_bool, to_integer, to_float,    to_decimal, to_text, to_bytes,
                                to_date, to_time,    to_datetime, to_instant, to_uuid};

}  // namespace

coffer_status encode_datum(const coffer_datum& datum, int32_t column_type, std::string& out,
                           coffer_sink& sink) {
  const coffer_status status = check_datum(datum, sink);
  if (failed(status)) return status;
  if (datum.type == COFFER_DATUM_NULL) {
    out += kNull;
    return COFFER_OK;
  }
  if (column_type == COFFER_COLUMN_ANY) return undeclared(datum, out, sink);
  if (column_type_name(column_type) == nullptr) {
    return sink.fail(COFFER_INVALID_ARGUMENT,
                     "the column is of the unknown type " + std::to_string(column_type));
  }
  Misfit why{};
  if (kConvert[column_type - COFFER_COLUMN_BOOL](datum, out, why)) return COFFER_OK;
  return misfit(datum, column_type, why, sink);
}

}  // namespace coffer::core
