// From events to YAML text.
#ifndef COFFER_PLUGINS_SERIALIZERS_YAML_ENCODER_H_
#define COFFER_PLUGINS_SERIALIZERS_YAML_ENCODER_H_

#include "coffer/plugin/plugin.h"
#include "plugins/serializers/yaml/options.h"

namespace coffer::yaml {

coffer_status encode(const coffer_host* host, const Options& options, const coffer_value& value,
                     const coffer_writer& out, coffer_sink* sink);

}  // namespace coffer::yaml

#endif  // COFFER_PLUGINS_SERIALIZERS_YAML_ENCODER_H_
