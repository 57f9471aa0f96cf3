/* Has a default that is not of the option's type. */
#include "tests/broken/plugin.h"

static const coffer_option_spec options[] = {
    {"timeout", "five minutes", "An option.", COFFER_TYPE_DURATION, 0}};

COFFER_TEST_PLUGIN(store, "bad_default", info.options = options; info.option_count = 1, )
