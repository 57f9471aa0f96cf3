// The types that scalars, sequences and mappings of YAML 1.1 have, as PyYAML's safe loader knows
// them.
#ifndef COFFER_PLUGINS_SERIALIZERS_YAML_TAG_H_
#define COFFER_PLUGINS_SERIALIZERS_YAML_TAG_H_

#include <cstdint>
#include <string_view>

namespace coffer::yaml {

enum class Tag : uint8_t {
  kNull,
  kBool,
  kInt,
  kFloat,
  kTimestamp,
  kBinary,
  kStr,
  kMerge,  // "<<", a key that stands for the pairs of other maps
  kSeq,
  kOmap,
  kPairs,
  kMap,
  kSet,
  kUnknown,
};

// The type of a scalar without quotes and without a tag.
Tag resolve(std::string_view plain);

// The type that a tag names; `uri` is in full: "tag:yaml.org,2002:int".
Tag tag_of(std::string_view uri);

// The forms of numbers. They are what resolve() goes by.
bool is_int(std::string_view text);
bool is_float(std::string_view text);

}  // namespace coffer::yaml

#endif  // COFFER_PLUGINS_SERIALIZERS_YAML_TAG_H_
