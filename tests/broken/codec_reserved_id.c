/* Takes an id that belongs to the core. */
#include "tests/broken/plugin.h"

COFFER_TEST_PLUGIN(codec, "codec_reserved_id", , table.codec = 3)
