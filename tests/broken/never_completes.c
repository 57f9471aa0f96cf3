/* Forgets batches that were submitted. */
#include "tests/broken/plugin.h"

static coffer_status submit(void* self, const coffer_store_batch* batch, uint64_t token) {
  (void)self, (void)batch, (void)token;
  return COFFER_OK;
}

static coffer_store_async async;

static const void* extension(void* self, const char* id) {
  return good_store.extension(self, id) != NULL ? &async : NULL;
}

COFFER_TEST_PLUGIN(store, "never_completes", async = good_store_async, async.submit = submit;
                   table.extension = extension)
