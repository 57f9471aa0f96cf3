// Batches without waiting.
#ifndef COFFER_CORE_CACHE_SUBMIT_H_
#define COFFER_CORE_CACHE_SUBMIT_H_

#include "core/cache/cache.h"

namespace coffer::core {

// What coffer_submit promises.
coffer_status submit(coffer_cache* cache, const coffer_op* ops, size_t count, size_t stride,
                     coffer_queue* queue, uint64_t tag, coffer_sink& sink);

}  // namespace coffer::core

#endif  // COFFER_CORE_CACHE_SUBMIT_H_
