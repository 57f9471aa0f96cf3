#include "plugins/serializers/common/double_text.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <limits>
#include <system_error>

namespace coffer::serial {
namespace {

// Decimal exponents from here to there are written without one.
constexpr int kLeastPlain = -4;
constexpr int kMostPlain = 15;

constexpr int64_t kHugeExponent = INT64_MAX / 2;

char* append(char* out, const char* data, size_t size) {
  std::memcpy(out, data, size);
  return out + size;
}

char* fill(char* out, char c, size_t count) {
  std::memset(out, c, count);
  return out + count;
}

// The position of the first digit that is not 0, counted from the point, plus the exponent: whether
// a number out of range is too large or too small.
bool is_too_large(const char* p, const char* end) {
  if (*p == '-') ++p;
  const char* const mantissa_end = std::find_if(p, end, [](char c) { return (c | 0x20) == 'e'; });
  const char* const point = std::find(p, mantissa_end, '.');
  const char* const first =
      std::find_if(p, mantissa_end, [](char c) { return c != '0' && c != '.'; });
  const int64_t magnitude = first < point ? point - first : point - first + 1;
  int64_t exponent = 0;
  if (mantissa_end != end) {
    const char* digits = mantissa_end + 1;
    const bool negative = *digits == '-';
    if (*digits == '+' || *digits == '-') ++digits;
    // An exponent that does not fit decides alone: no text is that long.
    const auto error = std::from_chars(digits, end, exponent).ec;
    if (error != std::errc() || exponent > kHugeExponent) return !negative;
    if (negative) exponent = -exponent;
  }
  return magnitude + exponent > 0;
}

bool is_zero(const char* p, const char* end) {
  for (; p != end && (*p | 0x20) != 'e'; ++p) {
    if (*p >= '1' && *p <= '9') return false;
  }
  return true;
}

}  // namespace

char* write_double(char* out, double value) {
  // "-d.ddde-xx"
  char text[kNumberRoom];
  const char* const end =
      std::to_chars(text, text + sizeof(text), value, std::chars_format::scientific).ptr;
  const char* mantissa = text;
  if (*mantissa == '-') *out++ = *mantissa++;
  const char* const e = std::find(mantissa, end, 'e');
  int exponent = 0;
  std::from_chars(e[1] == '+' ? e + 2 : e + 1, end, exponent);
  if (exponent < kLeastPlain || exponent > kMostPlain) {
    return append(out, mantissa, static_cast<size_t>(end - mantissa));
  }

  char digits[kNumberRoom];
  digits[0] = mantissa[0];
  size_t count = 1;
  if (e - mantissa > 2) count += static_cast<size_t>(e - mantissa - 2);
  std::memcpy(digits + 1, mantissa + 2, count - 1);
  if (exponent < 0) {
    out = append(out, "0.", 2);
    out = fill(out, '0', static_cast<size_t>(-exponent - 1));
    return append(out, digits, count);
  }
  const auto whole = static_cast<size_t>(exponent) + 1;
  if (count <= whole) {
    out = append(out, digits, count);
    out = fill(out, '0', whole - count);
    return append(out, ".0", 2);
  }
  out = append(out, digits, whole);
  *out++ = '.';
  return append(out, digits + whole, count - whole);
}


double nearest_double(const char* begin, const char* end) {
  double value = 0;
  const auto error = std::from_chars(begin, end, value).ec;
  if (error != std::errc::result_out_of_range) return value;
  value = is_zero(begin, end) || !is_too_large(begin, end)
              ? 0.0
              : std::numeric_limits<double>::infinity();
  return *begin == '-' ? -value : value;
}

}  // namespace coffer::serial
