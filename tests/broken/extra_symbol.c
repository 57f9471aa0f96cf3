/* Exports a function of its own, which could stand in for one of the host's or of another plugin.
 * Its file is linked without the version script. */
#include "tests/broken/plugin.h"

COFFER_PLUGIN_EXPORT int helper(void);
int helper(void) { return 1; }

COFFER_TEST_PLUGIN(store, "extra_symbol", , )
