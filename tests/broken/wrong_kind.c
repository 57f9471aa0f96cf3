/* Is of a kind that does not exist. */
#include "tests/broken/plugin.h"

COFFER_TEST_PLUGIN(store, "wrong_kind", info.kind = 99, )
