/* Puts the nodes of all shards into one list. */
#include "tests/broken/plugin.h"

static void* first_shard;

static coffer_status shard_create(void* self, uint64_t capacity, void** shard, coffer_sink* sink) {
  if (first_shard == NULL) {
    const coffer_status status = good_strategy.shard_create(self, capacity, &first_shard, sink);
    if (status != COFFER_OK) return status;
  }
  *shard = first_shard;
  return COFFER_OK;
}

static void shard_destroy(void* shard) { (void)shard; }

COFFER_TEST_PLUGIN(strategy, "strategy_shared_state", , table.shard_create = shard_create;
                   table.shard_destroy = shard_destroy)
