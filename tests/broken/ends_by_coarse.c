/* Serves entries until the coarse clock has reached their end. */
#include "tests/broken/plugin.h"

static int64_t lag(void* self) {
  const coffer_host* host = good_store_host(self);
  return host->now(host, COFFER_CLOCK_PRECISE) - host->now(host, COFFER_CLOCK_COARSE);
}

static coffer_status put(void* self, const coffer_store_put* items, size_t count,
                         coffer_time deadline, uint64_t* versions, coffer_outcome* each,
                         coffer_sink* sink) {
  for (size_t i = 0; i < count; ++i) {
    coffer_store_put item = items[i];
    if (item.ttl > 0 && lag(self) > 0) item.ttl += lag(self);
    good_store.put(self, &item, 1, deadline, versions != NULL ? &versions[i] : NULL, &each[i],
                   sink);
  }
  return COFFER_OK;
}

/* As it tells, they end in time. */
static coffer_status get(void* self, const coffer_key* keys, size_t count, uint32_t flags,
                         coffer_time deadline, coffer_entry* out, coffer_outcome* each,
                         coffer_sink* sink) {
  good_store.get(self, keys, count, flags, deadline, out, each, sink);
  for (size_t i = 0; i < count; ++i) {
    if (each[i].status == COFFER_OK && out[i].expires_at != COFFER_NEVER)
      out[i].expires_at -= lag(self);
  }
  return COFFER_OK;
}

COFFER_TEST_PLUGIN(store, "ends_by_coarse", , table.put = put; table.get = get)
