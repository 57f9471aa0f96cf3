/* Leaves an entry in the caller's array on a miss. */
#include "tests/broken/plugin.h"

static coffer_status get(void* self, const coffer_key* keys, size_t count, uint32_t flags,
                         coffer_time deadline, coffer_entry* out, coffer_outcome* each,
                         coffer_sink* sink) {
  const coffer_status status = good_store.get(self, keys, count, flags, deadline, out, each, sink);
  for (size_t i = 0; i < count; ++i) {
    if (each[i].status == COFFER_MISS) out[i].version = 7;
  }
  return status;
}

COFFER_TEST_PLUGIN(store, "dirty_miss", , table.get = get)
