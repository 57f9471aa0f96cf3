/* Has an option of unknown type. */
#include "tests/broken/plugin.h"

static const coffer_option_spec options[] = {{"size", "1", "An option.", 77, 0}};

COFFER_TEST_PLUGIN(store, "bad_schema", info.options = options; info.option_count = 1, )
