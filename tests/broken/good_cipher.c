/* Right in everything: what each of the others that encrypt is before its one edit. */
#include "tests/broken/plugin.h"

COFFER_TEST_PLUGIN(codec, "good_cipher", info.caps = good_cipher.caps, table = good_cipher)
