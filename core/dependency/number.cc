#include "core/dependency/number.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>

namespace coffer::core {
namespace {

// Room for the sign, the digits and the exponent of any double: none has more than 767 digits.
constexpr int kDoubleDigits = 767;
constexpr size_t kDoubleText = kDoubleDigits + 16;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool fail(std::string* why, std::string text) {
  if (why != nullptr) *why = std::move(text);
  return false;
}

// Takes the zeros off both ends.
void normalize(Number& number) {
  const size_t first = number.digits.find_first_not_of('0');
  if (first == std::string::npos) {
    number = Number();
    return;
  }
  const size_t last = number.digits.find_last_not_of('0');
  number.exponent += static_cast<int64_t>(number.digits.size() - 1 - last);
  number.digits.resize(last + 1);
  number.digits.erase(0, first);
}

Number special(Number::Kind kind, bool negative) {
  Number out;
  out.kind = kind;
  out.negative = negative;
  return out;
}

// A name in any case, given in lower case.
bool is_name(std::string_view text, std::string_view name) {
  return text.size() == name.size() &&
         std::equal(text.begin(), text.end(), name.begin(),
                    [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b; });
}

bool parse_special(std::string_view text, bool negative, Number& out) {
  if (is_name(text, "nan") || is_name(text, "snan")) {
    out = special(Number::kNan, false);
    return true;
  }
  if (is_name(text, "inf") || is_name(text, "infinity")) {
    out = special(Number::kInfinite, negative);
    return true;
  }
  return false;
}

// What follows the 'e'.
bool parse_exponent(std::string_view text, int64_t& out, std::string* why) {
  const bool negative = !text.empty() && text[0] == '-';
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
  if (text.empty()) return fail(why, "has no digits after the e");
  uint64_t value = 0;
  for (const char c : text) {
    if (!is_digit(c)) return fail(why, "is no number");
    value = value * 10 + static_cast<uint64_t>(c - '0');
    if (value > static_cast<uint64_t>(kMostExponent))
      return fail(why, "has an exponent beyond 10^18");
  }
  out = negative ? -static_cast<int64_t>(value) : static_cast<int64_t>(value);
  return true;
}

}  // namespace

Number Number::of(uint64_t value) {
  Number out;
  char text[24];
  const auto end = std::to_chars(text, text + sizeof text, value);
  out.digits.assign(text, end.ptr);
  normalize(out);
  return out;
}

Number Number::of(int64_t value) {
  const auto bits = static_cast<uint64_t>(value);
  Number out = of(value < 0 ? 0 - bits : bits);
  out.negative = value < 0;
  return out;
}

Number Number::exactly(double value) {
  if (std::isnan(value)) return special(kNan, false);
  if (std::isinf(value)) return special(kInfinite, value < 0);
  if (std::fabs(value) < 0x1p63 && value == std::trunc(value))
    return of(static_cast<int64_t>(value));

  // value = m * 2^-k with m < 2^53 has, if k is positive, the digits of m * 5^k: fewer than 17 +
  // 0.7 k.
  int precision = std::numeric_limits<double>::max_exponent10;
  if (value != std::trunc(value)) {
    int exponent = 0;
    const auto mantissa =
        static_cast<uint64_t>(std::ldexp(std::fabs(std::frexp(value, &exponent)), 53));
    const int k = 53 - exponent - std::countr_zero(mantissa);
    precision = std::min(kDoubleDigits - 1, 17 + 7 * k / 10);
  }
  char text[kDoubleText];
  const auto end =
      std::to_chars(text, text + sizeof text, value, std::chars_format::scientific, precision);
  Number out;
  parse({text, static_cast<size_t>(end.ptr - text)}, out, nullptr);
  return out;
}

Number Number::shortest(double value) {
  if (!std::isfinite(value)) return exactly(value);
  char text[32];
  const auto end = std::to_chars(text, text + sizeof text, value, std::chars_format::scientific);
  Number out;
  parse({text, static_cast<size_t>(end.ptr - text)}, out, nullptr);
  return out;
}

bool Number::parse(std::string_view text, Number& out, std::string* why) {
  const bool negative = !text.empty() && text[0] == '-';
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
  if (parse_special(text, negative, out)) return true;

  Number number;
  size_t i = 0;
  size_t fraction = 0;
  bool point = false;
  for (; i < text.size() && (is_digit(text[i]) || (text[i] == '.' && !point)); ++i) {
    if (text[i] == '.') {
      point = true;
      continue;
    }
    if (number.digits.size() == kMostDigits) return fail(why, "has more than 4096 digits");
    number.digits += text[i];
    if (point) ++fraction;
  }
  if (number.digits.empty()) return fail(why, "is no number");
  if (i < text.size() && text[i] != 'e' && text[i] != 'E') return fail(why, "is no number");
  if (i < text.size() && !parse_exponent(text.substr(i + 1), number.exponent, why)) return false;
  number.exponent -= static_cast<int64_t>(fraction);
  number.negative = negative;
  normalize(number);
  out = std::move(number);
  return true;
}

double Number::to_double() const {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  if (kind == kNan) return std::numeric_limits<double>::quiet_NaN();
  if (kind == kInfinite) return negative ? -kInfinity : kInfinity;
  if (digits.empty()) return 0;
  std::string text;
  append_canonical(text);
  double value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (read.ec != std::errc::result_out_of_range) return value;
  // Where the first digit stands tells which end of the range was passed.
  if (static_cast<int64_t>(digits.size()) + exponent <= 0) return 0;
  return negative ? -kInfinity : kInfinity;
}

void Number::append_canonical(std::string& out) const {
  if (kind == kNan) {
    out += "nan";
    return;
  }
  if (negative) out += '-';
  if (kind == kInfinite) {
    out += "inf";
    return;
  }
  out += digits.empty() ? "0" : digits;
  out += 'e';
  char text[24];
  out.append(text, std::to_chars(text, text + sizeof text, exponent).ptr);
}

}  // namespace coffer::core
