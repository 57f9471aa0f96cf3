/* Fills stats as large as it knows them, whatever the caller's are. */
#include "tests/broken/plugin.h"

static void stats(void* self, coffer_store_stats* out) {
  const uint32_t stated = out->struct_size;
  out->struct_size = sizeof(*out);
  good_store.stats(self, out);
  out->struct_size = stated;
}

COFFER_TEST_PLUGIN(store, "overfills_stats", , table.stats = stats)
