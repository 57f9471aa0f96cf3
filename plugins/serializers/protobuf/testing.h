// The plugin as linked into its tests.
#ifndef COFFER_PLUGINS_SERIALIZERS_PROTOBUF_TESTING_H_
#define COFFER_PLUGINS_SERIALIZERS_PROTOBUF_TESTING_H_

#include "plugins/serializers/protobuf/entry.h"
#include "plugins/serializers/testing/harness.h"

namespace coffer::protobuf {

inline constexpr serializers::Plugin kProtobuf = {coffer_plugin_info_v1_protobuf,
                                                  coffer_plugin_create_v1_protobuf};

}  // namespace coffer::protobuf

#endif  // COFFER_PLUGINS_SERIALIZERS_PROTOBUF_TESTING_H_
