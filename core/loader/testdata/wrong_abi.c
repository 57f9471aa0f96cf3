/* Built for an ABI of the future, whose info may be anything behind the first two words. */
#include "coffer/plugin/plugin.h"

const coffer_plugin_info* coffer_plugin_info_v1(size_t index) {
  static const uint32_t info[] = {8, COFFER_ABI_VERSION + 0x00020003u};
  return index == 0 ? (const coffer_plugin_info*)(const void*)info : NULL;
}

coffer_status coffer_plugin_create_v1(const coffer_host* host, const char* id,
                                      const coffer_option* options, size_t count,
                                      coffer_instance* out, coffer_sink* sink) {
  (void)host, (void)id, (void)options, (void)count, (void)out, (void)sink;
  return COFFER_OK;
}
