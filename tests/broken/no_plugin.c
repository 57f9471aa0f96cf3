/* Holds no plugin at all. */
#include "tests/broken/plugin.h"

const coffer_plugin_info* coffer_plugin_info_v1(size_t index) {
  (void)index;
  return NULL;
}

coffer_status coffer_plugin_create_v1(const coffer_host* host, const char* id,
                                      const coffer_option* options, size_t count,
                                      coffer_instance* out, coffer_sink* sink) {
  (void)id, (void)options, (void)count, (void)out;
  return coffer_plugin_fail(host, sink, COFFER_NOT_FOUND, "this file holds no plugin");
}
