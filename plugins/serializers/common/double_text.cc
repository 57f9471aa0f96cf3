#include "plugins/serializers/common/double_text.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <system_error>

#include "plugins/serializers/common/integer_text.h"

namespace coffer::serial {
namespace {

// Decimal exponents from here to there are written without one.
constexpr int kLeastPlain = -4;
constexpr uint64_t kLeastPlainInverse = 10'000;
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

// Prices, measurements and the like have few digits. What has at most six behind the point and
// fifteen in all is found by one multiplication: of so few digits no two texts mean the same
// double, so that a text which means this one is the only one, and the shortest once its zeros are
// gone.
constexpr uint64_t kFraction = 1'000'000;
constexpr int kFractionDigits = 6;
constexpr double kMostShort = 1e9;  // 15 digits less those behind the point

// Returns NULL if `value` has no such text, or it would have an exponent.
char* write_short(char* out, double value) {
  const double magnitude = std::fabs(value);
  if (!(magnitude < kMostShort)) return nullptr;
  const auto scaled = static_cast<uint64_t>(magnitude * static_cast<double>(kFraction) + 0.5);
  // A quotient of two exact numbers is the double nearest to the decimal fraction.
  if (static_cast<double>(scaled) / static_cast<double>(kFraction) != magnitude) return nullptr;
  if (scaled < kFraction / kLeastPlainInverse && scaled != 0) return nullptr;
  if (std::signbit(value)) *out++ = '-';
  out = write_integer(out, scaled / kFraction);
  *out++ = '.';
  write_digits(out, scaled % kFraction, kFractionDigits);
  char* end = out + kFractionDigits;
  while (end - out > 1 && end[-1] == '0') --end;
  return end;
}

}  // namespace

char* write_double(char* out, double value) {
  if (char* const end = write_short(out, value)) return end;
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
