/* Ends what it copies with a NUL, for which nobody gave room. */
#include "tests/broken/plugin.h"

static coffer_status read(void* self, const coffer_key* key, coffer_store_read* io,
                          coffer_sink* sink) {
  const coffer_status status = good_store.read(self, key, io, sink);
  if (status == COFFER_OK) ((char*)io->buffer)[io->info.size] = 0;
  return status;
}

COFFER_TEST_PLUGIN(store, "writes_past_buffer", , table.read = read)
