// Integers as text, for encoders that write many: std::to_chars counts the digits by dividing.
#ifndef COFFER_PLUGINS_SERIALIZERS_COMMON_INTEGER_TEXT_H_
#define COFFER_PLUGINS_SERIALIZERS_COMMON_INTEGER_TEXT_H_

#include <cstdint>

namespace coffer::serial {

inline constexpr int kIntegerRoom = 20;

// Write the decimal digits of `value` into kIntegerRoom bytes; return their end.
char* write_integer(char* out, uint64_t value);
inline char* write_integer(char* out, int64_t value) {
  if (value >= 0) return write_integer(out, static_cast<uint64_t>(value));
  *out = '-';
  return write_integer(out + 1, 0 - static_cast<uint64_t>(value));
}

// Writes exactly `count` digits, the last ones of `value`, with zeros in front where it has fewer.
void write_digits(char* out, uint64_t value, int count);

}  // namespace coffer::serial

#endif  // COFFER_PLUGINS_SERIALIZERS_COMMON_INTEGER_TEXT_H_
