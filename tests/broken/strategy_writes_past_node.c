/* Uses more of a node than it asked for. */
#include "tests/broken/plugin.h"

COFFER_TEST_PLUGIN(strategy, "strategy_writes_past_node", , table.node_size = 16)
