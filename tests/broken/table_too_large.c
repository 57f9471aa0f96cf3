/* States a table of a size that is garbage. */
#include "tests/broken/plugin.h"

COFFER_TEST_PLUGIN(store, "table_too_large", , table.struct_size = 0xfffffff0u)
