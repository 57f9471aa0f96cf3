/* Deletes without looking at the version. */
#include "tests/broken/plugin.h"

static coffer_status del(void* self, const coffer_key* keys, const uint64_t* versions, size_t count,
                         coffer_time deadline, coffer_outcome* each, coffer_sink* sink) {
  (void)versions;
  return good_store.del(self, keys, NULL, count, deadline, each, sink);
}

COFFER_TEST_PLUGIN(store, "ignores_deleted_version", , table.del = del)
