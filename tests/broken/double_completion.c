/* Completes a batch twice. */
#include "tests/broken/plugin.h"

static coffer_status submit(void* self, const coffer_store_batch* batch, uint64_t token) {
  const coffer_host* host = good_store_host(self);
  const coffer_status status = good_store_async.submit(self, batch, token);
  host->complete(host, token, COFFER_OK);
  return status;
}

static coffer_store_async async;

static const void* extension(void* self, const char* id) {
  return good_store.extension(self, id) != NULL ? &async : NULL;
}

COFFER_TEST_PLUGIN(store, "double_completion", async = good_store_async, async.submit = submit;
                   table.extension = extension)
