// From MessagePack to events.
#ifndef COFFER_PLUGINS_SERIALIZERS_MSGPACK_DECODER_H_
#define COFFER_PLUGINS_SERIALIZERS_MSGPACK_DECODER_H_

#include "coffer/plugin/plugin.h"
#include "plugins/serializers/msgpack/options.h"

namespace coffer::msgpack {

coffer_status decode(const coffer_host* host, const Options& options, coffer_bytes bytes,
                     const coffer_visitor& into, const coffer_limits& limits, coffer_sink* sink);

}  // namespace coffer::msgpack

#endif  // COFFER_PLUGINS_SERIALIZERS_MSGPACK_DECODER_H_
