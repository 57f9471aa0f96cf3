#include "plugins/serializers/common/double_text.h"

#include <algorithm>
#include <charconv>
#include <cstring>

namespace coffer::serial {
namespace {

// Decimal exponents from here to there are written without one.
constexpr int kLeastPlain = -4;
constexpr int kMostPlain = 15;

char* append(char* out, const char* data, size_t size) {
  std::memcpy(out, data, size);
  return out + size;
}

char* fill(char* out, char c, size_t count) {
  std::memset(out, c, count);
  return out + count;
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

}  // namespace coffer::serial
