// Numbers as JSON writes them: nothing is lost in either direction.
#ifndef COFFER_PLUGINS_SERIALIZERS_JSON_NUMBER_H_
#define COFFER_PLUGINS_SERIALIZERS_JSON_NUMBER_H_

#include <cstddef>
#include <cstdint>

namespace coffer::json {

inline constexpr size_t kNumberRoom = 32;

// Writes the shortest text that reads back as `value`, which is finite, into kNumberRoom bytes;
// returns its end. Always with a point or an exponent, so that it stays a float: 1.0, -0.0, 1e-07.
// It is the text that Python's json writes.
char* write_double(char* out, double value);

// A number at the front of a text.
struct Number {
  enum class Kind { kI64, kU64, kBigint, kF64, kInvalid };

  Kind kind;
  size_t size;  // its length; for kInvalid the offset of the byte that is wrong
  union {
    int64_t i64;
    uint64_t u64;
    double f64;
    const char* problem;  // kInvalid
  };
};

Number read_number(const char* begin, const char* end);

}  // namespace coffer::json

#endif  // COFFER_PLUGINS_SERIALIZERS_JSON_NUMBER_H_
