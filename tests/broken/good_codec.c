/* Right in everything: what each of the others is before its one edit. */
#include "tests/broken/plugin.h"

COFFER_TEST_PLUGIN(codec, "good_codec", , )
