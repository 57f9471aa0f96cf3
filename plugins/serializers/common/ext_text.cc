#include "plugins/serializers/common/ext_text.h"

#include <cinttypes>
#include <cstdio>
#include <cstring>

#include "coffer/value.h"

namespace coffer::serial {
namespace {

constexpr int64_t kDaySeconds = 86'400;
constexpr int64_t kSecondNanoseconds = 1'000'000'000;

template <typename T>
T load(const void* data, size_t offset) {
  T value;
  std::memcpy(&value, static_cast<const char*>(data) + offset, sizeof(value));
  return value;
}

template <typename... Arguments>
void print(std::string& out, const char* format, Arguments... arguments) {
  char text[64];
  out.append(text, static_cast<size_t>(std::snprintf(text, sizeof(text), format, arguments...)));
}

// With 3, 6 or 9 digits, as few as tell it; nothing for 0.
void write_fraction(std::string& out, int32_t nanoseconds) {
  if (nanoseconds == 0) return;
  if (nanoseconds % 1'000'000 == 0) return print(out, ".%03d", nanoseconds / 1'000'000);
  if (nanoseconds % 1'000 == 0) return print(out, ".%06d", nanoseconds / 1'000);
  print(out, ".%09d", nanoseconds);
}

// Proleptic Gregorian. Years outside 0 to 9999 carry their sign, as ISO 8601 wants it.
void write_date(std::string& out, int64_t days) {
  // The civil calendar in eras of 400 years that start on a 1 March, so that the leap day comes
  // last.
  constexpr int64_t kEraDays = 146'097;
  const int64_t from_march_0 = days + 719'468;
  const int64_t era = (from_march_0 >= 0 ? from_march_0 : from_march_0 - kEraDays + 1) / kEraDays;
  const int64_t day_of_era = from_march_0 - era * kEraDays;
  const int64_t year_of_era =
      (day_of_era - day_of_era / 1'460 + day_of_era / 36'524 - day_of_era / (kEraDays - 1)) / 365;
  const int64_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int64_t march_month = (5 * day_of_year + 2) / 153;
  const int64_t day = day_of_year - (153 * march_month + 2) / 5 + 1;
  const int64_t month = march_month < 10 ? march_month + 3 : march_month - 9;
  const int64_t year = year_of_era + era * 400 + (month <= 2 ? 1 : 0);
  const bool plain = year >= 0 && year <= 9'999;
  print(out, plain ? "%04" PRId64 : "%+05" PRId64, year);
  print(out, "-%02d-%02d", static_cast<int>(month), static_cast<int>(day));
}

void write_time(std::string& out, int64_t second_of_day, int32_t nanoseconds) {
  print(out, "%02d:%02d:%02d", static_cast<int>(second_of_day / 3'600),
        static_cast<int>(second_of_day / 60 % 60), static_cast<int>(second_of_day % 60));
  write_fraction(out, nanoseconds);
}

void write_offset(std::string& out, int32_t seconds) {
  const int32_t size = seconds < 0 ? -seconds : seconds;
  print(out, "%c%02d:%02d", seconds < 0 ? '-' : '+', size / 3'600, size / 60 % 60);
  if (size % 60 != 0) print(out, ":%02d", size % 60);
}

void write_datetime(std::string& out, int64_t seconds, int32_t nanoseconds) {
  int64_t days = seconds / kDaySeconds;
  int64_t second_of_day = seconds % kDaySeconds;
  if (second_of_day < 0) {
    --days;
    second_of_day += kDaySeconds;
  }
  write_date(out, days);
  out.push_back('T');
  write_time(out, second_of_day, nanoseconds);
}

// "PT90.5S", "-PT0.001S": seconds hold every duration exactly, days and months do not.
void write_duration(std::string& out, int64_t seconds, int32_t nanoseconds) {
  auto size = static_cast<uint64_t>(seconds);
  if (seconds < 0) {
    size = 0 - size;
    if (nanoseconds != 0) {
      // Stored as a floor: -0.25 s are -1 s and 750 ms.
      --size;
      nanoseconds = static_cast<int32_t>(kSecondNanoseconds - nanoseconds);
    }
    out.push_back('-');
  }
  print(out, "PT%" PRIu64, size);
  write_fraction(out, nanoseconds);
  out.push_back('S');
}

void write_uuid(std::string& out, const void* data) {
  for (size_t i = 0; i < 16; ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) out.push_back('-');
    print(out, "%02x", load<uint8_t>(data, i));
  }
}

bool is_nanosecond(int32_t n) { return n >= 0 && n < kSecondNanoseconds; }
bool is_offset(int32_t seconds) { return seconds > -kDaySeconds && seconds < kDaySeconds; }

bool write_decimal(std::string& out, const void* data, size_t size) {
  const char* text = static_cast<const char*>(data);
  for (size_t i = 0; i < size; ++i) {
    if (text[i] < 0x20 || text[i] > 0x7E) return false;
  }
  out.append(text, size);
  return size != 0;
}

bool write_time_of_day(std::string& out, const void* data, size_t size) {
  if (size != 8 && size != 12) return false;
  const auto nanoseconds = load<int64_t>(data, 0);
  const int32_t offset = size == 12 ? load<int32_t>(data, 8) : 0;
  if (nanoseconds < 0 || nanoseconds >= kDaySeconds * kSecondNanoseconds || !is_offset(offset)) {
    return false;
  }
  write_time(out, nanoseconds / kSecondNanoseconds,
             static_cast<int32_t>(nanoseconds % kSecondNanoseconds));
  if (size == 12) write_offset(out, offset);
  return true;
}

bool write_moment(std::string& out, uint32_t type, const void* data, size_t size) {
  const bool zoned = type == COFFER_EXT_DATETIME_TZ;
  if (size != (zoned ? 16 : 12)) return false;
  auto seconds = load<int64_t>(data, 0);
  const auto nanoseconds = load<int32_t>(data, 8);
  const int32_t offset = zoned ? load<int32_t>(data, 12) : 0;
  if (!is_nanosecond(nanoseconds) || !is_offset(offset)) return false;
  if (type == COFFER_EXT_DURATION) return write_duration(out, seconds, nanoseconds), true;
  // The local time is what people read.
  if (__builtin_add_overflow(seconds, int64_t{offset}, &seconds)) return false;
  write_datetime(out, seconds, nanoseconds);
  if (zoned) write_offset(out, offset);
  return true;
}

}  // namespace

const char* ext_name(uint32_t type) {
  switch (type) {
    case COFFER_EXT_DECIMAL: return "a decimal";
    case COFFER_EXT_UUID: return "a UUID";
    case COFFER_EXT_DATE: return "a date";
    case COFFER_EXT_TIME: return "a time";
    case COFFER_EXT_DATETIME:
    case COFFER_EXT_DATETIME_TZ: return "a date and time";
    case COFFER_EXT_DURATION: return "a duration";
    default: return "an application's own type";
  }
}

bool write_ext(std::string& out, uint32_t type, const void* data, size_t size) {
  switch (type) {
    case COFFER_EXT_DECIMAL: return write_decimal(out, data, size);
    case COFFER_EXT_UUID: return size == 16 && (write_uuid(out, data), true);
    case COFFER_EXT_DATE: return size == 4 && (write_date(out, load<int32_t>(data, 0)), true);
    case COFFER_EXT_TIME: return write_time_of_day(out, data, size);
    case COFFER_EXT_DATETIME:
    case COFFER_EXT_DATETIME_TZ:
    case COFFER_EXT_DURATION: return write_moment(out, type, data, size);
    default: return false;
  }
}

}  // namespace coffer::serial
