/* Says that it can list its keys, and cannot. */
#include "tests/broken/plugin.h"

COFFER_TEST_PLUGIN(store, "lying_caps", , table.scan_next = NULL)
