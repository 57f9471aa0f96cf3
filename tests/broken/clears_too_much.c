/* Takes the first byte for the whole prefix. */
#include "tests/broken/plugin.h"

static coffer_status clear(void* self, coffer_bytes prefix, coffer_time deadline, uint64_t* removed,
                           coffer_sink* sink) {
  if (prefix.size > 1) prefix.size = 1;
  return good_store.clear(self, prefix, deadline, removed, sink);
}

COFFER_TEST_PLUGIN(store, "clears_too_much", , table.clear = clear)
