#include "plugins/serializers/pickle/number.h"

#include <algorithm>
#include <charconv>
#include <cstring>

namespace coffer::pickle {
namespace {

constexpr uint64_t kChunk = 10'000'000'000'000'000'000u;  // the largest power of ten in 64 bits
constexpr size_t kChunkDigits = 19;
constexpr size_t kMostLimbs = kMostIntegerBytes / 8;

using uint128 = unsigned __int128;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

size_t digits_at(std::string_view text) {
  size_t n = 0;
  while (n < text.size() && is_digit(text[n])) ++n;
  return n;
}

// (high * 2^64 + low) / kChunk with high < kChunk, by its reciprocal (Möller and Granlund, 2011):
// the processor's own division takes several times as long.
uint64_t divide(uint64_t high, uint64_t low, uint64_t& remainder) {
  constexpr uint64_t kReciprocal = static_cast<uint64_t>(~uint128{0} / kChunk - (uint128{1} << 64));
  const uint128 estimate = uint128{kReciprocal} * high + (uint128{high} << 64 | low);
  uint64_t quotient = static_cast<uint64_t>(estimate >> 64) + 1;
  remainder = low - quotient * kChunk;
  if (remainder > static_cast<uint64_t>(estimate)) {
    --quotient;
    remainder += kChunk;
  }
  if (remainder >= kChunk) {
    ++quotient;
    remainder -= kChunk;
  }
  return quotient;
}

// limbs /= kChunk; returns the remainder.
uint64_t divide(uint64_t* limbs, size_t count) {
  uint64_t remainder = 0;
  for (size_t i = count; i > 0; --i) limbs[i - 1] = divide(remainder, limbs[i - 1], remainder);
  return remainder;
}

void negate(uint64_t* limbs, size_t count) {
  uint64_t carry = 1;
  for (size_t i = 0; i < count; ++i) {
    limbs[i] = ~limbs[i] + carry;
    carry = carry != 0 && limbs[i] == 0 ? 1 : 0;
  }
}

Slot small_integer(uint64_t magnitude, bool negative) {
  if (negative) return Slot::of(Kind::kI64, static_cast<int64_t>(0 - magnitude));
  const auto value = static_cast<int64_t>(magnitude);
  return Slot::of(magnitude > INT64_MAX ? Kind::kU64 : Kind::kI64, value);
}

std::string_view big_digits(uint64_t* limbs, size_t count, bool negative, Arena& arena) {
  // A limb has 19.3 digits.
  const size_t room = count * (kChunkDigits + 1) + 1;
  char* const end = static_cast<char*>(arena.alloc(room)) + room;
  char* at = end;
  while (count > 0) {
    uint64_t chunk = divide(limbs, count);
    while (count > 0 && limbs[count - 1] == 0) --count;
    for (size_t i = 0; i < kChunkDigits && (count > 0 || chunk > 0); ++i, chunk /= 10) {
      *--at = static_cast<char>('0' + chunk % 10);
    }
  }
  if (negative) *--at = '-';
  return {at, static_cast<size_t>(end - at)};
}

}  // namespace

bool parse_integer(std::string_view text, Slot& out) {
  const size_t sign = text.starts_with('-') ? 1 : 0;
  const std::string_view digits = text.substr(sign);
  if (digits.empty() || digits_at(digits) != digits.size()) return false;
  if (digits[0] == '0' && digits.size() > 1) return false;
  int64_t small;
  const char* const end = text.data() + text.size();
  if (std::from_chars(text.data(), end, small).ec == std::errc())
    return out = Slot::of(Kind::kI64, small), true;
  uint64_t large;
  if (sign == 0 && std::from_chars(text.data(), end, large).ec == std::errc()) {
    return out = small_integer(large, false), true;
  }
  return out = Slot::of(Kind::kBigint, text), true;
}

bool parse_float(std::string_view text, double& out) {
  if (text.starts_with('+')) text.remove_prefix(1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size();
}

Slot read_integer(const unsigned char* data, size_t size, Arena& arena) {
  const bool negative = size > 0 && data[size - 1] >= 0x80;
  uint64_t limbs[kMostLimbs];
  size_t count = (size + 7) / 8;
  if (count == 0) return Slot::of(Kind::kI64, 0);
  limbs[count - 1] = negative ? ~uint64_t{0} : 0;
  std::memcpy(limbs, data, size);
  if (negative) negate(limbs, count);
  while (count > 0 && limbs[count - 1] == 0) --count;
  if (count == 0) return Slot::of(Kind::kI64, 0);
  if (count == 1 && (!negative || limbs[0] <= uint64_t{1} << 63))
    return small_integer(limbs[0], negative);
  return Slot::of(Kind::kBigint, big_digits(limbs, count, negative, arena));
}

size_t write_integer(std::string_view digits, unsigned char (&out)[kMostIntegerBytes]) {
  const bool negative = digits.starts_with('-');
  if (negative) digits.remove_prefix(1);
  digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size()));
  if (digits.size() > kMostIntegerDigits + 1) return 0;
  uint64_t limbs[kMostLimbs + 1];
  size_t count = 0;
  while (!digits.empty()) {
    const size_t n = (digits.size() - 1) % kChunkDigits + 1;
    uint64_t carry = 0, scale = 1;
    std::from_chars(digits.data(), digits.data() + n, carry);
    for (size_t i = 0; i < n; ++i) scale *= 10;
    for (size_t i = 0; i < count; ++i) {
      const uint128 product = uint128{limbs[i]} * scale + carry;
      limbs[i] = static_cast<uint64_t>(product);
      carry = static_cast<uint64_t>(product >> 64);
    }
    if (carry != 0) {
      if (count == kMostLimbs) return 0;
      limbs[count++] = carry;
    }
    digits.remove_prefix(n);
  }
  limbs[count++] = 0;  // for the sign
  if (negative) negate(limbs, count);
  // Bytes at the top that say no more than the sign are left out.
  const unsigned char fill = negative ? 0xff : 0;
  const auto* bytes = reinterpret_cast<const unsigned char*>(limbs);
  size_t size = count * 8;
  while (size > 1 && bytes[size - 1] == fill && (bytes[size - 2] >= 0x80) == negative) --size;
  if (size > kMostIntegerBytes) return 0;
  std::memcpy(out, bytes, size);
  return size;
}

bool is_decimal(std::string_view text) {
  const auto starts = [&](std::string_view lower) {
    return text.size() >= lower.size() &&
           std::equal(lower.begin(), lower.end(), text.begin(),
                      [](char l, char c) { return l == (c | 0x20); });
  };
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
  if (starts("inf")) return text.size() == 3 || (text.size() == 8 && starts("infinity"));
  const size_t nan = starts("nan") ? 3 : starts("snan") ? 4 : 0;
  if (nan != 0) return nan + digits_at(text.substr(nan)) == text.size();

  const size_t whole = digits_at(text);
  const std::string_view coefficient = text;
  text.remove_prefix(whole);
  size_t fraction = 0;
  if (text.starts_with('.')) {
    fraction = digits_at(text.substr(1));
    text.remove_prefix(1 + fraction);
  }
  if (whole + fraction == 0) return false;
  int64_t exponent = 0;
  if (!text.empty()) {
    if ((text[0] | 0x20) != 'e') return false;
    text.remove_prefix(1);
    if (text.starts_with('+') && text.size() > 1 && is_digit(text[1])) text.remove_prefix(1);
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), exponent);
    if (error != std::errc() || end != text.data() + text.size()) return false;
  }
  // The bounds of the decimal module on 64 bits: MAX_EMAX, and MIN_ETINY for the last digit.
  constexpr int64_t kMost = 999'999'999'999'999'999, kLeast = -1'999'999'999'999'999'997;
  if (exponent > 2 * kMost || exponent < 2 * kLeast) return false;
  size_t zeros = 0;
  while (zeros < whole + fraction + (fraction > 0 ? 1 : 0) &&
         (coefficient[zeros] == '0' || coefficient[zeros] == '.')) {
    ++zeros;
  }
  const bool point_passed = zeros > whole;
  const int64_t last = exponent - static_cast<int64_t>(fraction);
  int64_t significant = static_cast<int64_t>(whole + fraction - (zeros - (point_passed ? 1 : 0)));
  significant = std::max<int64_t>(significant, 1);  // of zero, one
  return last >= kLeast && last + significant - 1 <= kMost;
}

}  // namespace coffer::pickle
