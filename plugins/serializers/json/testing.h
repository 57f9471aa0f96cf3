// The plugin as linked into its tests.
#ifndef COFFER_PLUGINS_SERIALIZERS_JSON_TESTING_H_
#define COFFER_PLUGINS_SERIALIZERS_JSON_TESTING_H_

#include "plugins/serializers/json/entry.h"
#include "plugins/serializers/testing/harness.h"

namespace coffer::json {

inline constexpr serializers::Plugin kJson = {coffer_plugin_info_v1_json,
                                              coffer_plugin_create_v1_json};

}  // namespace coffer::json

#endif  // COFFER_PLUGINS_SERIALIZERS_JSON_TESTING_H_
