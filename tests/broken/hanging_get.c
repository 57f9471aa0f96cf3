/* Never comes back. */
#include <unistd.h>

#include "tests/broken/plugin.h"

static coffer_status get(void* self, const coffer_key* keys, size_t count, uint32_t flags,
                         coffer_time deadline, coffer_entry* out, coffer_outcome* each,
                         coffer_sink* sink) {
  (void)self, (void)keys, (void)count, (void)flags, (void)deadline;
  (void)out, (void)each, (void)sink;
  while (1) pause();
  return COFFER_OK;
}

COFFER_TEST_PLUGIN(store, "hanging_get", , table.get = get)
