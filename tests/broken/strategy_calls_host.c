/* Calls the host where that is forbidden. */
#include "tests/broken/plugin.h"

static void insert(void* shard, void* node, const coffer_node_info* info) {
  const coffer_host* host = ((good_shard*)shard)->host;
  host->now(host, COFFER_CLOCK_COARSE);
  good_strategy.insert(shard, node, info);
}

COFFER_TEST_PLUGIN(strategy, "strategy_calls_host", , table.insert = insert)
