/* States a table smaller than the first release's. */
#include "tests/broken/plugin.h"

COFFER_TEST_PLUGIN(store, "table_too_small", , table.struct_size = 16)
