/* Fills a buffer that is too small as far as it goes. */
#include "tests/broken/plugin.h"

static coffer_status read(void* self, const coffer_key* key, coffer_store_read* io,
                          coffer_sink* sink) {
  const coffer_status status = good_store.read(self, key, io, sink);
  if (status == COFFER_SHORT && io->capacity > 0) memset(io->buffer, 'v', io->capacity);
  return status;
}

COFFER_TEST_PLUGIN(store, "writes_when_short", , table.read = read)
