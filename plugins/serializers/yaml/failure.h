// Why bytes cannot be decoded; reported once, at the end.
#ifndef COFFER_PLUGINS_SERIALIZERS_YAML_FAILURE_H_
#define COFFER_PLUGINS_SERIALIZERS_YAML_FAILURE_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "coffer/base.h"

namespace coffer::yaml {

struct Failure {
  coffer_status status = COFFER_OK;  // the visitor's own if there is neither a problem nor a limit

  // COFFER_CORRUPT.
  size_t offset = 0;
  bool in_characters = true;  // the offset is, as libyaml counts; else in bytes
  std::string problem;
  std::string tag;  // the one that is refused, if it is that

  // COFFER_TOO_LARGE.
  const char* limit = nullptr;
  uint64_t limit_value = 0;
};

// Both return false, for a function that says whether to go on.
inline bool corrupt(Failure& failure, size_t offset, std::string problem) {
  failure.status = COFFER_CORRUPT;
  failure.offset = offset;
  failure.problem = std::move(problem);
  return false;
}
inline bool too_large(Failure& failure, const char* limit, uint64_t value) {
  failure.status = COFFER_TOO_LARGE;
  failure.limit = limit;
  failure.limit_value = value;
  return false;
}

}  // namespace coffer::yaml

#endif  // COFFER_PLUGINS_SERIALIZERS_YAML_FAILURE_H_
