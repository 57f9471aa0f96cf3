// Why a pickle is not read, thrown from wherever that is noticed to decode(), which reports it.
#ifndef COFFER_PLUGINS_SERIALIZERS_PICKLE_FAILURE_H_
#define COFFER_PLUGINS_SERIALIZERS_PICKLE_FAILURE_H_

#include <cstddef>
#include <string>
#include <utility>

#include "coffer/base.h"

namespace coffer::pickle {

struct Failure {
  coffer_status status;
  std::string message;
  std::string detail;  // its name: "offset", "limit"
  std::string value;
  std::string global = {};  // the detail "global", if a global was refused
};

// Bytes that no pickler writes. `offset` is that of the instruction.
[[noreturn, gnu::cold]] inline void corrupt(size_t offset, const std::string& problem) {
  const std::string at = std::to_string(offset);
  throw Failure{COFFER_CORRUPT, "not a pickle at offset " + at + ": " + problem, "offset", at};
}

// A pickle in order, of something that is not among the neutral values.
[[noreturn, gnu::cold]] inline void unsupported(size_t offset, const std::string& subject,
                                                const std::string& reason) {
  const std::string at = std::to_string(offset);
  throw Failure{COFFER_UNSUPPORTED, subject + " at offset " + at + " " + reason, "offset", at};
}

[[noreturn, gnu::cold]] inline void too_large(const char* limit, unsigned long long value) {
  throw Failure{
      COFFER_TOO_LARGE,
      "the value is beyond the limit " + std::string(limit) + " of " + std::to_string(value),
      "limit", limit};
}

}  // namespace coffer::pickle

#endif  // COFFER_PLUGINS_SERIALIZERS_PICKLE_FAILURE_H_
