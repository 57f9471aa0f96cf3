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

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

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
  for (const char c : text) {
    if (is_space(c)) continue;
    const int value = c == '=' ? 0 : digit_value(c);
    if (c == '=') ++padding;
    // Padding comes last, and there is an end to it.
    if (value < 0 || padding > 2 || (padding > 0 && (c != '=' || digits < 2))) return false;
    group = group << 6 | static_cast<uint32_t>(value);
    if (++digits < 4) continue;
    for (size_t i = 0; i < 3 - padding; ++i) {
      out.push_back(static_cast<char>(group >> (16 - 8 * i)));
    }
    digits = 0;
    group = 0;
  }
  return digits == 0;
}

}  // namespace coffer::serial
