/* A store that keeps bytes and no objects, and completes what is submitted to it on a thread of its
 * own: what a remote store is to a binding. */
#include "tests/broken/plugin.h"

COFFER_TEST_PLUGIN(store, "bytes", info.caps &= ~(uint64_t)COFFER_STORE_OBJECTS,
                   table.caps &= ~(uint64_t)COFFER_STORE_OBJECTS)
