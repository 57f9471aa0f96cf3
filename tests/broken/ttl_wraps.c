/* Adds now and ttl as if the sum were always a time. */
#include "tests/broken/plugin.h"

static coffer_status put(void* self, const coffer_store_put* items, size_t count,
                         coffer_time deadline, uint64_t* versions, coffer_outcome* each,
                         coffer_sink* sink) {
  const coffer_host* host = good_store_host(self);
  const uint64_t now = (uint64_t)host->now(host, COFFER_CLOCK_PRECISE);
  for (size_t i = 0; i < count; ++i) {
    coffer_store_put item = items[i];
    if (item.ttl > 0 && (int64_t)(now + (uint64_t)item.ttl) < 0) item.ttl = 1;
    good_store.put(self, &item, 1, deadline, versions != NULL ? &versions[i] : NULL, &each[i],
                   sink);
    if (item.ttl == 1 && items[i].ttl != 1)
      good_store.del(self, &item.key, NULL, 1, deadline, each, sink);
  }
  return COFFER_OK;
}

COFFER_TEST_PLUGIN(store, "ttl_wraps", , table.put = put)
