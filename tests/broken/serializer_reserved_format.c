/* Uses a format that belongs to the core. */
#include "tests/broken/plugin.h"

COFFER_TEST_PLUGIN(serializer, "serializer_reserved_format", , table.format = 3)
