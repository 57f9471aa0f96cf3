// From events to JSON text.
#ifndef COFFER_PLUGINS_SERIALIZERS_JSON_ENCODER_H_
#define COFFER_PLUGINS_SERIALIZERS_JSON_ENCODER_H_

#include "coffer/plugin/plugin.h"
#include "plugins/serializers/json/options.h"

namespace coffer::json {

coffer_status encode(const coffer_host* host, const Options& options, const coffer_value& value,
                     const coffer_writer& out, coffer_sink* sink);

}  // namespace coffer::json

#endif  // COFFER_PLUGINS_SERIALIZERS_JSON_ENCODER_H_
