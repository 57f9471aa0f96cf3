#include "plugins/serializers/yaml/text.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "coffer/plugin/utf8.hpp"

namespace coffer::yaml {
namespace {

// What an ASCII character does in a scalar without quotes.
enum Role : uint8_t {
  kNever,   // it ends the scalar, or needs an escape
  kInside,  // it may stand within
  kBlock,   // within, in block style only
  kFirst,   // within, and at the beginning
};

constexpr std::array<Role, 128> kRoles = [] {
  std::array<Role, 128> roles = {};
  for (char c = '0'; c <= '9'; ++c) roles[static_cast<size_t>(c)] = kInside;
  for (char c = 'a'; c <= 'z'; ++c) roles[static_cast<size_t>(c)] = kFirst;
  for (char c = 'A'; c <= 'Z'; ++c) roles[static_cast<size_t>(c)] = kFirst;
  for (const char c : {'_', '/', '(', ')'}) roles[static_cast<size_t>(c)] = kFirst;
  for (const char c : {' ', '-', '.', '+', '@', '=', ';', '&', '\'', '$', '^', '~', '<', '>', '*'})
    roles[static_cast<size_t>(c)] = kInside;
  roles[','] = kBlock;
  return roles;
}();

uint32_t code_point(const char*& p, const char* end) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(p);
  const size_t size = plugin::utf8_sequence(bytes, static_cast<size_t>(end - p));
  uint32_t code = size == 1 ? bytes[0] : bytes[0] & (0x7Fu >> size);
  for (size_t i = 1; i < size; ++i) code = code << 6 | (bytes[i] & 0x3Fu);
  p += size;
  return code;
}

// Characters from U+0080 on that stand for themselves: no control character, no line break of
// YAML 1.1, no byte order mark, and a character at all.
bool is_printable(uint32_t code) {
  return code >= 0xA0 && code != 0x2028 && code != 0x2029 && code != 0xFEFF && code != 0xFFFE &&
         code != 0xFFFF;
}

// Words that some YAML reads as a boolean, null or number, whatever their case.
bool is_reserved(std::string_view text) {
  constexpr std::string_view kWords[] = {"y",  "n",   "yes",  "no",  "true", "false",
                                         "on", "off", "null", "nan", "inf",  "infinity"};
  constexpr size_t kLongest = 8;
  if (text.size() > kLongest) return false;
  char lower[kLongest];
  std::transform(text.begin(), text.end(), lower,
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
  const std::string_view word(lower, text.size());
  return std::find(std::begin(kWords), std::end(kWords), word) != std::end(kWords);
}

bool is_role(char c, bool first, bool flow) {
  const Role role = kRoles[static_cast<unsigned char>(c)];
  return first ? role == kFirst : role != kNever && (role != kBlock || !flow);
}

// "http://" and "12:30": a colon that does not end a key.
bool is_inner_colon(const char* p, const char* end) {
  return *p == ':' && end - p > 1 && (p[1] == '/' || (p[1] >= '0' && p[1] <= '9'));
}

char hex_digit(uint32_t value) { return "0123456789ABCDEF"[value & 15]; }

// The escape of a character, at most ten bytes.
char* write_escape(char* out, uint32_t code) {
  constexpr struct {
    uint32_t code;
    char letter;
  } kShort[] = {{'"', '"'}, {'\\', '\\'}, {'\n', 'n'}, {'\t', 't'}, {'\r', 'r'}, {0, '0'}};
  *out++ = '\\';
  for (const auto& escape : kShort) {
    if (escape.code == code) return *out = escape.letter, out + 1;
  }
  const int digits = code < 0x100 ? 2 : code < 0x10000 ? 4 : 8;
  *out++ = digits == 2 ? 'x' : digits == 4 ? 'u' : 'U';
  for (int i = digits - 1; i >= 0; --i) *out++ = hex_digit(code >> (4 * i));
  return out;
}

}  // namespace

bool is_plain(std::string_view text, bool flow) {
  if (text.empty() || text.back() == ' ' || is_reserved(text)) return false;
  const char* const end = text.data() + text.size();
  for (const char* p = text.data(); p != end;) {
    const bool first = p == text.data();
    if (static_cast<unsigned char>(*p) >= 0x80) {
      if (!is_printable(code_point(p, end))) return false;
    } else if (is_role(*p, first, flow) || (!first && is_inner_colon(p, end))) {
      ++p;
    } else {
      return false;
    }
  }
  return true;
}

bool is_literal(std::string_view text) {
  if (text.empty() || text.find('\n') == text.npos) return false;
  if (text[0] == ' ' || text[0] == '\t' || text[0] == '\n') return false;
  const char* const end = text.data() + text.size();
  char before = 'x';
  for (const char* p = text.data(); p != end;) {
    const char c = *p;
    const bool line_end = c == '\n' || p + 1 == end;
    if (c == '\n' && (before == ' ' || before == '\t')) return false;
    if (line_end && (c == ' ' || c == '\t')) return false;
    if (static_cast<unsigned char>(c) >= 0x80) {
      if (!is_printable(code_point(p, end))) return false;
    } else if ((c < 0x20 && c != '\n' && c != '\t') || c == 0x7F) {
      return false;
    } else {
      ++p;
    }
    before = c;
  }
  return true;
}

void write_quoted(serial::Output& out, std::string_view text, bool ascii) {
  constexpr size_t kEscapeRoom = 10;
  out.Put('"');
  const char* const end = text.data() + text.size();
  const char* run = text.data();
  for (const char* p = run; p != end;) {
    const char* const at = p;
    const auto byte = static_cast<unsigned char>(*p);
    uint32_t code = byte;
    bool stands = byte >= 0x20 && byte < 0x7F && byte != '"' && byte != '\\';
    if (byte < 0x80) {
      ++p;
    } else {
      code = code_point(p, end);
      stands = !ascii && is_printable(code);
    }
    if (stands) continue;
    out.write(run, static_cast<size_t>(at - run));
    out.keep(write_escape(out.room(kEscapeRoom), code));
    run = p;
  }
  out.write(run, static_cast<size_t>(end - run));
  out.Put('"');
}

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return (c & 0x80) == 0; });
}

}  // namespace coffer::yaml
