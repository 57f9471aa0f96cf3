/* Gives back objects that it refused to take. */
#include "tests/broken/plugin.h"

static coffer_status put(void* self, const coffer_store_put* items, size_t count,
                         coffer_time deadline, uint64_t* versions, coffer_outcome* each,
                         coffer_sink* sink) {
  const coffer_host* host = good_store_host(self);
  const coffer_status status = good_store.put(self, items, count, deadline, versions, each, sink);
  for (size_t i = 0; i < count; ++i) {
    if (each[i].status == COFFER_OK || items[i].object == NULL) continue;
    host->object_release(host, items[i].object_type, items[i].object);
  }
  return status;
}

COFFER_TEST_PLUGIN(store, "steals_objects", , table.put = put)
