/* Lists the first key of a page twice. */
#include "tests/broken/plugin.h"

static coffer_status scan_next(void* self, void* scan, coffer_time deadline, coffer_bytes* keys,
                               size_t capacity, size_t* n, coffer_sink* sink) {
  const coffer_status status = good_store.scan_next(self, scan, deadline, keys, capacity, n, sink);
  if (status == COFFER_OK && *n > 0 && *n < capacity) {
    keys[*n] = keys[0];
    ++*n;
  }
  return status;
}

COFFER_TEST_PLUGIN(store, "dup_scan", , table.scan_next = scan_next)
