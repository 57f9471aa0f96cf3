/* Proposes memory that is no node of the shard. */
#include "tests/broken/plugin.h"

static char memory[8192] __attribute__((aligned(64)));

static size_t victims(void* shard, uint64_t need, void** nodes, size_t capacity) {
  const size_t n = good_strategy.victims(shard, need, nodes, capacity);
  if (n > 0) nodes[n - 1] = memory + sizeof(memory) / 2;
  return n;
}

COFFER_TEST_PLUGIN(strategy, "strategy_foreign_victim", , table.victims = victims)
