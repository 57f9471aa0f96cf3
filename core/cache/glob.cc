#include "core/cache/glob.h"

namespace coffer::core {
namespace {

constexpr size_t kNone = std::string_view::npos;

// The position after the set that starts at pattern[at] == '[', or kNone if it is not closed. A ']'
// that comes first belongs to the set.
size_t set_end(std::string_view pattern, size_t at) {
  size_t i = at + 1;
  if (i < pattern.size() && pattern[i] == '!') ++i;
  for (bool first = true; i < pattern.size(); first = false) {
    if (pattern[i] == ']' && !first) return i + 1;
    if (pattern[i] == '\\') ++i;
    ++i;
  }
  return kNone;
}

unsigned char set_char(std::string_view set, size_t& i) {
  if (set[i] == '\\' && i + 1 < set.size()) ++i;
  return static_cast<unsigned char>(set[i++]);
}

// `set` is what stands between the brackets.
bool set_contains(std::string_view set, unsigned char c) {
  const bool negated = !set.empty() && set[0] == '!';
  bool found = false;
  for (size_t i = negated ? 1 : 0; i < set.size();) {
    const unsigned char low = set_char(set, i);
    unsigned char high = low;
    if (i + 1 < set.size() && set[i] == '-') {
      ++i;
      high = set_char(set, i);
    }
    found = found || (low <= c && c <= high);
  }
  return found != negated;
}

// Matches one pattern element other than '*' at `p` against `c`; moves `p` past it if it matches.
bool match_one(std::string_view pattern, size_t& p, char c) {
  switch (pattern[p]) {
    case '?': ++p; return true;
    case '[': {
      const size_t end = set_end(pattern, p);
      const std::string_view set = pattern.substr(p + 1, end - p - 2);
      if (!set_contains(set, static_cast<unsigned char>(c))) return false;
      p = end;
      return true;
    }
    case '\\':
      if (pattern[p + 1] != c) return false;
      p += 2;
      return true;
    default:
      if (pattern[p] != c) return false;
      ++p;
      return true;
  }
}

}  // namespace

coffer_status check_glob(std::string_view pattern, coffer_sink& sink) {
  for (size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == '\\' && ++i == pattern.size()) {
      return sink.fail(COFFER_INVALID_ARGUMENT,
                       "glob '" + std::string(pattern) + "': the '\\' at its end quotes nothing");
    }
    if (pattern[i] != '[' || (i > 0 && pattern[i - 1] == '\\')) continue;
    const size_t end = set_end(pattern, i);
    if (end == kNone) {
      return sink.fail(COFFER_INVALID_ARGUMENT, "glob '" + std::string(pattern) +
                                                    "': the '[' at byte " + std::to_string(i) +
                                                    " has no ']'; write \\[ for the character");
    }
    i = end - 1;
  }
  return COFFER_OK;
}

std::string glob_prefix(std::string_view pattern) {
  std::string prefix;
  for (size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == '*' || pattern[i] == '?' || pattern[i] == '[') break;
    if (pattern[i] == '\\') ++i;
    prefix += pattern[i];
  }
  return prefix;
}

bool glob_matches(std::string_view pattern, std::string_view text) {
  size_t p = 0;
  size_t t = 0;
  // After a mismatch only the latest '*' can help by taking one byte more: an earlier one could not
  // do better.
  size_t star = kNone;
  size_t star_text = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = ++p;
      star_text = t;
    } else if (p < pattern.size() && match_one(pattern, p, text[t])) {
      ++t;
    } else if (star != kNone) {
      p = star;
      t = ++star_text;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

}  // namespace coffer::core
