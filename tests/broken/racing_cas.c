/* Compares the version first and writes later, without a lock over both. */
#include <sched.h>

#include "tests/broken/plugin.h"

static coffer_status put(void* self, const coffer_store_put* items, size_t count,
                         coffer_time deadline, uint64_t* versions, coffer_outcome* each,
                         coffer_sink* sink) {
  for (size_t i = 0; i < count; ++i) {
    coffer_store_put item = items[i];
    if (item.mode == COFFER_PUT_CAS &&
        good_store_version(self, &item.key) == item.expected_version) {
      sched_yield();
      item.mode = COFFER_PUT_REPLACE;
    }
    good_store.put(self, &item, 1, deadline, versions != NULL ? &versions[i] : NULL, &each[i],
                   sink);
  }
  return COFFER_OK;
}

COFFER_TEST_PLUGIN(store, "racing_cas", , table.put = put)
