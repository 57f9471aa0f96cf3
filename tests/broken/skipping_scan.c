/* Loses a key where one page ends and the next begins. */
#include "tests/broken/plugin.h"

static coffer_status scan_next(void* self, void* scan, coffer_time deadline, coffer_bytes* keys,
                               size_t capacity, size_t* n, coffer_sink* sink) {
  const coffer_status status = good_store.scan_next(self, scan, deadline, keys, capacity, n, sink);
  if (status == COFFER_OK && *n > 1 && *n == capacity) --*n;
  return status;
}

COFFER_TEST_PLUGIN(store, "skipping_scan", , table.scan_next = scan_next)
