// UTF-8 as the ABI means it.
#ifndef COFFER_CORE_VALUE_UTF8_H_
#define COFFER_CORE_VALUE_UTF8_H_

#include <string>
#include <string_view>

#include "coffer/plugin/utf8.hpp"

namespace coffer::core {

inline bool is_utf8(std::string_view text) {
  return plugin::utf8_prefix(text.data(), text.size()) == text.size();
}

// The text with U+FFFD in place of each byte that is not part of valid UTF-8.
inline std::string replace_invalid_utf8(std::string_view text) {
  std::string out;
  while (true) {
    const size_t valid = plugin::utf8_prefix(text.data(), text.size());
    out.append(text.substr(0, valid));
    if (valid == text.size()) return out;
    out.append("\xEF\xBF\xBD");
    text.remove_prefix(valid + 1);
  }
}

}  // namespace coffer::core

#endif  // COFFER_CORE_VALUE_UTF8_H_
