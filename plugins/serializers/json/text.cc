#include "plugins/serializers/json/text.h"

#include "coffer/plugin/utf8.hpp"

namespace coffer::json {
namespace {

constexpr uint32_t kNoCode = UINT32_MAX;

bool is_high_surrogate(uint32_t code) { return code >= 0xD800 && code <= 0xDBFF; }
bool is_low_surrogate(uint32_t code) { return code >= 0xDC00 && code <= 0xDFFF; }

// The letter of a short escape, or 0.
char short_escape(char c) {
  switch (c) {
    case '"':
    case '\\': return c;
    case '\b': return 'b';
    case '\f': return 'f';
    case '\n': return 'n';
    case '\r': return 'r';
    case '\t': return 't';
    default: return 0;
  }
}

// What the letter of a short escape stands for, or 0.
char short_meaning(char letter) {
  switch (letter) {
    case '"':
    case '\\':
    case '/': return letter;
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    default: return 0;
  }
}

char* write_unit(char* out, uint32_t unit) {
  constexpr char kHex[] = "0123456789abcdef";
  *out++ = '\\';
  *out++ = 'u';
  for (int shift = 12; shift >= 0; shift -= 4) *out++ = kHex[unit >> shift & 0xF];
  return out;
}

// The code point of the valid sequence of `length` bytes at `p`.
uint32_t decode(const char* p, size_t length) {
  const auto lead = static_cast<unsigned char>(*p);
  uint32_t code = length == 1 ? lead : lead & (0x7Fu >> length);
  for (size_t i = 1; i < length; ++i) code = code << 6 | (static_cast<unsigned char>(p[i]) & 0x3F);
  return code;
}

void append_utf8(std::string& out, uint32_t code) {
  const auto put = [&](uint32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (code < 0x80) return put(code);
  if (code < 0x800) {
    put(0xC0 | code >> 6);
  } else {
    if (code < 0x10000) {
      put(0xE0 | code >> 12);
    } else {
      put(0xF0 | code >> 18);
      put(0x80 | (code >> 12 & 0x3F));
    }
    put(0x80 | (code >> 6 & 0x3F));
  }
  put(0x80 | (code & 0x3F));
}

// The four hex digits behind "\u", or kNoCode.
uint32_t read_unit(const char* p, const char* end) {
  if (end - p < 6 || p[0] != '\\' || p[1] != 'u') return kNoCode;
  uint32_t unit = 0;
  for (int i = 2; i < 6; ++i) {
    const char c = p[i];
    const char lower = static_cast<char>(c | 0x20);
    if (c >= '0' && c <= '9') {
      unit = unit << 4 | static_cast<uint32_t>(c - '0');
    } else if (lower >= 'a' && lower <= 'f') {
      unit = unit << 4 | static_cast<uint32_t>(lower - 'a' + 10);
    } else {
      return kNoCode;
    }
  }
  return unit;
}

}  // namespace

const char* skip_plain_ascii(const char* p, const char* end) {
  while (p != end && *p >= 0x20 && *p != 0x7F && *p != '"' && *p != '\\') ++p;
  return p;
}

char* write_escape(char* out, const char*& p) {
  if (const char letter = short_escape(*p)) {
    ++p;
    *out++ = '\\';
    *out++ = letter;
    return out;
  }
  const auto* bytes = reinterpret_cast<const unsigned char*>(p);
  const size_t length = plugin::utf8_sequence(bytes, 4);
  const uint32_t code = decode(p, length);
  p += length;
  if (code < 0x10000) return write_unit(out, code);
  out = write_unit(out, 0xD800 + ((code - 0x10000) >> 10));
  return write_unit(out, 0xDC00 + (code & 0x3FF));
}

const char* read_escape(const char* p, const char* end, std::string& out, const char*& problem) {
  if (end - p < 2) {
    problem = "the text ends inside a string";
    return nullptr;
  }
  if (const char meaning = short_meaning(p[1])) {
    out.push_back(meaning);
    return p + 2;
  }
  if (p[1] != 'u') {
    problem = "there is no such escape";
    return nullptr;
  }
  uint32_t code = read_unit(p, end);
  if (code == kNoCode) {
    problem = "expected four hex digits after \\u";
    return nullptr;
  }
  p += 6;
  if (is_high_surrogate(code)) {
    const uint32_t low = read_unit(p, end);
    if (low != kNoCode && is_low_surrogate(low)) {
      code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
      p += 6;
    }
  }
  if (is_high_surrogate(code) || is_low_surrogate(code)) {
    problem = "half of a surrogate pair is no character";
    return nullptr;
  }
  append_utf8(out, code);
  return p;
}

}  // namespace coffer::json
