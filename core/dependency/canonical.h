// The bytes that ids are hashes of. README.md publishes them.
#ifndef COFFER_CORE_DEPENDENCY_CANONICAL_H_
#define COFFER_CORE_DEPENDENCY_CANONICAL_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "core/dependency/dependency.h"

namespace coffer::core {

enum CanonicalKind : char {
  kCanonicalTag = 'T',
  kCanonicalSpace = 'S',
  kCanonicalRows = 'R',
  kCanonicalRoot = 'N'
};

// Little-endian, whatever the machine.
inline void append_fixed(std::string& out, uint64_t value, size_t bytes) {
  for (size_t i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i));
}

// Its length in four bytes, then the part: so no part can pose as the end of another.
inline void append_part(std::string& out, std::string_view part) {
  append_fixed(out, part.size(), 4);
  out += part;
}

// The beginning of every form: "of this kind, in this scope, with this name".
std::string canonical_head(CanonicalKind kind, std::string_view scope, std::string_view name);

DependencyId id_of(std::string_view canonical);

}  // namespace coffer::core

#endif  // COFFER_CORE_DEPENDENCY_CANONICAL_H_
