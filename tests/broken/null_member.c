/* Has no function where there must be one. */
#include "tests/broken/plugin.h"

COFFER_TEST_PLUGIN(store, "null_member", , table.touch = NULL)
