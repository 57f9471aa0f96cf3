// The plugin as linked into its tests.
#ifndef COFFER_PLUGINS_SERIALIZERS_PICKLE_TESTING_H_
#define COFFER_PLUGINS_SERIALIZERS_PICKLE_TESTING_H_

#include <string>
#include <string_view>

#include "plugins/serializers/pickle/entry.h"
#include "plugins/serializers/testing/harness.h"

namespace coffer::pickle {

inline constexpr serializers::Plugin kPickle = {coffer_plugin_info_v1_pickle,
                                                coffer_plugin_create_v1_pickle};

// Bytes out of a literal that may have zeros in it.
template <size_t kSize>
std::string raw(const char (&literal)[kSize]) {
  return std::string(literal, kSize - 1);
}

}  // namespace coffer::pickle

#endif  // COFFER_PLUGINS_SERIALIZERS_PICKLE_TESTING_H_
