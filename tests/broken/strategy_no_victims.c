/* Never proposes anything. */
#include "tests/broken/plugin.h"

static size_t victims(void* shard, uint64_t need, void** nodes, size_t capacity) {
  (void)shard, (void)need, (void)nodes, (void)capacity;
  return 0;
}

COFFER_TEST_PLUGIN(strategy, "strategy_no_victims", , table.victims = victims)
