/* Asks for nodes larger than there are. */
#include "tests/broken/plugin.h"

COFFER_TEST_PLUGIN(strategy, "strategy_huge_node", , table.node_size = 100000)
