// Numbers as JSON has them: nothing is lost in reading them.
#ifndef COFFER_PLUGINS_SERIALIZERS_JSON_NUMBER_H_
#define COFFER_PLUGINS_SERIALIZERS_JSON_NUMBER_H_

#include <cstddef>
#include <cstdint>

namespace coffer::json {

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
