#include "plugins/serializers/json/number.h"

#include <cfloat>
#include <charconv>
#include <cmath>
#include <iterator>
#include <limits>
#include <system_error>

#include "plugins/serializers/common/double_text.h"

namespace coffer::json {
namespace {

bool is_digit(const char* p, const char* end) {
  return p != end && static_cast<unsigned char>(*p - '0') < 10;
}

const char* skip_digits(const char* p, const char* end) {
  while (is_digit(p, end)) ++p;
  return p;
}

Number invalid(const char* begin, const char* at, const char* problem) {
  Number n;
  n.kind = Number::Kind::kInvalid;
  n.size = static_cast<size_t>(at - begin);
  n.problem = problem;
  return n;
}

// What the digits of a number say, as far as 64 bits hold it.
struct Decimal {
  uint64_t mantissa = 0;  // of all digits, without the point
  int64_t digits = 0;     // how many, leading zeros included
  int64_t exponent = 0;   // of ten

  // Takes the digits at `p`; returns their end.
  const char* take(const char* p, const char* end) {
    const char* const begin = p;
    uint64_t value = mantissa;
    for (; is_digit(p, end); ++p) value = value * 10 + static_cast<uint64_t>(*p - '0');
    mantissa = value;
    digits += p - begin;
    return p;
  }
  // Whether the mantissa is what the digits say, and has not gone round.
  bool fits() const { return digits <= std::numeric_limits<uint64_t>::digits10; }
};

// Powers of ten that a double holds exactly.
constexpr double kExactPowers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                   1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                   1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
constexpr int64_t kMostExactPower = std::size(kExactPowers) - 1;
constexpr uint64_t kMostExactInteger = uint64_t{1} << 53;
// Where doubles are computed wider than they are stored, a result is rounded twice.
constexpr bool kRoundsOnce = FLT_EVAL_METHOD == 0;

// Most floats have few digits: then both numbers are exact and one operation rounds to the nearest.
bool is_short(const Decimal& decimal) {
  return kRoundsOnce && decimal.fits() && decimal.mantissa <= kMostExactInteger &&
         decimal.exponent >= -kMostExactPower && decimal.exponent <= kMostExactPower;
}

double short_double(const Decimal& decimal) {
  const auto mantissa = static_cast<double>(decimal.mantissa);
  return decimal.exponent < 0 ? mantissa / kExactPowers[-decimal.exponent]
                              : mantissa * kExactPowers[decimal.exponent];
}

Number read_double(const char* begin, const char* end, const Decimal& decimal) {
  Number n;
  n.kind = Number::Kind::kF64;
  n.size = static_cast<size_t>(end - begin);
  if (is_short(decimal)) {
    const double magnitude = short_double(decimal);
    n.f64 = *begin == '-' ? -magnitude : magnitude;
    return n;
  }
  n.f64 = serial::nearest_double(begin, end);
  if (std::isinf(n.f64))
    return invalid(begin, begin, "a number beyond the range of a 64-bit float");
  return n;
}

// `digits` has no leading zeros.
Number read_integer(const char* begin, const char* digits, const char* end,
                    const Decimal& decimal) {
  const bool negative = digits != begin;
  Number n;
  n.size = static_cast<size_t>(end - begin);
  n.u64 = decimal.mantissa;
  if (!decimal.fits() && std::from_chars(digits, end, n.u64).ec != std::errc()) {
    n.kind = Number::Kind::kBigint;
  } else if (negative) {
    // 2^63 is the one number whose negative fits although it does not.
    n.kind = n.u64 <= uint64_t{1} << 63 ? Number::Kind::kI64 : Number::Kind::kBigint;
    n.i64 = static_cast<int64_t>(0 - n.u64);
  } else {
    n.kind = n.u64 <= INT64_MAX ? Number::Kind::kI64 : Number::Kind::kU64;
  }
  return n;
}

// What stands behind the 'e', whose sign may be there and whose digits are. A huge one is held at a
// huge one, which is_short() refuses.
int64_t read_exponent(const char* p, const char* end) {
  const bool negative = *p == '-';
  if (*p == '+' || *p == '-') ++p;
  int64_t value = 0;
  for (; p != end && value < 100'000; ++p) value = value * 10 + (*p - '0');
  return negative ? -value : value;
}

}  // namespace

Number read_number(const char* begin, const char* end) {
  const char* p = begin;
  if (p != end && *p == '-') ++p;
  const char* const digits = p;
  if (!is_digit(p, end)) {
    return invalid(begin, p, p == begin ? "expected a value" : "expected a digit after '-'");
  }
  Decimal decimal;
  p = *p == '0' ? decimal.take(p, p + 1) : decimal.take(p, end);
  if (is_digit(p, end)) return invalid(begin, p, "a number must not start with 0");
  const char* const integer_end = p;

  if (p != end && *p == '.') {
    if (!is_digit(++p, end)) return invalid(begin, p, "expected a digit after the point");
    const char* const fraction = p;
    p = decimal.take(p, end);
    decimal.exponent = fraction - p;
  }
  if (p != end && (*p | 0x20) == 'e') {
    const char* const exponent = ++p;
    if (p != end && (*p == '+' || *p == '-')) ++p;
    if (!is_digit(p, end)) return invalid(begin, p, "expected a digit in the exponent");
    p = skip_digits(p, end);
    decimal.exponent += read_exponent(exponent, p);
  }
  return p == integer_end ? read_integer(begin, digits, p, decimal)
                          : read_double(begin, p, decimal);
}

std::string_view not_finite_name(const char* begin, const char* end) {
  const std::string_view text(begin, static_cast<size_t>(end - begin));
  for (const std::string_view name : {"NaN", "Infinity", "-Infinity"}) {
    if (text.starts_with(name)) return name;
  }
  return {};
}

double not_finite_number(std::string_view name) {
  using Limits = std::numeric_limits<double>;
  if (name == "NaN") return Limits::quiet_NaN();
  return name.starts_with('-') ? -Limits::infinity() : Limits::infinity();
}

}  // namespace coffer::json
