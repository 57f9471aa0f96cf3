/* Takes touch for a write. */
#include "tests/broken/plugin.h"

static coffer_status touch(void* self, const coffer_key* keys, const coffer_ttl* ttls, size_t count,
                           coffer_time deadline, coffer_outcome* each, coffer_sink* sink) {
  for (size_t i = 0; i < count; ++i) {
    coffer_store_put put;
    memset(&put, 0, sizeof(put));
    put.key = keys[i];
    put.value.data = "v";
    put.value.size = 1;
    put.ttl = ttls[i];
    put.mode = COFFER_PUT_REPLACE;
    good_store.put(self, &put, 1, deadline, NULL, &each[i], sink);
  }
  return COFFER_OK;
}

COFFER_TEST_PLUGIN(store, "touch_new_version", , table.touch = touch)
