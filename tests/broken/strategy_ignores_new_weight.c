/* Keeps the weight that the replaced node had. */
#include "tests/broken/plugin.h"

static void replace(void* shard, void* old_node, void* node, const coffer_node_info* info,
                    uint8_t used) {
  const uint64_t weight = ((good_node*)old_node)->weight;
  good_strategy.replace(shard, old_node, node, info, used);
  ((good_node*)node)->weight = weight;
}

COFFER_TEST_PLUGIN(strategy, "strategy_ignores_new_weight", , table.replace = replace)
