/* Proposes the first node over and over. */
#include "tests/broken/plugin.h"

static size_t victims(void* shard, uint64_t need, void** nodes, size_t capacity) {
  const size_t n = good_strategy.victims(shard, need, nodes, capacity);
  for (size_t i = 1; i < n; ++i) nodes[i] = nodes[0];
  return n;
}

COFFER_TEST_PLUGIN(strategy, "strategy_twin_victims", , table.victims = victims)
