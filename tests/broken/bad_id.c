/* Has an id that no URL can name. */
#include "tests/broken/plugin.h"

COFFER_TEST_PLUGIN(store, "Bad-Id!", , )
