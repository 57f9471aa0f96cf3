// The plugin as linked into its tests.
#ifndef COFFER_PLUGINS_SERIALIZERS_MSGPACK_TESTING_H_
#define COFFER_PLUGINS_SERIALIZERS_MSGPACK_TESTING_H_

#include "plugins/serializers/msgpack/entry.h"
#include "plugins/serializers/testing/harness.h"

namespace coffer::msgpack {

inline constexpr serializers::Plugin kMsgpack = {coffer_plugin_info_v1_msgpack,
                                                 coffer_plugin_create_v1_msgpack};

}  // namespace coffer::msgpack

#endif  // COFFER_PLUGINS_SERIALIZERS_MSGPACK_TESTING_H_
