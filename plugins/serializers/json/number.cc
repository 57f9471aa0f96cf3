#include "plugins/serializers/json/number.h"

#include <charconv>
#include <cmath>
#include <string_view>
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

Number read_double(const char* begin, const char* end) {
  Number n;
  n.kind = Number::Kind::kF64;
  n.size = static_cast<size_t>(end - begin);
  n.f64 = serial::nearest_double(begin, end);
  if (std::isinf(n.f64)) return invalid(begin, begin, "a number beyond the range of a 64-bit float");
  return n;
}

// `digits` has no leading zeros.
Number read_integer(const char* begin, const char* digits, const char* end) {
  const bool negative = digits != begin;
  Number n;
  n.size = static_cast<size_t>(end - begin);
  if (std::from_chars(digits, end, n.u64).ec != std::errc()) {
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

}  // namespace

Number read_number(const char* begin, const char* end) {
  const char* p = begin;
  if (p != end && *p == '-') ++p;
  const char* const digits = p;
  if (!is_digit(p, end)) {
    return invalid(begin, p, p == begin ? "expected a value" : "expected a digit after '-'");
  }
  p = *p == '0' ? p + 1 : skip_digits(p, end);
  if (is_digit(p, end)) return invalid(begin, p, "a number must not start with 0");
  const char* const integer_end = p;

  if (p != end && *p == '.') {
    if (!is_digit(++p, end)) return invalid(begin, p, "expected a digit after the point");
    p = skip_digits(p, end);
  }
  if (p != end && (*p | 0x20) == 'e') {
    ++p;
    if (p != end && (*p == '+' || *p == '-')) ++p;
    if (!is_digit(p, end)) return invalid(begin, p, "expected a digit in the exponent");
    p = skip_digits(p, end);
  }
  return p == integer_end ? read_integer(begin, digits, p) : read_double(begin, p);
}

}  // namespace coffer::json
