#include "core/config/text.h"

#include <charconv>
#include <cmath>
#include <limits>
#include <span>
#include <system_error>

#include "coffer/base.h"
#include "core/value/utf8.h"

namespace coffer::core {
namespace {

using Wide = unsigned __int128;

struct Unit {
  std::string_view name;
  int64_t factor;
};

constexpr Unit kIntUnits[] = {
    {"k", 1'000}, {"M", 1'000'000}, {"G", 1'000'000'000}, {"T", 1'000'000'000'000}};

// Larger units first, so that what is printed takes the largest that fits.
constexpr Unit kSizeUnits[] = {{"TiB", 1LL << 40},
                               {"TB", 1'000'000'000'000},
                               {"GiB", 1LL << 30},
                               {"GB", 1'000'000'000},
                               {"MiB", 1LL << 20},
                               {"MB", 1'000'000},
                               {"KiB", 1LL << 10},
                               {"kB", 1'000},
                               {"B", 1}};

constexpr int64_t kSecond = 1'000'000'000;
constexpr Unit kTimeUnits[] = {{"w", 7 * 24 * 3600 * kSecond},
                               {"d", 24 * 3600 * kSecond},
                               {"h", 3600 * kSecond},
                               {"m", 60 * kSecond},
                               {"s", kSecond},
                               {"ms", 1'000'000},
                               {"us", 1'000},
                               {"ns", 1}};

bool fail(std::string& why, std::string_view text) {
  why = text;
  return false;
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same_letters(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    if (lower(a[i]) != lower(b[i])) return false;
  }
  return true;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// A decimal number without sign: digits / 10^fraction.
struct Decimal {
  Wide digits = 0;
  Wide divisor = 1;
};

// Takes a number from the front of `text`.
bool take_decimal(std::string_view& text, Decimal& out, std::string& why) {
  // So many digits times the largest unit (a week, 6e14) still fit into 128 bits.
  constexpr int kMostDigits = 23;
  int count = 0;
  bool point = false;
  bool digit_last = false;
  size_t i = 0;
  for (; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '.' && !point && digit_last) {
      point = true;
      digit_last = false;
      continue;
    }
    if (!is_digit(c)) break;
    if (++count > kMostDigits) return fail(why, "the number has too many digits");
    out.digits = out.digits * 10 + static_cast<unsigned>(c - '0');
    if (point) out.divisor *= 10;
    digit_last = true;
  }
  if (!digit_last) return fail(why, count == 0 ? "a number is expected" : "a digit is missing");
  text.remove_prefix(i);
  return true;
}

// Largest magnitude that fits, by sign.
constexpr Wide kMost = std::numeric_limits<int64_t>::max();

bool scale(const Decimal& number, int64_t factor, Wide limit, int64_t& out, bool* exact) {
  const Wide product = number.digits * static_cast<Wide>(factor);
  const Wide value = product / number.divisor;
  if (exact != nullptr) *exact = value * number.divisor == product;
  if (value > limit) return false;
  out = static_cast<int64_t>(static_cast<uint64_t>(value));
  return true;
}

std::string with_unit(int64_t value, std::string_view unit) {
  return std::to_string(value).append(unit);
}

}  // namespace

bool parse_int(std::string_view text, int64_t& value, std::string& why) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  Decimal number;
  if (!take_decimal(text, number, why)) return false;
  int64_t factor = 1;
  if (!text.empty()) {
    factor = 0;
    for (const Unit& unit : kIntUnits) {
      if (text == unit.name || (text == "K" && unit.name == "k")) factor = unit.factor;
    }
    if (factor == 0) return fail(why, "after the number only k, M, G or T may follow");
  }
  bool exact = false;
  int64_t magnitude = 0;
  if (!scale(number, factor, negative ? kMost + 1 : kMost, magnitude, &exact)) {
    return fail(why, "the number does not fit into 64 bits");
  }
  if (!exact) return fail(why, "a whole number is expected");
  value = negative ? static_cast<int64_t>(0 - static_cast<uint64_t>(magnitude)) : magnitude;
  return true;
}

bool parse_size(std::string_view text, int64_t& bytes, std::string& why) {
  if (text.starts_with('-')) return fail(why, "a size is not negative");
  Decimal number;
  if (!take_decimal(text, number, why)) return false;
  int64_t factor = text.empty() ? 1 : 0;
  for (const Unit& unit : kSizeUnits) {
    if (same_letters(text, unit.name)) factor = unit.factor;
  }
  if (factor == 0) {
    return fail(why, "the unit is one of B, KiB, MiB, GiB, TiB (1024) or kB, MB, GB, TB (1000)");
  }
  if (!scale(number, factor, kMost, bytes, nullptr)) {
    return fail(why, "the size does not fit into 64 bits");
  }
  return true;
}

bool parse_duration(std::string_view text, int64_t& nanoseconds, std::string& why) {
  constexpr std::string_view kTooLong = "the duration is longer than 292 years; use forever";
  if (text == "forever") {
    nanoseconds = COFFER_TTL_FOREVER;
    return true;
  }
  if (text.starts_with('-')) return fail(why, "a duration is not negative");
  int64_t total = 0;
  int64_t last_factor = std::numeric_limits<int64_t>::max();
  do {
    Decimal number;
    if (!take_decimal(text, number, why)) return false;
    size_t letters = 0;
    while (letters < text.size() && !is_digit(text[letters]) && text[letters] != '.') ++letters;
    const std::string_view name = text.substr(0, letters);
    text.remove_prefix(letters);
    // A bare number is seconds, but "1h30" does not say of what there are 30.
    const bool bare = name.empty() && last_factor == std::numeric_limits<int64_t>::max();
    int64_t factor = bare ? kSecond : 0;
    for (const Unit& unit : kTimeUnits) {
      if (name == unit.name) factor = unit.factor;
    }
    if (factor == 0) return fail(why, "the unit is one of w, d, h, m, s, ms, us, ns");
    if (factor >= last_factor) return fail(why, "larger units come first, each once");
    last_factor = factor;
    int64_t part = 0;
    if (!scale(number, factor, kMost, part, nullptr) ||
        __builtin_add_overflow(total, part, &total)) {
      return fail(why, kTooLong);
    }
  } while (!text.empty());
  nanoseconds = total;
  return true;
}

bool parse_bool(std::string_view text, int64_t& value, std::string& why) {
  for (std::string_view yes : {"true", "yes", "on", "1"}) {
    if (same_letters(text, yes)) return value = 1, true;
  }
  for (std::string_view no : {"false", "no", "off", "0"}) {
    if (same_letters(text, no)) return value = 0, true;
  }
  return fail(why, "neither yes nor no");
}

bool parse_float(std::string_view text, double& value, std::string& why) {
  double parsed = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), parsed);
  if (error == std::errc::result_out_of_range) return fail(why, "the number is out of range");
  if (error != std::errc() || end != text.data() + text.size()) {
    return fail(why, "a decimal number is expected");
  }
  if (!std::isfinite(parsed)) return fail(why, "the number must be finite");
  value = parsed;
  return true;
}

std::string format_int(int64_t value) { return std::to_string(value); }

std::string format_size(int64_t bytes) {
  for (const Unit& unit : kSizeUnits) {
    if (unit.factor > 1 && bytes >= unit.factor && bytes % unit.factor == 0) {
      return with_unit(bytes / unit.factor, unit.name);
    }
  }
  return std::to_string(bytes);
}

std::string format_duration(int64_t nanoseconds) {
  if (nanoseconds == COFFER_TTL_FOREVER) return "forever";
  if (nanoseconds == 0) return "0s";
  std::string out;
  // Only messages show a negative one.
  if (nanoseconds < 0) {
    if (nanoseconds == std::numeric_limits<int64_t>::min()) return "-9223372036854775808ns";
    return "-" + format_duration(-nanoseconds);
  }
  // Without weeks: 14d says more than 2w.
  for (const Unit& unit : std::span(kTimeUnits).subspan(1)) {
    if (nanoseconds >= unit.factor) out += with_unit(nanoseconds / unit.factor, unit.name);
    nanoseconds %= unit.factor;
  }
  return out;
}

std::string format_bool(int64_t value) { return value != 0 ? "true" : "false"; }

std::string format_float(double value) {
  char buffer[32];
  const auto [end, error] = std::to_chars(buffer, buffer + sizeof(buffer), value);
  return std::string(buffer, error == std::errc() ? end : buffer);
}

std::string quoted(std::string_view text) {
  constexpr size_t kMost = 100;
  if (text.size() <= kMost) return "'" + replace_invalid_utf8(text) + "'";
  // Not in the middle of a character.
  size_t size = kMost;
  while (size > kMost - 4 && (text[size] & 0xC0) == 0x80) --size;
  return "'" + replace_invalid_utf8(text.substr(0, size)) + "…' (" + std::to_string(text.size()) +
         " bytes)";
}

std::string_view type_form(int32_t type) {
  switch (type) {
    case COFFER_TYPE_TEXT: return "text in UTF-8";
    case COFFER_TYPE_INT: return "a whole number, for example 12, 100k or 2M";
    case COFFER_TYPE_FLOAT: return "a number, for example 0.25";
    case COFFER_TYPE_BOOL: return "true or false";
    case COFFER_TYPE_SIZE: return "a size, for example 512, 64KiB or 1GB";
    case COFFER_TYPE_DURATION: return "a duration, for example 250ms, 5m, 1h30m or forever";
    default: return "";
  }
}

std::string_view type_name(int32_t type) {
  switch (type) {
    case COFFER_TYPE_TEXT: return "text";
    case COFFER_TYPE_INT: return "int";
    case COFFER_TYPE_FLOAT: return "float";
    case COFFER_TYPE_BOOL: return "bool";
    case COFFER_TYPE_SIZE: return "size";
    case COFFER_TYPE_DURATION: return "duration";
    default: return "";
  }
}

}  // namespace coffer::core
