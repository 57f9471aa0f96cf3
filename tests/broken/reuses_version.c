/* Gives every write one of two versions. */
#include "tests/broken/plugin.h"

static coffer_status put(void* self, const coffer_store_put* items, size_t count,
                         coffer_time deadline, uint64_t* versions, coffer_outcome* each,
                         coffer_sink* sink) {
  const coffer_status status = good_store.put(self, items, count, deadline, versions, each, sink);
  for (size_t i = 0; versions != NULL && i < count; ++i) versions[i] = 1 + versions[i] % 2;
  return status;
}

COFFER_TEST_PLUGIN(store, "reuses_version", , table.put = put)
