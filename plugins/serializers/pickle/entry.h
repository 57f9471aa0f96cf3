// The plugin's two functions where it is linked into a program (pickle_static).
#ifndef COFFER_PLUGINS_SERIALIZERS_PICKLE_ENTRY_H_
#define COFFER_PLUGINS_SERIALIZERS_PICKLE_ENTRY_H_

#include "coffer/plugin/plugin.h"

extern "C" const coffer_plugin_info* coffer_plugin_info_v1_pickle(size_t index);
extern "C" coffer_status coffer_plugin_create_v1_pickle(const coffer_host* host, const char* id,
                                                        const coffer_option* options, size_t count,
                                                        coffer_instance* out, coffer_sink* sink);

#endif  // COFFER_PLUGINS_SERIALIZERS_PICKLE_ENTRY_H_
