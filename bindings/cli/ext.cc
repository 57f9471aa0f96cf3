#include "bindings/cli/ext.h"

#include <chrono>
#include <cstdlib>

#include "bindings/cli/format.h"
#include "coffer/value.h"

namespace coffer::cli {
namespace {

constexpr int64_t kSecondsPerDay = 86400;
constexpr int64_t kNanosPerSecond = 1'000'000'000;

int64_t integer(std::string_view bytes, size_t at, size_t size) {
  uint64_t value = 0;
  for (size_t i = size; i-- > 0;) value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
  const unsigned unused = 64 - 8 * static_cast<unsigned>(size);
  return static_cast<int64_t>(value << unused) >> unused;  // keeps the sign
}

std::string fraction(int64_t nanos) {
  if (nanos == 0) return "";
  std::string digits = format(".%09lld", static_cast<long long>(nanos));
  digits.erase(digits.find_last_not_of('0') + 1);
  return digits;
}

std::string clock(int64_t second_of_day, int64_t nanos) {
  const int s = static_cast<int>(second_of_day);
  return format("%02d:%02d:%02d", s / 3600, s / 60 % 60, s % 60) + fraction(nanos);
}

std::string offset(int64_t seconds) {
  const int64_t s = std::abs(seconds);
  std::string out = format("%c%02d:%02d", seconds < 0 ? '-' : '+', static_cast<int>(s / 3600),
                           static_cast<int>(s / 60 % 60));
  if (s % 60 != 0) out += format(":%02d", static_cast<int>(s % 60));
  return out;
}

// Days since 1970-01-01 in the proleptic Gregorian calendar (whose years repeat every 400).
std::string date(int64_t days) {
  constexpr int64_t kDaysPer400Years = 146097;
  const int64_t cycles =
      (days - (days % kDaysPer400Years + kDaysPer400Years) % kDaysPer400Years) / kDaysPer400Years;
  const std::chrono::year_month_day date{
      std::chrono::sys_days{std::chrono::days{static_cast<int>(days - cycles * kDaysPer400Years)}}};
  const int64_t year = static_cast<int>(date.year()) + cycles * 400;
  return format("%04lld-%02u-%02u", static_cast<long long>(year),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

std::string date_time(int64_t seconds, int64_t nanos) {
  const int64_t second_of_day = (seconds % kSecondsPerDay + kSecondsPerDay) % kSecondsPerDay;
  return date((seconds - second_of_day) / kSecondsPerDay) + 'T' + clock(second_of_day, nanos);
}

std::string uuid(std::string_view bytes) {
  std::string out;
  for (size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) out += '-';
    out += format("%02x", static_cast<unsigned char>(bytes[i]));
  }
  return out;
}

std::string duration(int64_t seconds, int64_t nanos) {
  if (seconds < 0 && nanos > 0) {  // the seconds are rounded down
    ++seconds;
    nanos = kNanosPerSecond - nanos;
    return (seconds == 0 ? "-0" : std::to_string(seconds)) + fraction(nanos) + "s";
  }
  return std::to_string(seconds) + fraction(nanos) + "s";
}

// The bytes come from wherever a cache was filled: what is out of range has no text.
bool is_nanos(int64_t nanos) { return nanos >= 0 && nanos < kNanosPerSecond; }
bool is_offset(int64_t seconds) { return std::abs(seconds) < kSecondsPerDay; }
bool is_instant(int64_t seconds) { return std::abs(seconds / 2) < INT64_MAX / 4; }

}  // namespace

std::optional<std::string> ext_text(uint32_t type, std::string_view bytes) {
  const size_t size = bytes.size();
  const auto i32 = [&](size_t at) { return integer(bytes, at, 4); };
  const auto i64 = [&](size_t at) { return integer(bytes, at, 8); };
  if (type == COFFER_EXT_DECIMAL) return printable(bytes);
  if (type == COFFER_EXT_UUID && size == 16) return uuid(bytes);
  if (type == COFFER_EXT_DATE && size == 4) return date(i32(0));
  if (type == COFFER_EXT_TIME && (size == 8 || size == 12)) {
    const int64_t second = i64(0) / kNanosPerSecond;
    const int64_t nanos = i64(0) % kNanosPerSecond;
    if (!is_nanos(nanos) || second >= kSecondsPerDay) return std::nullopt;
    if (size == 8) return clock(second, nanos);
    if (is_offset(i32(8))) return clock(second, nanos) + offset(i32(8));
  }
  if (type == COFFER_EXT_DATETIME && size == 12 && is_instant(i64(0)) && is_nanos(i32(8))) {
    return date_time(i64(0), i32(8));
  }
  if (type == COFFER_EXT_DATETIME_TZ && size == 16 && is_instant(i64(0)) && is_nanos(i32(8)) &&
      is_offset(i32(12))) {
    return date_time(i64(0) + i32(12), i32(8)) + offset(i32(12));
  }
  if (type == COFFER_EXT_DURATION && size == 12 && is_nanos(i32(8))) {
    return duration(i64(0), i32(8));
  }
  return std::nullopt;
}

}  // namespace coffer::cli
