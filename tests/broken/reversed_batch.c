/* Does the items of a batch in another order. */
#include "tests/broken/plugin.h"

static coffer_status put(void* self, const coffer_store_put* items, size_t count,
                         coffer_time deadline, uint64_t* versions, coffer_outcome* each,
                         coffer_sink* sink) {
  for (size_t i = count; i > 0; --i) {
    good_store.put(self, &items[i - 1], 1, deadline, versions != NULL ? &versions[i - 1] : NULL,
                   &each[i - 1], sink);
  }
  return COFFER_OK;
}

COFFER_TEST_PLUGIN(store, "reversed_batch", , table.put = put)
