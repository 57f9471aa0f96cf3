/* Proposes more nodes than there is room for. */
#include "tests/broken/plugin.h"

static size_t victims(void* shard, uint64_t need, void** nodes, size_t capacity) {
  return good_strategy.victims(shard, need, nodes, capacity > 0 ? capacity + 1 : 0);
}

COFFER_TEST_PLUGIN(strategy, "strategy_overruns_array", , table.victims = victims)
