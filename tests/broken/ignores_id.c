/* Creates its plugin under any id. */
#include "tests/broken/plugin.h"

COFFER_TEST_TABLES(store, "ignores_id", , )
COFFER_TEST_INFO

coffer_status coffer_plugin_create_v1(const coffer_host* host, const char* id,
                                      const coffer_option* options, size_t count,
                                      coffer_instance* out, coffer_sink* sink) {
  (void)id, (void)options, (void)count;
  return good_store_create(host, &table, out, sink);
}
