/* Was built for an ABI of another major version. */
#include "tests/broken/plugin.h"

COFFER_TEST_PLUGIN(store, "wrong_abi", info.abi_version = 0x00070000u, )
