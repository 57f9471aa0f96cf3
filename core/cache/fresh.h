// Whether an entry of a store may still be served.
#ifndef COFFER_CORE_CACHE_FRESH_H_
#define COFFER_CORE_CACHE_FRESH_H_

#include <string>

#include "coffer/plugin/store.h"
#include "core/cache/store.h"
#include "core/freshness/meta.h"

namespace coffer::core {

enum class Verdict {
  kFresh,
  kStale,  // past its time, within its grace
  kDead    // over, cleared, or computed from something that has changed since
};

// What of an entry decides.
struct Evidence {
  const void* meta = nullptr;
  size_t meta_size = 0;
  coffer_time expires_at = COFFER_NEVER;
};

struct Judgement {
  Verdict verdict = Verdict::kDead;
  coffer_time fresh_until = COFFER_NEVER;
  MetaView meta;
};

// `root`: the present root stamp of the entry's namespace (of a store in this process).
Judgement judge(Store& store, uint64_t root, const Evidence& evidence,
                coffer_time deadline) noexcept;

// Removes a dead entry, and no other that may be under the key by now. False if it may be there
// still, which matters little: whoever finds it judges it again.
bool bury(Store& store, const coffer_key& key, uint64_t version, coffer_time deadline) noexcept;

// A key as messages show it.
std::string printable_key(const coffer_key& key);

}  // namespace coffer::core

#endif  // COFFER_CORE_CACHE_FRESH_H_
