// The option of the plugin.
#ifndef COFFER_PLUGINS_SERIALIZERS_PROTOBUF_OPTIONS_H_
#define COFFER_PLUGINS_SERIALIZERS_PROTOBUF_OPTIONS_H_

#include <cstddef>
#include <cstdint>
#include <span>

#include "coffer/plugin/plugin.h"

namespace coffer::protobuf {

extern const coffer_option_spec kOptionSpecs[];
extern const size_t kOptionCount;

struct Options {
  uint32_t message_ext = 1044;  // the type of extension that a user's own message is
};

// Reads what the host has checked against the schema.
coffer_status read_options(const coffer_host* host, std::span<const coffer_option> options,
                           Options& out, coffer_sink* sink);

}  // namespace coffer::protobuf

#endif  // COFFER_PLUGINS_SERIALIZERS_PROTOBUF_OPTIONS_H_
