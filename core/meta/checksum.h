// The checksum of envelopes.
#ifndef COFFER_CORE_META_CHECKSUM_H_
#define COFFER_CORE_META_CHECKSUM_H_

#include <cstddef>
#include <cstdint>

#define XXH_INLINE_ALL
#include "coffer/base.h"
#include "xxhash.h"

namespace coffer::core {

// Of the key, the bytes before the checksum field, and the payload.
inline uint64_t checksum_of(coffer_bytes key, const char* before, size_t before_size,
                            coffer_bytes payload) {
  const uint64_t of_key = XXH3_64bits(key.data, key.size);
  const uint64_t of_head = XXH3_64bits_withSeed(before, before_size, of_key);
  return XXH3_64bits_withSeed(payload.data, payload.size, of_head);
}

}  // namespace coffer::core

#endif  // COFFER_CORE_META_CHECKSUM_H_
