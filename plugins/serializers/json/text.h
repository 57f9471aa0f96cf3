// The insides of JSON strings.
#ifndef COFFER_PLUGINS_SERIALIZERS_JSON_TEXT_H_
#define COFFER_PLUGINS_SERIALIZERS_JSON_TEXT_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>

namespace coffer::json {

// The end of the run of bytes that stand for themselves between quotes: a quote, a backslash, a
// control character, or `end`. `non_ascii` gets bits of the top bits of what was passed: 0 if it
// was all ASCII (a run beyond it may be counted in).
inline const char* skip_plain(const char* p, const char* end, uint64_t& non_ascii) {
  constexpr uint64_t kOnes = 0x0101010101010101u;
  constexpr uint64_t kTops = kOnes * 0x80;
  while (end - p >= 8) {
    uint64_t word;
    std::memcpy(&word, p, sizeof(word));
    // A byte of each gets its top bit if it is below 0x20, '"', '\\'; bytes above the first such
    // one may get it wrongly, which does not matter: the first is exact.
    const uint64_t control = word - kOnes * 0x20;
    const uint64_t quote = (word ^ kOnes * '"') - kOnes;
    const uint64_t backslash = (word ^ kOnes * '\\') - kOnes;
    if (((control | quote | backslash) & ~word & kTops) != 0) break;
    non_ascii |= word & kTops;
    p += sizeof(word);
  }
  while (p != end && static_cast<unsigned char>(*p) >= 0x20 && *p != '"' && *p != '\\') {
    non_ascii |= static_cast<unsigned char>(*p) & 0x80;
    ++p;
  }
  return p;
}

// The same for output in ASCII: also stops at bytes from 0x7f up.
const char* skip_plain_ascii(const char* p, const char* end);

// Writes the escape of the character at `p` (valid UTF-8), at most kEscapeRoom bytes, and moves `p`
// behind it. Returns the end of what was written.
inline constexpr size_t kEscapeRoom = 12;
char* write_escape(char* out, const char*& p);

// Reads the escape whose backslash is at `p` and appends what it stands for. Returns the end of the
// escape, or NULL if it is none; then `problem` says why.
const char* read_escape(const char* p, const char* end, std::string& out, const char*& problem);

}  // namespace coffer::json

#endif  // COFFER_PLUGINS_SERIALIZERS_JSON_TEXT_H_
