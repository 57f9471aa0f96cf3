#include "plugins/serializers/yaml/surrogates.h"

#include <algorithm>
#include <charconv>
#include <iterator>

#include "plugins/serializers/yaml/loader.h"
#include "plugins/serializers/yaml/parser.h"

namespace coffer::yaml {
namespace {

constexpr size_t kEscape = 6;  // \ud83d
constexpr size_t kPair = 2 * kEscape;
constexpr size_t kJoined = 10;  // \U0001f600

bool is_high(uint32_t code) { return code >= 0xD800 && code < 0xDC00; }
bool is_low(uint32_t code) { return code >= 0xDC00 && code < 0xE000; }

// Of an escape \uXXXX at the front of `text`; 0 if there is none.
uint32_t escaped(std::string_view text) {
  if (text.size() < kEscape || !text.starts_with("\\u")) return 0;
  uint32_t code = 0;
  const char* const end = text.data() + kEscape;
  return std::from_chars(text.data() + 2, end, code, 16).ptr == end ? code : 0;
}

// Where the next escape of half a pair is, at `at` or behind it, in quotes or not.
size_t find_half(std::string_view text, size_t at) {
  for (at = text.find("\\u", at); at < text.size(); at = text.find("\\u", at + 1)) {
    const uint32_t code = escaped(text.substr(at));
    if (is_high(code) || is_low(code)) return at;
  }
  return text.npos;
}

}  // namespace

bool Surrogates::join(std::string_view text, Failure& failure) {
  text_ = text;
  if (find_half(text, 0) == text.npos) return true;
  for (const Range range : double_quoted(text)) {
    if (!join_within(text, range, failure)) return false;
  }
  if (joints_.empty()) return true;
  joined_.append(text.substr(copied_));
  text_ = joined_;
  return true;
}

std::vector<Surrogates::Range> Surrogates::double_quoted(std::string_view text) {
  // With other characters in place of the halves, libyaml reads it all, and finds the same quotes.
  std::string readable(text);
  for (size_t at = find_half(text, 0); at != text.npos; at = find_half(text, at + 1)) {
    readable.replace(at + 2, 2, "e0");
  }
  Parser parser({readable.data(), readable.size()});
  Failure ignored;  // what is wrong with the text will be found again
  std::vector<Range> out;
  size_t depth = 0, character = 0, byte = 0;
  const auto byte_of = [&](size_t index) {
    for (; character < index; ++character) {
      ++byte;
      while (byte < text.size() && (text[byte] & 0xC0) == 0x80) ++byte;
    }
    return byte;
  };
  while (true) {
    Event event;
    if (!parser.next(event, ignored) || event->type == YAML_STREAM_END_EVENT) return out;
    if (event->type == YAML_SEQUENCE_START_EVENT || event->type == YAML_MAPPING_START_EVENT) {
      if (++depth > kMostDepth) return out;
    } else if (event->type == YAML_SEQUENCE_END_EVENT || event->type == YAML_MAPPING_END_EVENT) {
      --depth;
    } else if (event->type == YAML_SCALAR_EVENT &&
               event->data.scalar.style == YAML_DOUBLE_QUOTED_SCALAR_STYLE) {
      const size_t begin = byte_of(event->start_mark.index);
      out.push_back({begin, byte_of(event->end_mark.index)});
    }
  }
}

bool Surrogates::join_within(std::string_view text, Range range, Failure& failure) {
  text = text.substr(0, range.end);
  for (size_t at = text.find('\\', range.begin); at < text.size(); at = text.find('\\', at)) {
    const uint32_t code = escaped(text.substr(at));
    if (!is_high(code) && !is_low(code)) {
      at += 2;
      continue;
    }
    const uint32_t low = escaped(text.substr(at + kEscape));
    if (!is_high(code) || !is_low(low)) {
      failure.in_characters = false;
      joints_.clear();
      return corrupt(failure, at, "an escape of half a surrogate pair, which is no character");
    }
    joined_.append(text.substr(copied_, at - copied_));
    char digits[8];
    const uint32_t character = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
    const auto size = std::to_chars(digits, std::end(digits), character, 16).ptr - digits;
    joined_.append("\\U").append(8 - size, '0').append(digits, size);
    joints_.push_back(joined_.size());
    at += kPair;
    copied_ = at;
  }
  return true;
}

size_t Surrogates::original_offset(size_t offset) const {
  const auto behind = std::upper_bound(joints_.begin(), joints_.end(), offset);
  return offset + static_cast<size_t>(behind - joints_.begin()) * (kPair - kJoined);
}

}  // namespace coffer::yaml
