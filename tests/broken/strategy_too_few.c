/* Proposes one node, however much is needed. */
#include "tests/broken/plugin.h"

static size_t victims(void* shard, uint64_t need, void** nodes, size_t capacity) {
  (void)need;
  return good_strategy.victims(shard, 1, nodes, capacity > 0 ? 1 : 0);
}

COFFER_TEST_PLUGIN(strategy, "strategy_too_few", , table.victims = victims)
