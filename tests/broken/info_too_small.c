/* States an info smaller than the first release's. */
#include "tests/broken/plugin.h"

COFFER_TEST_PLUGIN(store, "info_too_small", info.struct_size = 8, )
