#include "plugins/serializers/common/ext_parse.h"

#include <charconv>

#include "coffer/value.h"
#include "plugins/serializers/common/bytes.h"
#include "plugins/serializers/common/ext_form.h"

namespace coffer::serial {
namespace {

constexpr int64_t kDaySeconds = 86'400;
constexpr int64_t kSecondNanoseconds = 1'000'000'000;

// Takes pieces off the front of a text; after a mistake, everything is one.
class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  bool ok() const { return ok_; }
  bool done() const { return ok_ && text_.empty(); }
  bool next_is(char c) const { return text_.starts_with(c); }

  bool take(char c) {
    if (!next_is(c)) return false;
    text_.remove_prefix(1);
    return true;
  }
  void expect(char c) { ok_ &= take(c); }

  // A number of `least` digits or more, at most 19.
  uint64_t digits(size_t least, size_t most) {
    size_t size = 0;
    while (size < text_.size() && size <= most && text_[size] >= '0' && text_[size] <= '9') ++size;
    uint64_t out = 0;
    ok_ &= size >= least && size <= most;
    if (ok_) ok_ = std::from_chars(text_.data(), text_.data() + size, out).ec == std::errc();
    text_.remove_prefix(size);
    return out;
  }
  int64_t two_digits(int64_t least, int64_t most) {
    const auto out = static_cast<int64_t>(digits(2, 2));
    ok_ &= out >= least && out <= most;
    return out;
  }
  // ".5" to ".123456789" in nanoseconds; 0 if there is no point.
  int32_t fraction() {
    if (!take('.')) return 0;
    const size_t before = text_.size();
    uint64_t out = digits(1, 9);
    for (size_t n = before - text_.size(); n < 9; ++n) out *= 10;
    return static_cast<int32_t>(out);
  }
  void fail() { ok_ = false; }

 private:
  std::string_view text_;
  bool ok_ = true;
};

int64_t month_days(int64_t year, int64_t month) {
  constexpr int64_t kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return kDays[month - 1] + (month == 2 && leap ? 1 : 0);
}

// Days since 1970-01-01, in years that start on a 1 March, so that the leap day comes last.
int64_t days_of(int64_t year, int64_t month, int64_t day) {
  const int64_t march_year = month <= 2 ? year - 1 : year;
  const int64_t era = (march_year >= 0 ? march_year : march_year - 399) / 400;
  const int64_t year_of_era = march_year - era * 400;
  const int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  const int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146'097 + day_of_era - 719'468;
}

int64_t date(Parser& in) {
  const bool negative = in.take('-');
  const bool sign = negative || in.take('+');
  const auto size = static_cast<int64_t>(in.digits(4, sign ? 12 : 4));
  const int64_t year = negative ? -size : size;
  in.expect('-');
  const int64_t month = in.two_digits(1, 12);
  in.expect('-');
  const int64_t day = in.two_digits(1, 31);
  if (!in.ok() || day > month_days(year, month)) return in.fail(), 0;
  return days_of(year, month, day);
}

int64_t second_of_day(Parser& in) {
  const int64_t hour = in.two_digits(0, 23);
  in.expect(':');
  const int64_t minute = in.two_digits(0, 59);
  in.expect(':');
  return hour * 3'600 + minute * 60 + in.two_digits(0, 59);
}

int32_t offset(Parser& in) {
  const bool negative = in.take('-');
  if (!negative) in.expect('+');
  int64_t out = in.two_digits(0, 23) * 3'600;
  in.expect(':');
  out += in.two_digits(0, 59) * 60;
  if (in.take(':')) out += in.two_digits(0, 59);
  return static_cast<int32_t>(negative ? -out : out);
}

bool parse_uuid(std::string_view text, ParsedExt& out) {
  if (text.size() != 36) return false;
  out.size = 0;
  for (size_t i = 0; i < text.size();) {
    if (i == 8 || i == 13 || i == 18 || i == 23) {
      if (text[i++] != '-') return false;
      continue;
    }
    const char* const end = text.data() + i + 2;
    if (std::from_chars(text.data() + i, end, out.bytes[out.size++], 16).ptr != end) return false;
    i += 2;
  }
  return true;
}

bool parse_time(Parser& in, ParsedExt& out) {
  const int64_t nanoseconds = second_of_day(in) * kSecondNanoseconds + in.fraction();
  store_little(out.bytes, nanoseconds);
  out.size = 8;
  if (in.next_is('+') || in.next_is('-')) {
    store_little(out.bytes + 8, offset(in));
    out.size = 12;
  }
  return in.done();
}

// "…T…" with an offset if `zoned`.
bool parse_moment(Parser& in, bool zoned, ParsedExt& out) {
  const int64_t days = date(in);
  in.expect('T');
  const int64_t seconds = second_of_day(in);
  const int32_t nanoseconds = in.fraction();
  const int32_t east = zoned ? offset(in) : 0;
  // The first day that is counted begins before the first second that is.
  __extension__ const auto all = static_cast<__int128>(days) * kDaySeconds + seconds - east;
  const auto narrow = static_cast<int64_t>(all);
  if (!in.done() || narrow != all) return false;
  store_little(out.bytes, narrow);
  store_little(out.bytes + 8, nanoseconds);
  store_little(out.bytes + 12, east);
  out.size = zoned ? 16 : 12;
  return true;
}

bool parse_duration(Parser& in, ParsedExt& out) {
  const bool negative = in.take('-');
  in.expect('P');
  in.expect('T');
  const uint64_t size = in.digits(1, 19);
  int32_t nanoseconds = in.fraction();
  in.expect('S');
  if (!in.done() || size > uint64_t{INT64_MAX} + (negative ? 1 : 0)) return false;
  uint64_t seconds = negative ? 0 - size : size;
  if (negative && nanoseconds != 0) {
    // Stored as a floor: -0.25 s are -1 s and 750 ms.
    if (size > INT64_MAX) return false;
    --seconds;
    nanoseconds = static_cast<int32_t>(kSecondNanoseconds - nanoseconds);
  }
  store_little(out.bytes, seconds);
  store_little(out.bytes + 8, nanoseconds);
  out.size = 12;
  return true;
}

bool parse(uint32_t type, std::string_view text, ParsedExt& out) {
  Parser in(text);
  switch (type) {
    case COFFER_EXT_UUID: return parse_uuid(text, out);
    case COFFER_EXT_DATE: {
      const int64_t days = date(in);
      store_little(out.bytes, static_cast<int32_t>(days));
      out.size = 4;
      return in.done() && days == static_cast<int32_t>(days);
    }
    case COFFER_EXT_TIME: return parse_time(in, out);
    case COFFER_EXT_DATETIME: return parse_moment(in, false, out);
    case COFFER_EXT_DATETIME_TZ: return parse_moment(in, true, out);
    case COFFER_EXT_DURATION: return parse_duration(in, out);
    default: return false;
  }
}

}  // namespace

bool parse_ext(uint32_t type, std::string_view text, ParsedExt& out) {
  return parse(type, text, out) && is_ext(type, out.bytes, out.size);
}

}  // namespace coffer::serial
