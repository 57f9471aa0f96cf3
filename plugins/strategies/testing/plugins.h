// The strategies of this folder, as linked into its tests.
#ifndef COFFER_PLUGINS_STRATEGIES_TESTING_PLUGINS_H_
#define COFFER_PLUGINS_STRATEGIES_TESTING_PLUGINS_H_

#include "plugins/strategies/testing/driver.h"

#define COFFER_STATIC_PLUGIN_(id)                                                                  \
  extern "C" const coffer_plugin_info* coffer_plugin_info_v1_##id(size_t index);                   \
  extern "C" coffer_status coffer_plugin_create_v1_##id(const coffer_host* host, const char* name, \
                                                        const coffer_option* options, size_t n,    \
                                                        coffer_instance* out, coffer_sink* sink)

COFFER_STATIC_PLUGIN_(lfu);
COFFER_STATIC_PLUGIN_(lru);
COFFER_STATIC_PLUGIN_(ttl);

namespace coffer::strategy {

constexpr Plugin kLfu = {coffer_plugin_info_v1_lfu, coffer_plugin_create_v1_lfu};
constexpr Plugin kLru = {coffer_plugin_info_v1_lru, coffer_plugin_create_v1_lru};
constexpr Plugin kTtl = {coffer_plugin_info_v1_ttl, coffer_plugin_create_v1_ttl};

}  // namespace coffer::strategy

#endif  // COFFER_PLUGINS_STRATEGIES_TESTING_PLUGINS_H_
