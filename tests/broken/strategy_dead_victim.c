/* Proposes a node that has left. */
#include "tests/broken/plugin.h"

static void* last_removed;

static void remove_node(void* shard, void* node, int32_t reason) {
  last_removed = node;
  good_strategy.remove(shard, node, reason);
}

static size_t victims(void* shard, uint64_t need, void** nodes, size_t capacity) {
  const size_t n = good_strategy.victims(shard, need, nodes, capacity);
  if (n > 0 && last_removed != NULL) nodes[n - 1] = last_removed;
  return n;
}

COFFER_TEST_PLUGIN(strategy, "strategy_dead_victim", , table.remove = remove_node;
                   table.victims = victims)
