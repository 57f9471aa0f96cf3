/* Serves the process that loaded it, and no other. */
#include <unistd.h>

#include "tests/broken/plugin.h"

static int owner;

static coffer_status get(void* self, const coffer_key* keys, size_t count, uint32_t flags,
                         coffer_time deadline, coffer_entry* out, coffer_outcome* each,
                         coffer_sink* sink) {
  if (getpid() == owner) {
    return good_store.get(self, keys, count, flags, deadline, out, each, sink);
  }
  memset(out, 0, count * sizeof(*out));
  for (size_t i = 0; i < count; ++i) {
    each[i].status = COFFER_MISS;
    each[i].flags = 0;
  }
  return COFFER_OK;
}

COFFER_TEST_PLUGIN(store, "gone_after_fork", owner = getpid(), table.get = get)
