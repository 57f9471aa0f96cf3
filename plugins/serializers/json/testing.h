// The plugin as linked into its tests.
#ifndef COFFER_PLUGINS_SERIALIZERS_JSON_TESTING_H_
#define COFFER_PLUGINS_SERIALIZERS_JSON_TESTING_H_

#include "plugins/serializers/testing/harness.h"

extern "C" const coffer_plugin_info* coffer_plugin_info_v1_json(size_t index);
extern "C" coffer_status coffer_plugin_create_v1_json(const coffer_host* host, const char* id,
                                                      const coffer_option* options, size_t count,
                                                      coffer_instance* out, coffer_sink* sink);

namespace coffer::json {

inline constexpr serializers::Plugin kJson = {coffer_plugin_info_v1_json,
                                              coffer_plugin_create_v1_json};

}  // namespace coffer::json

#endif  // COFFER_PLUGINS_SERIALIZERS_JSON_TESTING_H_
