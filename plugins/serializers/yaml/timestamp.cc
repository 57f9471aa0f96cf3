#include "plugins/serializers/yaml/timestamp.h"

#include <algorithm>
#include <cstring>

#include "coffer/value.h"

namespace coffer::yaml {
namespace {

constexpr int64_t kDaySeconds = 86'400;
constexpr int32_t kSecondNanoseconds = 1'000'000'000;
constexpr int64_t kFirstDay = -719'162;  // 0001-01-01
constexpr int64_t kLastDay = 2'932'896;  // 9999-12-31

struct Fields {
  int year = 0, month = 0, day = 0;
  bool two_digits = true;  // of month and day
  bool has_time = false, has_zone = false;
  int hour = 0, minute = 0, second = 0;
  int32_t nanoseconds = 0;
  int zone_sign = 1, zone_hour = 0, zone_minute = 0;
};

// Takes a text apart from its front.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : left_(text) {}

  bool done() const { return left_.empty(); }
  char peek() const { return left_.empty() ? '\0' : left_[0]; }
  bool take(char c) {
    if (peek() != c || left_.empty()) return false;
    left_.remove_prefix(1);
    return true;
  }
  // A number of `least` to `most` digits, as many as there are; their count, 0 if there are less.
  size_t number(size_t least, size_t most, int& out) {
    size_t n = 0;
    out = 0;
    while (n < most && n < left_.size() && left_[n] >= '0' && left_[n] <= '9') {
      out = out * 10 + (left_[n++] - '0');
    }
    if (n < least) return 0;
    left_.remove_prefix(n);
    return n;
  }
  bool blanks() {
    const size_t n = std::min(left_.find_first_not_of(" \t"), left_.size());
    left_.remove_prefix(n);
    return n > 0;
  }
  // Nine digits count, more are passed over.
  int32_t fraction() {
    int32_t value = 0;
    size_t n = 0;
    for (; n < left_.size() && left_[n] >= '0' && left_[n] <= '9'; ++n) {
      if (n < 9) value = value * 10 + (left_[n] - '0');
    }
    left_.remove_prefix(n);
    for (; n < 9; ++n) value *= 10;
    return value;
  }

 private:
  std::string_view left_;
};

bool scan_zone(Scanner& text, Fields& out) {
  if (text.done()) return true;
  text.blanks();
  out.has_zone = true;
  if (text.take('Z')) return true;
  out.zone_sign = text.peek() == '-' ? -1 : 1;
  if (!text.take('-') && !text.take('+')) return false;
  if (text.number(1, 2, out.zone_hour) == 0) return false;
  return !text.take(':') || text.number(2, 2, out.zone_minute) != 0;
}

bool scan_time(Scanner& text, Fields& out) {
  out.has_time = true;
  if (!text.take('T') && !text.take('t') && !text.blanks()) return false;
  if (text.number(1, 2, out.hour) == 0 || !text.take(':')) return false;
  if (text.number(2, 2, out.minute) == 0 || !text.take(':')) return false;
  if (text.number(2, 2, out.second) == 0) return false;
  if (text.take('.')) out.nanoseconds = text.fraction();
  return scan_zone(text, out);
}

bool scan(std::string_view all, Fields& out) {
  Scanner text(all);
  if (text.number(4, 4, out.year) == 0 || !text.take('-')) return false;
  const size_t month_digits = text.number(1, 2, out.month);
  if (month_digits == 0 || !text.take('-')) return false;
  const size_t day_digits = text.number(1, 2, out.day);
  if (day_digits == 0) return false;
  out.two_digits = month_digits == 2 && day_digits == 2;
  return (text.done() || scan_time(text, out)) && text.done();
}

int days_in(int year, int month) {
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return kDays[month - 1] + (month == 2 && leap ? 1 : 0);
}

bool exists(const Fields& f) {
  return f.year >= 1 && f.month >= 1 && f.month <= 12 && f.day >= 1 &&
         f.day <= days_in(f.year, f.month) && f.hour < 24 && f.minute < 60 && f.second < 60 &&
         f.zone_hour * 60 + f.zone_minute < 24 * 60;
}

// From 1970-01-01, proleptic Gregorian. Years begin on 1 March, so that the leap day comes last.
int64_t day_number(int year, int month, int day) {
  const int64_t y = month <= 2 ? year - 1 : year;
  const int64_t era = y / 400, year_of_era = y % 400;
  const int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  const int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146'097 + day_of_era - 719'468;
}

template <typename... T>
Timestamp pack(uint32_t type, T... parts) {
  Timestamp out;
  out.type = type;
  ((std::memcpy(out.bytes + out.size, &parts, sizeof(parts)), out.size += sizeof(parts)), ...);
  return out;
}

template <typename T>
T load(const void* data, size_t offset) {
  T value;
  std::memcpy(&value, static_cast<const char*>(data) + offset, sizeof(value));
  return value;
}

}  // namespace

bool is_timestamp(std::string_view plain) {
  Fields fields;
  return scan(plain, fields) && (fields.has_time || fields.two_digits);
}

Timestamp read_timestamp(std::string_view text) {
  Fields f;
  if (!scan(text, f) || !exists(f)) return {};
  const int64_t day = day_number(f.year, f.month, f.day);
  if (!f.has_time) return pack(COFFER_EXT_DATE, static_cast<int32_t>(day));
  const int64_t local = day * kDaySeconds + f.hour * 3'600 + f.minute * 60 + f.second;
  if (!f.has_zone) return pack(COFFER_EXT_DATETIME, local, f.nanoseconds);
  const int32_t offset = f.zone_sign * (f.zone_hour * 3'600 + f.zone_minute * 60);
  return pack(COFFER_EXT_DATETIME_TZ, local - offset, f.nanoseconds, offset);
}

TimestampFit fits_timestamp(uint32_t type, const void* data, size_t size) {
  const auto year_fits = [](int64_t day) {
    return day >= kFirstDay && day <= kLastDay ? TimestampFit::kFits : TimestampFit::kYear;
  };
  if (type == COFFER_EXT_DATE) {
    return size == 4 ? year_fits(load<int32_t>(data, 0)) : TimestampFit::kMalformed;
  }
  const bool zoned = type == COFFER_EXT_DATETIME_TZ;
  if (size != (zoned ? 16 : 12)) return TimestampFit::kMalformed;
  auto seconds = load<int64_t>(data, 0);
  const auto nanoseconds = load<int32_t>(data, 8);
  const int32_t offset = zoned ? load<int32_t>(data, 12) : 0;
  if (nanoseconds < 0 || nanoseconds >= kSecondNanoseconds || offset <= -kDaySeconds ||
      offset >= kDaySeconds || __builtin_add_overflow(seconds, int64_t{offset}, &seconds)) {
    return TimestampFit::kMalformed;
  }
  if (offset % 60 != 0) return TimestampFit::kZone;
  if (nanoseconds % 1'000 != 0) return TimestampFit::kNanoseconds;
  const int64_t day = seconds / kDaySeconds - (seconds % kDaySeconds < 0 ? 1 : 0);
  return year_fits(day);
}

}  // namespace coffer::yaml
