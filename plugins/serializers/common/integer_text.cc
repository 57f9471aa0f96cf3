#include "plugins/serializers/common/integer_text.h"

#include <array>
#include <bit>
#include <cstring>

namespace coffer::serial {
namespace {

// "00" to "99", one behind the other.
constexpr std::array<char, 200> kPairs = [] {
  std::array<char, 200> pairs{};
  for (int i = 0; i < 100; ++i) {
    pairs[static_cast<size_t>(2 * i)] = static_cast<char>('0' + i / 10);
    pairs[static_cast<size_t>(2 * i + 1)] = static_cast<char>('0' + i % 10);
  }
  return pairs;
}();

constexpr std::array<uint64_t, 20> kPowers = [] {
  std::array<uint64_t, 20> powers{1};
  for (size_t i = 1; i < powers.size(); ++i) powers[i] = powers[i - 1] * 10;
  return powers;
}();

int digits_of(uint64_t value) {
  value |= 1;  // 0 has a digit too, and no other number gets one more
  // 1233 / 4096 is log10(2), close enough for 64 bits.
  const int least = std::bit_width(value) * 1233 >> 12;
  return least + (value >= kPowers[static_cast<size_t>(least)] ? 1 : 0);
}

void put_pair(char* out, uint64_t below_100) { std::memcpy(out, &kPairs[2 * below_100], 2); }

}  // namespace

void write_digits(char* out, uint64_t value, int count) {
  char* end = out + count;
  // Two pairs for one division of the whole: the pairs do not wait for each other.
  while (end - out >= 4) {
    const uint64_t rest = value / 10'000;
    const uint64_t four = value - rest * 10'000;
    end -= 4;
    put_pair(end, four / 100);
    put_pair(end + 2, four % 100);
    value = rest;
  }
  if (end - out >= 2) {
    end -= 2;
    put_pair(end, value % 100);
    value /= 100;
  }
  if (end != out) *out = static_cast<char>('0' + value % 10);
}

char* write_integer(char* out, uint64_t value) {
  const int count = digits_of(value);
  write_digits(out, value, count);
  return out + count;
}

}  // namespace coffer::serial
