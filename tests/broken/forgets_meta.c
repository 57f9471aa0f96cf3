/* Keeps the value without what belongs to it. */
#include "tests/broken/plugin.h"

static coffer_status put(void* self, const coffer_store_put* items, size_t count,
                         coffer_time deadline, uint64_t* versions, coffer_outcome* each,
                         coffer_sink* sink) {
  for (size_t i = 0; i < count; ++i) {
    coffer_store_put item = items[i];
    item.meta.size = 0;
    good_store.put(self, &item, 1, deadline, versions != NULL ? &versions[i] : NULL, &each[i],
                   sink);
  }
  return COFFER_OK;
}

COFFER_TEST_PLUGIN(store, "forgets_meta", , table.put = put)
