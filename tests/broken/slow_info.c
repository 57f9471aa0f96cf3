/* Does work when it is only asked who it is. */
#define _POSIX_C_SOURCE 200809L
#include <time.h>

#include "tests/broken/plugin.h"

COFFER_TEST_TABLES(store, "slow_info", , )
COFFER_TEST_CREATE("slow_info", good_store_create)

const coffer_plugin_info* coffer_plugin_info_v1(size_t index) {
  const struct timespec pause = {0, 60000000};
  nanosleep(&pause, NULL);
  return index == 0 ? &info : NULL;
}
