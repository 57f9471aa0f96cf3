// The checksum of envelopes.
#ifndef COFFER_CORE_META_CHECKSUM_H_
#define COFFER_CORE_META_CHECKSUM_H_

#include <cstddef>
#include <cstdint>

#define XXH_INLINE_ALL
#include "xxhash.h"

namespace coffer::core {

// Of the bytes before the checksum field, and the payload.
inline uint64_t checksum_of(const char* before, size_t before_size, const void* payload,
                            size_t size) {
  return XXH3_64bits_withSeed(payload, size, XXH3_64bits(before, before_size));
}

}  // namespace coffer::core

#endif  // COFFER_CORE_META_CHECKSUM_H_
