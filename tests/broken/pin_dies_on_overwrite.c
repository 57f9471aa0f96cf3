/* Has one buffer for each value, and shows it to all readers. */
#include "tests/broken/plugin.h"

static char shown[8192];

static coffer_status get(void* self, const coffer_key* keys, size_t count, uint32_t flags,
                         coffer_time deadline, coffer_entry* out, coffer_outcome* each,
                         coffer_sink* sink) {
  const coffer_status status = good_store.get(self, keys, count, flags, deadline, out, each, sink);
  for (size_t i = 0; i < count; ++i) {
    if (each[i].status != COFFER_OK || out[i].size == 0 || out[i].size > sizeof(shown)) continue;
    memcpy(shown, out[i].data, out[i].size);
    out[i].data = shown;
  }
  return status;
}

COFFER_TEST_PLUGIN(store, "pin_dies_on_overwrite", , table.get = get)
