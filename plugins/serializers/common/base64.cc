#include "plugins/serializers/common/base64.h"

#include <cstdint>

namespace coffer::serial {
namespace {

constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// The value of a digit, or -1.
int digit_value(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  return c == '+' ? 62 : c == '/' ? 63 : -1;
}

}  // namespace

void write_base64(Output& out, const void* bytes, size_t size) {
  const auto* data = static_cast<const unsigned char*>(bytes);
  for (; size >= 3; data += 3, size -= 3) {
    const uint32_t group = uint32_t{data[0]} << 16 | uint32_t{data[1]} << 8 | data[2];
    char* to = out.room(4);
    for (int i = 0; i < 4; ++i) to[i] = kDigits[group >> (18 - 6 * i) & 63];
    out.keep(to + 4);
  }
  if (size == 0) return;
  const uint32_t group = uint32_t{data[0]} << 16 | (size == 2 ? uint32_t{data[1]} << 8 : 0);
  char* to = out.room(4);
  to[0] = kDigits[group >> 18];
  to[1] = kDigits[group >> 12 & 63];
  to[2] = size == 2 ? kDigits[group >> 6 & 63] : '=';
  to[3] = '=';
  out.keep(to + 4);
}

bool read_base64(std::string_view text, std::string& out) {
  out.clear();
  out.reserve(text.size() / 4 * 3);
  uint32_t group = 0;
  size_t digits = 0, padding = 0;  // of the group
  bool done = false;
  for (const char c : text) {
    if (static_cast<unsigned char>(c) >= 0x80) return false;
    const int value = digit_value(c);
    if (done || (value < 0 && c != '=')) continue;
    if (c == '=') {
      ++padding;
      done = digits >= 2 && digits + padding >= 4;
      continue;
    }
    padding = 0;
    group = (group << 6 | static_cast<uint32_t>(value)) & 0xFFFFFF;
    // The second digit completes a byte, with 4 bits to spare; the third with 2, the fourth with 0.
    ++digits;
    if (digits > 1) out.push_back(static_cast<char>(group >> (8 - 2 * digits)));
    digits %= 4;
  }
  return digits == 0 || done;
}

}  // namespace coffer::serial
