// From events to the wire format.
#ifndef COFFER_PLUGINS_SERIALIZERS_PROTOBUF_ENCODER_H_
#define COFFER_PLUGINS_SERIALIZERS_PROTOBUF_ENCODER_H_

#include "coffer/plugin/plugin.h"
#include "plugins/serializers/protobuf/options.h"

namespace coffer::protobuf {

coffer_status encode(const coffer_host* host, const Options& options, const coffer_value& value,
                     const coffer_writer& out, coffer_sink* sink);

}  // namespace coffer::protobuf

#endif  // COFFER_PLUGINS_SERIALIZERS_PROTOBUF_ENCODER_H_
