#include "core/dependency/digest.h"

// All of it in this object, whatever libxxhash the program links or exports.
#define XXH_INLINE_ALL
#include "xxhash.h"

namespace coffer::core {

Digest digest_of(std::string_view bytes) {
  const XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
  return {hash.low64, hash.high64};
}

}  // namespace coffer::core
