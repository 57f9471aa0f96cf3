/* Describes the same plugin under every index. */
#include "tests/broken/plugin.h"

COFFER_TEST_TABLES(store, "endless_info", , )
COFFER_TEST_CREATE("endless_info", good_store_create)

const coffer_plugin_info* coffer_plugin_info_v1(size_t index) {
  (void)index;
  return &info;
}
