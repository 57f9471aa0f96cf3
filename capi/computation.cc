// Doors of coffer/computation.h.
#include "coffer/computation.h"

#include <vector>

#include "capi/door.h"
#include "core/cache/cache.h"
#include "core/lease/computation.h"

using coffer::capi::door;
using coffer::core::failed;
using coffer::core::Ref;

coffer_status coffer_computation_begin(coffer_cache* cache, const coffer_bytes* keys,
                                       const coffer_lease* leases, size_t count,
                                       coffer_computation** out, coffer_error** error) {
  return door(error, [&](coffer_sink& sink) -> coffer_status {
    COFFER_REQUIRE(sink, "coffer_computation_begin", cache);
    COFFER_REQUIRE(sink, "coffer_computation_begin", keys);
    COFFER_REQUIRE(sink, "coffer_computation_begin", out);
    *out = nullptr;
    if (count == 0) {
      return sink.fail(COFFER_INVALID_ARGUMENT,
                       "coffer_computation_begin: count is 0; a computation computes something");
    }
    Ref<coffer_computation> computation;
    const coffer_status status = cache->begin_computation(keys, leases, count, computation, sink);
    if (!failed(status)) *out = computation.take();
    return status;
  });
}

void coffer_computation_end(coffer_computation* computation) {
  if (computation == nullptr) return;
  computation->end();
  computation->release();
}

coffer_computation* coffer_computation_enter(coffer_computation* computation) {
  return coffer_computation::enter(computation);
}

coffer_computation* coffer_computation_share(void) {
  return Ref<coffer_computation>::share(coffer_computation::current()).take();
}

void coffer_computation_release(coffer_computation* computation) {
  if (computation != nullptr) computation->release();
}
