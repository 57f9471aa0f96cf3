// Numbers as JSON has them: nothing is lost in reading them.
#ifndef COFFER_PLUGINS_SERIALIZERS_JSON_NUMBER_H_
#define COFFER_PLUGINS_SERIALIZERS_JSON_NUMBER_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

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

// What is no JSON, and yet written by Python, JavaScript libraries and others: "NaN", "Infinity" or
// "-Infinity" at the front of a text. Empty: none of them.
std::string_view not_finite_name(const char* begin, const char* end);
// The number of such a name.
double not_finite_number(std::string_view name);

}  // namespace coffer::json

#endif  // COFFER_PLUGINS_SERIALIZERS_JSON_NUMBER_H_
