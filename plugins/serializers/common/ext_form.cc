#include "plugins/serializers/common/ext_form.h"

#include <algorithm>
#include <string_view>

#include "coffer/value.h"
#include "plugins/serializers/common/bytes.h"

namespace coffer::serial {
namespace {

constexpr int64_t kDayNanoseconds = int64_t{86'400} * 1'000'000'000;
constexpr int32_t kDaySeconds = 86'400;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Takes the digits off the front of `text`, and says how many they were.
size_t take_digits(std::string_view& text) {
  const auto end = std::find_if_not(text.begin(), text.end(), is_digit);
  const auto size = static_cast<size_t>(end - text.begin());
  text.remove_prefix(size);
  return size;
}

bool take(std::string_view& text, char c) {
  if (!text.starts_with(c)) return false;
  text.remove_prefix(1);
  return true;
}

void take_sign(std::string_view& text) {
  if (!take(text, '-')) take(text, '+');
}

// Takes the word, in whatever case, off the front of `text`.
bool take_word(std::string_view& text, std::string_view lower) {
  const auto same = [](char a, char b) { return (a | 0x20) == b; };
  if (text.size() < lower.size() || !std::equal(lower.begin(), lower.end(), text.begin(),
                                                [&](char a, char b) { return same(b, a); })) {
    return false;
  }
  text.remove_prefix(lower.size());
  return true;
}

// What decimal types of all languages print: "-12.50", "1E+3", "NaN123", "sNaN", "Infinity", "inf".
bool is_decimal(std::string_view text) {
  take_sign(text);
  if (take_word(text, "inf")) return text.empty() || (take_word(text, "inity") && text.empty());
  if (take_word(text, "nan") || take_word(text, "snan")) return take_digits(text), text.empty();
  size_t digits = take_digits(text);
  if (take(text, '.')) digits += take_digits(text);
  if (digits == 0) return false;
  if (text.empty()) return true;
  if (!take(text, 'e') && !take(text, 'E')) return false;
  take_sign(text);
  return take_digits(text) != 0 && text.empty();
}

bool is_offset(int32_t seconds) { return seconds > -kDaySeconds && seconds < kDaySeconds; }
bool is_nanosecond(int32_t n) { return n >= 0 && n < 1'000'000'000; }

bool is_time(const unsigned char* data, size_t size) {
  if (size != 8 && size != 12) return false;
  const auto nanoseconds = load_little<int64_t>(data);
  return nanoseconds >= 0 && nanoseconds < kDayNanoseconds &&
         (size == 8 || is_offset(load_little<int32_t>(data + 8)));
}

bool is_moment(const unsigned char* data, size_t size, bool zoned) {
  return size == (zoned ? 16 : 12) && is_nanosecond(load_little<int32_t>(data + 8)) &&
         (!zoned || is_offset(load_little<int32_t>(data + 12)));
}

}  // namespace

bool is_bigint(const char* text, size_t size) {
  std::string_view number(text, size);
  const bool negative = take(number, '-');
  if (number.empty() || number[0] == '0' || !std::all_of(number.begin(), number.end(), is_digit)) {
    return false;
  }
  const std::string_view most = negative ? "9223372036854775808" : "18446744073709551615";
  return number.size() > most.size() || (number.size() == most.size() && number > most);
}

bool is_ext(uint32_t type, const void* data, size_t size) {
  const auto* bytes = static_cast<const unsigned char*>(data);
  switch (type) {
    case 0: return false;
    case COFFER_EXT_DECIMAL: return is_decimal({static_cast<const char*>(data), size});
    case COFFER_EXT_UUID: return size == 16;
    case COFFER_EXT_DATE: return size == 4;
    case COFFER_EXT_TIME: return is_time(bytes, size);
    case COFFER_EXT_DATETIME:
    case COFFER_EXT_DURATION: return is_moment(bytes, size, false);
    case COFFER_EXT_DATETIME_TZ: return is_moment(bytes, size, true);
    default: return true;
  }
}

}  // namespace coffer::serial
