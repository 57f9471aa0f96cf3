/* States an info of a size that is garbage. */
#include "tests/broken/plugin.h"

COFFER_TEST_PLUGIN(store, "info_too_large", info.struct_size = 2000000000u, )
