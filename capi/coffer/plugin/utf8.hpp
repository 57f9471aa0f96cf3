// coffer/plugin/utf8.hpp: tells UTF-8 from other bytes. For authors; core uses the same function,
// so that a plugin and its host never disagree about what text is.
#ifndef COFFER_PLUGIN_UTF8_HPP_
#define COFFER_PLUGIN_UTF8_HPP_

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace coffer {
namespace plugin {

// Length of the UTF-8 sequence at `p`, of which `left` bytes (1 or more) can be read; 0 if there is
// none: overlong forms, surrogates and code points past U+10FFFF are not UTF-8.
inline std::size_t utf8_sequence(const unsigned char* p, std::size_t left) noexcept {
  const unsigned char lead = p[0];
  if (lead < 0x80) return 1;
  if (lead < 0xC2 || lead > 0xF4) return 0;
  const std::size_t length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  if (left < length) return 0;
  // Only the second byte has limits of its own; they exclude the three forbidden kinds above.
  const unsigned char low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  const unsigned char high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  if (p[1] < low || p[1] > high) return 0;
  for (std::size_t i = 2; i < length; ++i) {
    if ((p[i] & 0xC0) != 0x80) return 0;
  }
  return length;
}

// How many leading bytes of `text` are whole UTF-8 sequences: `size` if all of it is UTF-8, else
// the offset of the first byte that is wrong. Eight bytes at a time while they are ASCII.
inline std::size_t utf8_prefix(const char* text, std::size_t size) noexcept {
  const unsigned char* const p = reinterpret_cast<const unsigned char*>(text);
  std::size_t i = 0;
  while (i < size) {
    std::uint64_t word;
    while (size - i >= sizeof(word)) {
      std::memcpy(&word, p + i, sizeof(word));
      if ((word & 0x8080808080808080u) != 0) break;
      i += sizeof(word);
    }
    // The byte that stopped the loop, or the last few: one sequence at a time until ASCII again.
    while (i < size) {
      const bool ascii = p[i] < 0x80;
      const std::size_t length = utf8_sequence(p + i, size - i);
      if (length == 0) return i;
      i += length;
      if (ascii && size - i >= sizeof(word)) break;
    }
  }
  return i;
}

}  // namespace plugin
}  // namespace coffer

#endif  // COFFER_PLUGIN_UTF8_HPP_
