// The plugin as linked into its tests.
#ifndef COFFER_PLUGINS_SERIALIZERS_YAML_TESTING_H_
#define COFFER_PLUGINS_SERIALIZERS_YAML_TESTING_H_

#include "plugins/serializers/testing/harness.h"
#include "plugins/serializers/yaml/entry.h"

namespace coffer::yaml {

inline constexpr serializers::Plugin kYaml = {coffer_plugin_info_v1_yaml,
                                              coffer_plugin_create_v1_yaml};

}  // namespace coffer::yaml

#endif  // COFFER_PLUGINS_SERIALIZERS_YAML_TESTING_H_
