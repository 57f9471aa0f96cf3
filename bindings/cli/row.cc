#include "bindings/cli/row.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <utility>

#include "bindings/cli/args.h"
#include "bindings/cli/failure.h"
#include "bindings/cli/format.h"

namespace coffer::cli {
namespace {

constexpr int64_t kSecond = 1'000'000'000;

const std::vector<std::string> kTypes = {"bool", "int",  "float", "decimal",  "text",    "bytes",
                                         "date", "time", "uuid",  "datetime", "instant", "null"};

// Digits with a sign, a point or an exponent.
bool is_decimal(std::string_view text) {
  size_t i = text.starts_with('-') || text.starts_with('+') ? 1 : 0;
  bool digits = false;
  bool point = false;
  for (; i < text.size(); ++i) {
    if (text[i] >= '0' && text[i] <= '9') {
      digits = true;
    } else if (text[i] == '.' && !point) {
      point = true;
    } else {
      break;
    }
  }
  if (!digits || i == text.size()) return digits;
  if (text[i] != 'e' && text[i] != 'E') return false;
  ++i;
  if (i < text.size() && text[i] == '+') ++i;
  return parse_integer(text.substr(i)).has_value();
}

std::optional<std::string> unhex(std::string_view text) {
  std::string bytes;
  int digits = 0;
  unsigned byte = 0;
  for (const char c : text) {
    if (c == '-') continue;
    const bool decimal = c >= '0' && c <= '9';
    const char letter = static_cast<char>(c | 0x20);
    if (!decimal && !(letter >= 'a' && letter <= 'f')) return std::nullopt;
    byte = byte * 16 + static_cast<unsigned>(decimal ? c - '0' : letter - 'a' + 10);
    if (++digits % 2 == 0) bytes += static_cast<char>(std::exchange(byte, 0));
  }
  if (digits % 2 != 0) return std::nullopt;
  return bytes;
}

// "2024-05-01" as days since 1970.
std::optional<int64_t> parse_date(std::string_view text) {
  int year = 0, end = 0;
  unsigned month = 0, day = 0;
  if (std::sscanf(std::string(text).c_str(), "%4d-%2u-%2u%n", &year, &month, &day, &end) != 3 ||
      static_cast<size_t>(end) != text.size()) {
    return std::nullopt;
  }
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month),
                                         std::chrono::day(day)};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date).time_since_epoch().count();
}

// "12:30", "12:30:05", "12:30:05.25" as nanoseconds since midnight.
std::optional<int64_t> parse_time(std::string_view text) {
  const size_t point = text.find('.');
  std::string fraction(point == text.npos ? "" : text.substr(point + 1));
  const std::string whole(text.substr(0, point));
  unsigned hour = 0, minute = 0, second = 0;
  int end = 0, longer = 0;
  if (std::sscanf(whole.c_str(), "%2u:%2u%n:%2u%n", &hour, &minute, &end, &second, &longer) < 2 ||
      static_cast<size_t>(std::max(end, longer)) != whole.size() || hour > 23 || minute > 59 ||
      second > 59 || fraction.size() > 9 || (point != text.npos && longer == 0)) {
    return std::nullopt;
  }
  fraction.resize(9, '0');
  const auto nanoseconds = parse_unsigned(fraction);
  if (!nanoseconds) return std::nullopt;
  return ((int64_t{hour} * 60 + minute) * 60 + second) * kSecond +
         static_cast<int64_t>(*nanoseconds);
}

// "2024-05-01T12:30:05", with a space for the T if one likes.
bool parse_moment(std::string_view text, coffer_datum* out) {
  const size_t middle = text.find_first_of("T ");
  if (middle == text.npos) return false;
  const auto days = parse_date(text.substr(0, middle));
  const auto nanoseconds = parse_time(text.substr(middle + 1));
  if (!days || !nanoseconds) return false;
  out->i64 = *days * 86'400 + *nanoseconds / kSecond;
  out->nanos = static_cast<uint32_t>(*nanoseconds % kSecond);
  return true;
}

// The type of a value that does not say it.
std::string_view guess(std::string_view value, bool quoted) {
  if (quoted) return "text";
  if (value == "null") return "null";
  if (value == "true" || value == "false") return "bool";
  if (parse_integer(value)) return "int";
  return is_decimal(value) ? "decimal" : "text";
}

// Everything but what needs bytes of its own.
bool read_scalar(std::string_view type, const std::string& value, coffer_datum* out) {
  const auto set = [&](int32_t datum, std::optional<int64_t> number) {
    out->type = datum;
    out->i64 = number.value_or(0);
    return number.has_value();
  };
  if (type == "null") return set(COFFER_DATUM_NULL, 0) && value == "null";
  if (type == "bool")
    return set(COFFER_DATUM_BOOL, value == "true") && (out->i64 || value == "false");
  if (type == "int") return set(COFFER_DATUM_I64, parse_integer(value));
  if (type == "date") return set(COFFER_DATUM_DATE, parse_date(value));
  if (type == "time") return set(COFFER_DATUM_TIME, parse_time(value));
  if (type == "float") {
    char* end = nullptr;
    out->type = COFFER_DATUM_F64;
    out->f64 = std::strtod(value.c_str(), &end);
    return !value.empty() && *end == '\0';
  }
  if (type == "instant") {
    out->type = COFFER_DATUM_INSTANT;
    return value.ends_with('Z') &&
           parse_moment(std::string_view(value).substr(0, value.size() - 1), out);
  }
  out->type = COFFER_DATUM_DATETIME;
  return parse_moment(value, out);
}

const char* form_of(std::string_view type) {
  if (type == "bool") return "true or false";
  if (type == "date") return "2024-05-01";
  if (type == "time") return "12:30 or 12:30:05.25";
  if (type == "datetime") return "2024-05-01T12:30:05";
  if (type == "instant") return "2024-05-01T12:30:05Z, in UTC";
  if (type == "uuid") return "32 hexadecimal digits";
  if (type == "bytes") return "pairs of hexadecimal digits";
  if (type == "null") return "null";
  return "a number";
}

}  // namespace

Row::Row(std::string_view text) {
  size_t at = 0;
  while (at < text.size()) {
    const size_t equals = text.find('=', at);
    if (equals == text.npos || equals == at) {
      throw UsageFailure("\"" + printable(text.substr(at)) +
                         "\" is no part of a row; write COLUMN=VALUE,...");
    }
    std::string_view column = text.substr(at, equals - at);
    std::string_view type;
    if (const size_t colon = column.rfind(':'); colon != column.npos) {
      type = column.substr(colon + 1);
      column = column.substr(0, colon);
    }
    std::string value;
    at = equals + 1;
    const bool quoted = at < text.size() && text[at] == '"';
    if (quoted) {
      for (++at; at < text.size() && text[at] != '"'; ++at) {
        if (text[at] == '\\' && at + 1 < text.size()) ++at;
        value += text[at];
      }
      if (at == text.size()) {
        throw UsageFailure("column " + printable(column) + ": a quote (\") is not closed");
      }
      ++at;
    }
    const size_t comma = std::min(text.find(',', at), text.size());
    value += text.substr(at, comma - at);
    at = comma + 1;
    add(column, type, std::move(value), quoted);
  }
}

void Row::add(std::string_view column, std::string_view type, std::string value, bool quoted) {
  if (type.empty()) type = guess(value, quoted);
  coffer_cell cell{};
  coffer_datum& datum = cell.value;
  bool good = true;
  if (type == "text") {
    datum.type = COFFER_DATUM_TEXT;
    datum.bytes = keep(std::move(value));
  } else if (type == "decimal") {
    datum.type = COFFER_DATUM_DECIMAL;
    good = is_decimal(value);
    datum.bytes = keep(value);
  } else if (type == "bytes" || type == "uuid") {
    datum.type = type == "uuid" ? COFFER_DATUM_UUID : COFFER_DATUM_BYTES;
    const std::optional<std::string> bytes = unhex(value);
    good = bytes.has_value() && (type == "bytes" || bytes->size() == 16);
    datum.bytes = keep(bytes.value_or(""));
  } else {
    const std::string near = nearest(type, kTypes);
    if (near != type) {
      throw UsageFailure("column " + printable(column) + ": no type \"" + printable(type) + "\"" +
                         (near.empty()
                              ? "; types are bool, int, float, decimal, text, bytes, date, time, "
                                "datetime, instant and uuid"
                              : "; did you mean \"" + near + "\"?"));
    }
    good = read_scalar(type, value, &datum);
  }
  if (!good) {
    throw UsageFailure("column " + printable(column) + ": \"" + printable(value) + "\" is no " +
                       std::string(type) + "; write " + form_of(type));
  }
  cell.column = keep(std::string(column));
  cells_.push_back(cell);
}

coffer_bytes Row::keep(std::string text) {
  texts_.push_back(std::move(text));
  return {texts_.back().data(), texts_.back().size()};
}

}  // namespace coffer::cli
