// Text as pickle writes it: with escapes in protocol 0, with halves of surrogate pairs, and as a
// wrapping of bytes.
#ifndef COFFER_PLUGINS_SERIALIZERS_PICKLE_TEXT_H_
#define COFFER_PLUGINS_SERIALIZERS_PICKLE_TEXT_H_

#include <cstddef>
#include <string_view>

#include "plugins/serializers/pickle/memory.h"

namespace coffer::pickle {

// Python's codec raw-unicode-escape, as UTF-8 in which halves of surrogate pairs are three bytes
// each. A `problem` is set if an escape is malformed.
std::string_view read_raw_unicode(std::string_view line, Arena& arena, const char*& problem);

// A literal of Python 2: 'text with escapes'. A `problem` is set if it is none.
std::string_view read_quoted(std::string_view line, Arena& arena, const char*& problem);

// Whether the bytes at `text` are half of a surrogate pair in the form of UTF-8, as Python writes
// it.
bool is_surrogate(std::string_view text);

// The text with U+FFFD for each half of a surrogate pair.
std::string_view replace_surrogates(std::string_view text, Arena& arena);

// The bytes that UTF-8 text in Latin-1 stands for, of which there are at most `text.size()`.
// Returns their number; `text.size() + 1` if it has characters that are no byte.
size_t write_latin1(std::string_view text, char* out);

}  // namespace coffer::pickle

#endif  // COFFER_PLUGINS_SERIALIZERS_PICKLE_TEXT_H_
