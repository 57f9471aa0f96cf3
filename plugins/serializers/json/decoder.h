// From JSON text to events.
#ifndef COFFER_PLUGINS_SERIALIZERS_JSON_DECODER_H_
#define COFFER_PLUGINS_SERIALIZERS_JSON_DECODER_H_

#include "coffer/plugin/plugin.h"
#include "plugins/serializers/json/options.h"

namespace coffer::json {

coffer_status decode(const coffer_host* host, const Options& options, coffer_bytes bytes,
                     const coffer_visitor& into, const coffer_limits& limits, coffer_sink* sink);

}  // namespace coffer::json

#endif  // COFFER_PLUGINS_SERIALIZERS_JSON_DECODER_H_
