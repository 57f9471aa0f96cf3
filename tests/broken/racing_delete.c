/* Looks at the version, and deletes whatever is there by then. */
#include <sched.h>

#include "tests/broken/plugin.h"

static coffer_status del(void* self, const coffer_key* keys, const uint64_t* versions, size_t count,
                         coffer_time deadline, coffer_outcome* each, coffer_sink* sink) {
  for (size_t i = 0; i < count; ++i) {
    const uint64_t version = good_store_version(self, &keys[i]);
    if (versions != NULL && versions[i] != 0 && version != 0 && version != versions[i]) {
      each[i] = (coffer_outcome){COFFER_CONFLICT, 0};
      continue;
    }
    sched_yield();
    good_store.del(self, &keys[i], NULL, 1, deadline, &each[i], sink);
  }
  return COFFER_OK;
}

COFFER_TEST_PLUGIN(store, "racing_delete", , table.del = del)
