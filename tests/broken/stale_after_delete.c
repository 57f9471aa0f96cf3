/* Says that it deleted, and did not. */
#include "tests/broken/plugin.h"

static coffer_status del(void* self, const coffer_key* keys, const uint64_t* versions, size_t count,
                         coffer_time deadline, coffer_outcome* each, coffer_sink* sink) {
  (void)versions, (void)deadline, (void)sink;
  for (size_t i = 0; i < count; ++i) {
    each[i].status = good_store_version(self, &keys[i]) != 0 ? COFFER_OK : COFFER_MISS;
    each[i].flags = 0;
  }
  return COFFER_OK;
}

COFFER_TEST_PLUGIN(store, "stale_after_delete", , table.del = del)
