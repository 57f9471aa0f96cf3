/* Fails without saying why. */
#include "tests/broken/plugin.h"

static coffer_status put(void* self, const coffer_store_put* items, size_t count,
                         coffer_time deadline, uint64_t* versions, coffer_outcome* each,
                         coffer_sink* sink) {
  if (count > 0 && items[0].value.size > 100) return COFFER_TOO_LARGE;
  return good_store.put(self, items, count, deadline, versions, each, sink);
}

COFFER_TEST_PLUGIN(store, "silent_failure", , table.put = put)
