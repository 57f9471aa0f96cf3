/* Reads through NULL. */
#include "tests/broken/plugin.h"

static coffer_status get(void* self, const coffer_key* keys, size_t count, uint32_t flags,
                         coffer_time deadline, coffer_entry* out, coffer_outcome* each,
                         coffer_sink* sink) {
  volatile int* nothing = NULL;
  (void)self, (void)keys, (void)count, (void)flags, (void)deadline;
  (void)out, (void)each, (void)sink;
  return *nothing;
}

COFFER_TEST_PLUGIN(store, "crashing_get", , table.get = get)
