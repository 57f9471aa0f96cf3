// Floats as text.
#ifndef COFFER_PLUGINS_SERIALIZERS_COMMON_DOUBLE_TEXT_H_
#define COFFER_PLUGINS_SERIALIZERS_COMMON_DOUBLE_TEXT_H_

#include <cstddef>

namespace coffer::serial {

inline constexpr size_t kNumberRoom = 32;

// Writes the shortest text that reads back as `value`, which is finite, into kNumberRoom bytes;
// returns its end. Always with a point or an exponent, so that it stays a float: 1.0, -0.0, 1e-07.
// It is the text that Python's json writes.
char* write_double(char* out, double value);

// The double that is nearest to a text of digits with a point, an exponent or both, as strtod takes
// it, whatever the locale. Beyond all doubles it is an infinity.
double nearest_double(const char* begin, const char* end);

}  // namespace coffer::serial

#endif  // COFFER_PLUGINS_SERIALIZERS_COMMON_DOUBLE_TEXT_H_
