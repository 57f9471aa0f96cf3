#include "plugins/serializers/pickle/text.h"

#include <cstdint>
#include <cstring>

#include "coffer/plugin/utf8.hpp"

namespace coffer::pickle {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const int letter = c | 0x20;
  return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}

// The number that `n` hexadecimal digits make; -1 if they are not there.
int64_t read_hex(std::string_view text, size_t n) {
  if (text.size() < n) return -1;
  int64_t value = 0;
  for (size_t i = 0; i < n; ++i) {
    const int digit = hex_digit(text[i]);
    if (digit < 0) return -1;
    value = value << 4 | digit;
  }
  return value;
}

// Surrogates are written like all others.
char* append_utf8(char* out, uint32_t code) {
  if (code < 0x80) {
    *out++ = static_cast<char>(code);
    return out;
  }
  const int more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
  constexpr uint32_t kLead[] = {0, 0xC0, 0xE0, 0xF0};
  *out++ = static_cast<char>(kLead[more] | code >> (6 * more));
  for (int i = more - 1; i >= 0; --i) *out++ = static_cast<char>(0x80 | (code >> (6 * i) & 0x3F));
  return out;
}

// What a backslash and `c` stand for in a literal; 0 if it is not one character.
char plain_escape(char c) {
  switch (c) {
    case '\\':
    case '\'':
    case '"': return c;
    case 'a': return '\a';
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    case 'v': return '\v';
    default: return 0;
  }
}

// Reads the escape at the backslash `i` of `text` and returns the index behind it; 0 if it is
// malformed.
size_t read_escape(std::string_view text, size_t i, char*& out) {
  if (i + 1 == text.size()) return 0;
  const char c = text[i + 1];
  if (const char plain = plain_escape(c); plain != 0) {
    *out++ = plain;
    return i + 2;
  }
  if (c == 'x') {
    const int64_t code = read_hex(text.substr(i + 2), 2);
    if (code < 0) return 0;
    *out++ = static_cast<char>(code);
    return i + 4;
  }
  if (c >= '0' && c <= '7') {
    unsigned code = 0;
    size_t n = i + 1;
    while (n < text.size() && n < i + 4 && text[n] >= '0' && text[n] <= '7') {
      code = code * 8 + static_cast<unsigned>(text[n++] - '0');
    }
    *out++ = static_cast<char>(code);
    return n;
  }
  *out++ = '\\';  // no escape after all
  *out++ = c;
  return i + 2;
}

}  // namespace

std::string_view read_raw_unicode(std::string_view line, Arena& arena, const char*& problem) {
  bool plain = true;
  for (const char c : line) plain = plain && c != '\\' && static_cast<unsigned char>(c) < 0x80;
  if (plain) return line;
  char* const begin = static_cast<char*>(arena.alloc(line.size() * 2));
  char* out = begin;
  for (size_t i = 0; i < line.size();) {
    const char next = i + 1 < line.size() ? line[i + 1] : 0;
    if (line[i] != '\\' || next == 0) {
      out = append_utf8(out, static_cast<unsigned char>(line[i++]));
    } else if (next != 'u' && next != 'U') {
      // Both are taken at once, so that the second backslash of two begins no escape.
      *out++ = '\\';
      out = append_utf8(out, static_cast<unsigned char>(next));
      i += 2;
    } else {
      const size_t n = next == 'u' ? 4 : 8;
      const int64_t code = read_hex(line.substr(i + 2), n);
      if (code < 0 || code > 0x10FFFF)
        return problem = "an escape \\u or \\U without its digits", std::string_view();
      out = append_utf8(out, static_cast<uint32_t>(code));
      i += 2 + n;
    }
  }
  return {begin, static_cast<size_t>(out - begin)};
}

std::string_view read_quoted(std::string_view line, Arena& arena, const char*& problem) {
  const char quote = line.empty() ? 0 : line[0];
  if (line.size() < 2 || (quote != '\'' && quote != '"') || line.back() != quote) {
    return problem = "a string without its quotes", std::string_view();
  }
  line = line.substr(1, line.size() - 2);
  if (line.find('\\') == line.npos) return line;
  char* const begin = static_cast<char*>(arena.alloc(line.size()));
  char* out = begin;
  for (size_t i = 0; i < line.size();) {
    if (line[i] != '\\') {
      *out++ = line[i++];
    } else if (i = read_escape(line, i, out); i == 0) {
      return problem = "a malformed escape in a string", std::string_view();
    }
  }
  return {begin, static_cast<size_t>(out - begin)};
}

bool is_surrogate(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  return text.size() >= 3 && byte(0) == 0xED && byte(1) >= 0xA0 && byte(1) <= 0xBF &&
         byte(2) >= 0x80 && byte(2) <= 0xBF;
}

std::string_view replace_surrogates(std::string_view text, Arena& arena) {
  char* const copy = static_cast<char*>(arena.alloc(text.size()));
  std::memcpy(copy, text.data(), text.size());
  for (size_t i = 0; (i += plugin::utf8_prefix(copy + i, text.size() - i)) < text.size() &&
                     is_surrogate(text.substr(i));) {
    std::memcpy(copy + i, "\xEF\xBF\xBD", 3);
  }
  return {copy, text.size()};
}

size_t write_latin1(std::string_view text, char* out) {
  size_t n = 0;
  for (size_t i = 0; i < text.size(); ++n) {
    const auto lead = static_cast<unsigned char>(text[i]);
    if (lead < 0x80) {
      out[n] = text[i++];
      continue;
    }
    if (lead > 0xC3) return text.size() + 1;
    out[n] = static_cast<char>(lead << 6 | (static_cast<unsigned char>(text[i + 1]) & 0x3F));
    i += 2;
  }
  return n;
}

}  // namespace coffer::pickle
