// The plugin as linked into its tests.
#ifndef COFFER_PLUGINS_SERIALIZERS_PICKLE_TESTING_H_
#define COFFER_PLUGINS_SERIALIZERS_PICKLE_TESTING_H_

#include "plugins/serializers/pickle/entry.h"
#include "plugins/serializers/testing/harness.h"

namespace coffer::pickle {

inline constexpr serializers::Plugin kPickle = {coffer_plugin_info_v1_pickle, coffer_plugin_create_v1_pickle};

}  // namespace coffer::pickle

#endif  // COFFER_PLUGINS_SERIALIZERS_PICKLE_TESTING_H_
