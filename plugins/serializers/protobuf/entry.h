// The plugin's two functions where it is linked into a program (protobuf_static).
#ifndef COFFER_PLUGINS_SERIALIZERS_PROTOBUF_ENTRY_H_
#define COFFER_PLUGINS_SERIALIZERS_PROTOBUF_ENTRY_H_

#include "coffer/plugin/plugin.h"

extern "C" const coffer_plugin_info* coffer_plugin_info_v1_protobuf(size_t index);
extern "C" coffer_status coffer_plugin_create_v1_protobuf(const coffer_host* host, const char* id,
                                                          const coffer_option* options,
                                                          size_t count, coffer_instance* out,
                                                          coffer_sink* sink);

#endif  // COFFER_PLUGINS_SERIALIZERS_PROTOBUF_ENTRY_H_
