#include "plugins/serializers/testing/random_value.h"

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>

namespace coffer::serializers {
namespace {

void append_utf8(std::string& out, uint32_t code) {
  if (code < 0x80) {
    out += static_cast<char>(code);
    return;
  }
  const int more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
  constexpr uint32_t kLead[] = {0, 0xC0, 0xE0, 0xF0};
  out += static_cast<char>(kLead[more] | code >> (6 * more));
  for (int i = more - 1; i >= 0; --i) out += static_cast<char>(0x80 | (code >> (6 * i) & 0x3F));
}

}  // namespace

uint64_t test_seed() {
  const char* given = std::getenv("COFFER_TEST_SEED");
  const uint64_t seed =
      given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device{}();
  std::printf("COFFER_TEST_SEED=%llu\n", static_cast<unsigned long long>(seed));
  return seed;
}

std::string RandomValues::integer_digits() {
  const auto digits = [](auto value) { return std::to_string(value); };
  switch (below(6)) {
    case 0: return digits(static_cast<int64_t>(below(20)) - 10);
    case 1: {
      // Around each power of two, 2^63 and 2^64 included.
      const uint64_t power = uint64_t{1} << below(64);
      return digits(power + below(3) - 1);
    }
    case 2: return digits(static_cast<int64_t>(~(uint64_t{1} << below(63)) + below(3)));
    case 3: return digits(static_cast<int64_t>(random_()));
    case 4: return digits(random_());
    default: {
      std::string out = one_in(2) ? "-" : "";
      out += static_cast<char>('1' + below(9));
      for (uint64_t n = below(one_in(20) ? 400 : 40); n > 0; --n) {
        out += static_cast<char>('0' + below(10));
      }
      return out;
    }
  }
}

double RandomValues::real_number() {
  constexpr double kOdd[] = {0.0,
                             -0.0,
                             1.0,
                             0.1,
                             1e16,
                             1e15,
                             123456789012345680.0,
                             1e-4,
                             1e-5,
                             5e-324,
                             -2.2250738585072014e-308,
                             1.7976931348623157e308,
                             9007199254740993.0,
                             0.30000000000000004,
                             1e21,
                             1e22,
                             1e23,
                             -1.5};
  switch (below(5)) {
    case 0: return kOdd[below(std::size(kOdd))];
    case 1: return static_cast<double>(static_cast<int64_t>(random_()) % 100'000) / 100.0;
    case 2: return std::ldexp(1.0, static_cast<int>(below(2098)) - 1074);
    default: {
      double value;
      do {
        const uint64_t bits = random_();
        std::memcpy(&value, &bits, sizeof(value));
      } while (!std::isfinite(value));
      return value;
    }
  }
}

std::string RandomValues::utf8() {
  constexpr uint32_t kOdd[] = {0,      1,      0x1F,   '"',     '\\',    '/',      '\b',   '\f',
                               '\n',   '\r',   '\t',   0x7F,    0x80,    0x7FF,    0x800,  0xD7FF,
                               0xE000, 0xFFFD, 0xFFFF, 0x10000, 0x1F600, 0x10FFFF, 0x2028, 0xFEFF};
  std::string out;
  uint64_t length = below(12);
  if (one_in(10)) length = below(300);
  const bool ascii = one_in(2);
  for (; length > 0; --length) {
    if (ascii && !one_in(20)) {
      out += static_cast<char>(' ' + below(95));
    } else if (one_in(3)) {
      append_utf8(out, kOdd[below(std::size(kOdd))]);
    } else {
      uint32_t code;
      do {
        code = static_cast<uint32_t>(below(one_in(2) ? 0x3000 : 0x110000));
      } while (code >= 0xD800 && code < 0xE000);
      append_utf8(out, code);
    }
  }
  return out;
}

Value RandomValues::extension() {
  const auto nanoseconds = static_cast<int32_t>(below(1'000'000'000));
  const auto offset = static_cast<int32_t>(below(172'799)) - 86'399;
  const auto seconds = static_cast<int64_t>(below(400'000'000'000)) - 200'000'000'000;
  switch (below(8)) {
    case 0: return ext(COFFER_EXT_DECIMAL, integer_digits() + "." + std::to_string(below(1000)));
    case 1: return packed_ext(COFFER_EXT_UUID, random_(), random_());
    case 2: return packed_ext(COFFER_EXT_DATE, static_cast<int32_t>(seconds / 86'400));
    case 3: return packed_ext(COFFER_EXT_TIME, static_cast<int64_t>(below(86'400'000'000'000)));
    case 4:
      return packed_ext(COFFER_EXT_TIME, static_cast<int64_t>(below(86'400'000'000'000)), offset);
    case 5: return packed_ext(COFFER_EXT_DATETIME, seconds, nanoseconds);
    case 6: return packed_ext(COFFER_EXT_DATETIME_TZ, seconds, nanoseconds, offset);
    default: return packed_ext(COFFER_EXT_DURATION, seconds, nanoseconds);
  }
}

Value RandomValues::scalar() {
  if (features_.blobs && one_in(8)) return blob(utf8() + "\xff");
  if (features_.exts && one_in(8)) return extension();
  if (features_.not_finite && one_in(20)) {
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    const double values[] = {kInfinity, -kInfinity, std::numeric_limits<double>::quiet_NaN()};
    return real(values[below(3)]);
  }
  switch (below(8)) {
    case 0: return null();
    case 1: return boolean(one_in(2));
    case 2:
    case 3: return integer(integer_digits());
    case 4:
    case 5: return real(real_number());
    default: return text(utf8());
  }
}

Value RandomValues::node(int depth) {
  if (depth == 0 || one_in(5)) return scalar();
  const uint64_t count = below(6);
  if (one_in(2)) {
    const auto kind = static_cast<uint32_t>(features_.list_kinds ? below(4) : 0);
    Value value = list({}, kind);
    for (uint64_t i = 0; i < count; ++i) value.items.push_back(node(depth - 1));
    return value;
  }
  Value value = map({});
  for (uint64_t i = 0; i < count; ++i) {
    value.items.push_back(features_.any_keys && one_in(4) ? node(depth - 1) : text(utf8()));
    value.items.push_back(node(depth - 1));
  }
  return value;
}

}  // namespace coffer::serializers
