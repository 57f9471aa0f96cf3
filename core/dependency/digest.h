// XXH3 of 128 bits, seed 0: the one place that includes xxhash.
#ifndef COFFER_CORE_DEPENDENCY_DIGEST_H_
#define COFFER_CORE_DEPENDENCY_DIGEST_H_

#include <cstdint>
#include <string_view>

namespace coffer::core {

struct Digest {
  uint64_t low;
  uint64_t high;
};

Digest digest_of(std::string_view bytes);

}  // namespace coffer::core

#endif  // COFFER_CORE_DEPENDENCY_DIGEST_H_
