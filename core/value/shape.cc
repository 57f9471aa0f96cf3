#include "core/value/shape.h"

#include <cstring>
#include <string_view>

#include "coffer/value.h"

namespace coffer::core {
namespace {

constexpr int64_t kDayNanoseconds = int64_t{86'400} * 1'000'000'000;
constexpr int32_t kDaySeconds = 86'400;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Number of digits at the start of `text`.
size_t digits(std::string_view text) {
  size_t n = 0;
  while (n < text.size() && is_digit(text[n])) ++n;
  return n;
}

bool starts_with_ignoring_case(std::string_view text, std::string_view lower) {
  if (text.size() < lower.size()) return false;
  for (size_t i = 0; i < lower.size(); ++i) {
    if ((text[i] | 0x20) != lower[i]) return false;
  }
  return true;
}

// [sign] (digits [. [digits]] | . digits) [E [sign] digits], or Infinity, NaN, sNaN (a NaN may
// carry digits): what decimal types of all languages print.
bool is_decimal(std::string_view text) {
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
  if (starts_with_ignoring_case(text, "inf")) {
    return text.size() == 3 || (text.size() == 8 && starts_with_ignoring_case(text, "infinity"));
  }
  const size_t nan = starts_with_ignoring_case(text, "nan")    ? 3
                     : starts_with_ignoring_case(text, "snan") ? 4
                                                               : 0;
  if (nan != 0) return nan + digits(text.substr(nan)) == text.size();

  const size_t whole = digits(text);
  text.remove_prefix(whole);
  size_t fraction = 0;
  if (!text.empty() && text[0] == '.') {
    fraction = digits(text.substr(1));
    text.remove_prefix(1 + fraction);
  }
  if (whole + fraction == 0) return false;
  if (text.empty()) return true;
  if (text[0] != 'e' && text[0] != 'E') return false;
  text.remove_prefix(1);
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
  return !text.empty() && digits(text) == text.size();
}

template <typename T>
T load(const void* data, size_t offset) {
  T value;
  std::memcpy(&value, static_cast<const char*>(data) + offset, sizeof(value));
  return value;
}

bool is_nanosecond(int32_t n) { return n >= 0 && n < 1'000'000'000; }
bool is_offset(int32_t seconds) { return seconds > -kDaySeconds && seconds < kDaySeconds; }

const char* time_problem(const void* data, size_t size) {
  if (size != 8 && size != 12) return "a time has 8 or 12 bytes";
  const int64_t nanoseconds = load<int64_t>(data, 0);
  if (nanoseconds < 0 || nanoseconds >= kDayNanoseconds) return "a time is within one day";
  if (size == 12 && !is_offset(load<int32_t>(data, 8))) return "a zone is less than a day from UTC";
  return nullptr;
}

// Seconds (8 bytes), nanoseconds (4), and for some the offset of a zone (4).
const char* moment_problem(const void* data, size_t size, bool zoned) {
  if (size != (zoned ? 16 : 12)) return zoned ? "it has 16 bytes" : "it has 12 bytes";
  if (!is_nanosecond(load<int32_t>(data, 8))) return "nanoseconds are 0 to 999999999";
  if (zoned && !is_offset(load<int32_t>(data, 12))) return "a zone is less than a day from UTC";
  return nullptr;
}

}  // namespace

bool is_bigint(const char* text, size_t size) {
  std::string_view number(text, size);
  const bool negative = !number.empty() && number[0] == '-';
  if (negative) number.remove_prefix(1);
  if (number.empty() || number[0] == '0' || digits(number) != number.size()) return false;
  const std::string_view most = negative ? "9223372036854775808" : "18446744073709551615";
  return number.size() > most.size() || (number.size() == most.size() && number > most);
}

const char* ext_problem(uint32_t type, const void* data, size_t size) {
  switch (type) {
    case 0: return "0 is no type";
    case COFFER_EXT_DECIMAL:
      return is_decimal({static_cast<const char*>(data), size}) ? nullptr : "not a decimal number";
    case COFFER_EXT_UUID: return size == 16 ? nullptr : "a UUID has 16 bytes";
    case COFFER_EXT_DATE: return size == 4 ? nullptr : "a date has 4 bytes";
    case COFFER_EXT_TIME: return time_problem(data, size);
    case COFFER_EXT_DATETIME:
    case COFFER_EXT_DURATION: return moment_problem(data, size, false);
    case COFFER_EXT_DATETIME_TZ: return moment_problem(data, size, true);
    default: return nullptr;
  }
}

}  // namespace coffer::core
