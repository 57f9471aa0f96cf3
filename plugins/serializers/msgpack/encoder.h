// From events to MessagePack.
#ifndef COFFER_PLUGINS_SERIALIZERS_MSGPACK_ENCODER_H_
#define COFFER_PLUGINS_SERIALIZERS_MSGPACK_ENCODER_H_

#include "coffer/plugin/plugin.h"
#include "plugins/serializers/msgpack/options.h"

namespace coffer::msgpack {

coffer_status encode(const coffer_host* host, const Options& options, const coffer_value& value,
                     const coffer_writer& out, coffer_sink* sink);

}  // namespace coffer::msgpack

#endif  // COFFER_PLUGINS_SERIALIZERS_MSGPACK_ENCODER_H_
