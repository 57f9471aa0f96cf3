#include "core/dependency/describe.h"

#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <iterator>

#include "coffer/plugin/utf8.hpp"

namespace coffer::core {
namespace {

constexpr size_t kMostShown = 60;
constexpr int64_t kSecondsOfDay = 86'400;
constexpr int64_t kNanosOfSecond = 1'000'000'000;

std::string_view view(coffer_bytes bytes) {
  return {static_cast<const char*>(bytes.data), bytes.size};
}

template <typename... Arguments>
std::string format(const char* how, Arguments... arguments) {
  char text[96];
  std::snprintf(text, sizeof text, how, arguments...);
  return text;
}

int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

void append_hex(std::string& out, unsigned char byte) {
  constexpr char kDigits[] = "0123456789abcdef";
  out += kDigits[byte >> 4];
  out += kDigits[byte & 15];
}

std::string hex(std::string_view bytes) {
  std::string out = "x'";
  for (const char c : bytes.substr(0, kMostShown / 2))
    append_hex(out, static_cast<unsigned char>(c));
  return out + (bytes.size() > kMostShown / 2 ? "...'" : "'");
}

std::string uuid(std::string_view bytes) {
  std::string out;
  for (size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) out += '-';
    append_hex(out, static_cast<unsigned char>(bytes[i]));
  }
  return out;
}

std::string date(int64_t days) {
  // What the calendar of the standard library reaches.
  constexpr int64_t kFar = 10'000'000;
  if (days < -kFar || days > kFar) return "day " + std::to_string(days);
  const std::chrono::year_month_day day{std::chrono::sys_days(std::chrono::days(days))};
  return format("%04d-%02u-%02u", static_cast<int>(day.year()), static_cast<unsigned>(day.month()),
                static_cast<unsigned>(day.day()));
}

std::string clock(int64_t seconds, int64_t nanos) {
  const std::string whole =
      format("%02lld:%02d:%02d", static_cast<long long>(seconds / 3600),
             static_cast<int>(seconds / 60 % 60), static_cast<int>(seconds % 60));
  return nanos == 0 ? whole : whole + format(".%09lld", static_cast<long long>(nanos));
}

std::string time_of_day(int64_t nanos) {
  if (nanos < 0) return std::to_string(nanos) + " ns";
  return clock(nanos / kNanosOfSecond, nanos % kNanosOfSecond);
}

std::string date_and_time(int64_t seconds, uint32_t nanos) {
  const int64_t days = floor_div(seconds, kSecondsOfDay);
  return date(days) + " " + clock(seconds - days * kSecondsOfDay, nanos);
}

std::string shortest(double value) {
  char text[32];
  return {text, std::to_chars(text, text + sizeof text, value).ptr};
}

}  // namespace

std::string printable(std::string_view text, size_t most) {
  std::string out;
  const auto* p = reinterpret_cast<const unsigned char*>(text.data());
  for (size_t i = 0; i < text.size();) {
    const size_t length = plugin::utf8_sequence(p + i, text.size() - i);
    if (i + (length > 0 ? length : 1) > most) return out + "...";
    if (length == 0 || p[i] < 0x20 || p[i] == 0x7f) {
      out += "\\x";
      append_hex(out, p[i++]);
      continue;
    }
    out.append(text.substr(i, length));
    i += length;
  }
  return out;
}

std::string describe_value(const coffer_datum& datum) {
  switch (datum.type) {
    case COFFER_DATUM_NULL: return "null";
    case COFFER_DATUM_BOOL:
      return datum.i64 == 0 ? "false" : datum.i64 == 1 ? "true" : std::to_string(datum.i64);
    case COFFER_DATUM_I64: return std::to_string(datum.i64);
    case COFFER_DATUM_U64: return std::to_string(static_cast<uint64_t>(datum.i64));
    case COFFER_DATUM_F64: return shortest(datum.f64);
    case COFFER_DATUM_DECIMAL: return printable(view(datum.bytes), kMostShown);
    case COFFER_DATUM_TEXT: return '"' + printable(view(datum.bytes), kMostShown) + '"';
    case COFFER_DATUM_BYTES: return hex(view(datum.bytes));
    case COFFER_DATUM_DATE: return date(datum.i64);
    case COFFER_DATUM_TIME: return time_of_day(datum.i64);
    case COFFER_DATUM_DATETIME: return date_and_time(datum.i64, datum.nanos);
    case COFFER_DATUM_INSTANT: return date_and_time(datum.i64, datum.nanos) + "Z";
    case COFFER_DATUM_UUID:
      return datum.bytes.size == 16 ? uuid(view(datum.bytes)) : hex(view(datum.bytes));
    default: return "?";
  }
}

std::string describe_datum(const coffer_datum& datum) {
  const char* type = datum_type_name(datum.type);
  if (type == nullptr) return "a value of type " + std::to_string(datum.type);
  if (datum.type == COFFER_DATUM_NULL) return type;
  return std::string(type) + " " + describe_value(datum);
}

const char* datum_type_name(int32_t type) {
  static constexpr std::array kNames = {"null",     "boolean", "integer", "unsigned", "double",
                                        "decimal",  "text",    "bytes",   "date",     "time",
                                        "datetime", "instant", "uuid"};
  return type >= 1 && type <= static_cast<int32_t>(kNames.size())
             ? kNames[static_cast<size_t>(type) - 1]
             : nullptr;
}

const char* column_type_name(int32_t type) {
  static constexpr std::array kNames = {"ANY",   "BOOL", "INTEGER", "FLOAT",    "DECIMAL", "TEXT",
                                        "BYTES", "DATE", "TIME",    "DATETIME", "INSTANT", "UUID"};
  return type >= 1 && type <= static_cast<int32_t>(kNames.size())
             ? kNames[static_cast<size_t>(type) - 1]
             : nullptr;
}

}  // namespace coffer::core
