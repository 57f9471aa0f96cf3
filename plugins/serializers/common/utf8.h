// coffer/plugin/utf8.hpp with a short way for what is all ASCII, as most keys and texts are.
#ifndef COFFER_PLUGINS_SERIALIZERS_COMMON_UTF8_H_
#define COFFER_PLUGINS_SERIALIZERS_COMMON_UTF8_H_

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "coffer/plugin/utf8.hpp"

namespace coffer::serial {

// The size of the ASCII at the start, in steps of 32 bytes.
inline size_t ascii_blocks(const char* text, size_t size) {
  size_t at = 0;
  for (uint64_t words[4]; size - at >= sizeof(words); at += sizeof(words)) {
    std::memcpy(words, text + at, sizeof(words));
    if (((words[0] | words[1] | words[2] | words[3]) & 0x8080808080808080u) != 0) break;
  }
  return at;
}

// Whether all is ASCII. Words overlap, so that no size needs its bytes one by one.
inline bool is_short_ascii(const char* text, size_t size) {
  if (size >= 8) {
    uint64_t all, word;
    std::memcpy(&all, text + size - sizeof(all), sizeof(all));
    for (size_t at = 0; at + sizeof(word) < size; at += sizeof(word)) {
      std::memcpy(&word, text + at, sizeof(word));
      all |= word;
    }
    return (all & 0x8080808080808080u) == 0;
  }
  if (size >= 4) {
    uint32_t first, last;
    std::memcpy(&first, text, sizeof(first));
    std::memcpy(&last, text + size - sizeof(last), sizeof(last));
    return ((first | last) & 0x80808080u) == 0;
  }
  unsigned char all = 0;
  for (size_t i = 0; i < size; ++i) all |= static_cast<unsigned char>(text[i]);
  return all < 0x80;
}

// How many leading bytes are whole UTF-8 sequences, as plugin::utf8_prefix says.
inline size_t utf8_prefix(const char* text, size_t size) {
  if (size < 32) return is_short_ascii(text, size) ? size : plugin::utf8_prefix(text, size);
  const size_t ascii = ascii_blocks(text, size);
  return ascii + plugin::utf8_prefix(text + ascii, size - ascii);
}

inline bool is_utf8(const char* text, size_t size) { return utf8_prefix(text, size) == size; }

}  // namespace coffer::serial

#endif  // COFFER_PLUGINS_SERIALIZERS_COMMON_UTF8_H_
