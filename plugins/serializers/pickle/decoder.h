// From a pickle to events.
#ifndef COFFER_PLUGINS_SERIALIZERS_PICKLE_DECODER_H_
#define COFFER_PLUGINS_SERIALIZERS_PICKLE_DECODER_H_

#include "coffer/plugin/plugin.h"
#include "plugins/serializers/pickle/options.h"

namespace coffer::pickle {

coffer_status decode(const coffer_host* host, const Options& options, coffer_bytes bytes,
                     const coffer_visitor& into, const coffer_limits& limits, coffer_sink* sink);

}  // namespace coffer::pickle

#endif  // COFFER_PLUGINS_SERIALIZERS_PICKLE_DECODER_H_
