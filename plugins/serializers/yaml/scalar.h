// What a scalar is, once its type is known.
#ifndef COFFER_PLUGINS_SERIALIZERS_YAML_SCALAR_H_
#define COFFER_PLUGINS_SERIALIZERS_YAML_SCALAR_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "plugins/serializers/yaml/tag.h"

namespace coffer::yaml {

struct Scalar {
  enum class Kind { kNull, kBool, kI64, kU64, kBigint, kF64, kText, kBlob, kExt, kInvalid };

  Kind kind = Kind::kNull;
  union {
    bool boolean;
    int64_t i64;
    uint64_t u64;
    double f64;
    uint32_t type;        // of kExt
    const char* problem;  // of kInvalid
  };
  std::string_view bytes;  // of kText, kBigint, kBlob, kExt
};

// Integers in another base than ten may have that many characters: to bring them into base ten
// takes time by the square of their length.
inline constexpr size_t kMostOtherDigits = 8192;

// Reads the text of a scalar as one of this type. The bytes lie in the text or in `room`.
Scalar read_scalar(Tag tag, std::string_view text, std::string& room);

}  // namespace coffer::yaml

#endif  // COFFER_PLUGINS_SERIALIZERS_YAML_SCALAR_H_
