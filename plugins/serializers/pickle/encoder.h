// From events to a pickle.
#ifndef COFFER_PLUGINS_SERIALIZERS_PICKLE_ENCODER_H_
#define COFFER_PLUGINS_SERIALIZERS_PICKLE_ENCODER_H_

#include "coffer/plugin/plugin.h"
#include "plugins/serializers/pickle/options.h"

namespace coffer::pickle {

coffer_status encode(const coffer_host* host, const Options& options, const coffer_value& value,
                     const coffer_writer& out, coffer_sink* sink);

}  // namespace coffer::pickle

#endif  // COFFER_PLUGINS_SERIALIZERS_PICKLE_ENCODER_H_
