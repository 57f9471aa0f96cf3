/* Has no coffer_plugin_create_v1. */
#include "tests/broken/plugin.h"

static const coffer_plugin_info info = {.struct_size = sizeof(coffer_plugin_info),
                                        .abi_version = COFFER_ABI_VERSION,
                                        .kind = COFFER_KIND_STORE,
                                        .id = "missing_symbol",
                                        .version = "1.0",
                                        .summary = "made for tests",
                                        .license = "Apache-2.0"};

const coffer_plugin_info* coffer_plugin_info_v1(size_t index) { return index == 0 ? &info : NULL; }
