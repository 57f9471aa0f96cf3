/* Answers only the first item of a batch. */
#include "tests/broken/plugin.h"

static coffer_status del(void* self, const coffer_key* keys, const uint64_t* versions, size_t count,
                         coffer_time deadline, coffer_outcome* each, coffer_sink* sink) {
  return good_store.del(self, keys, versions, count > 1 ? 1 : count, deadline, each, sink);
}

COFFER_TEST_PLUGIN(store, "skips_answers", , table.del = del)
