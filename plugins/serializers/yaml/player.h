// From a Document to events.
#ifndef COFFER_PLUGINS_SERIALIZERS_YAML_PLAYER_H_
#define COFFER_PLUGINS_SERIALIZERS_YAML_PLAYER_H_

#include "coffer/value.h"
#include "plugins/serializers/yaml/document.h"
#include "plugins/serializers/yaml/failure.h"

namespace coffer::yaml {

// Plays the value within the limits. `expansion` is the option.
bool play(const Document& document, const coffer_visitor& into, const coffer_limits& limits,
          uint64_t expansion, Failure& failure);

// Plays a plain text as it is read: in memory is one scalar, whatever the length of the text.
bool play_as_read(coffer_bytes plain, const coffer_visitor& into, const coffer_limits& limits,
                  uint64_t expansion, Failure& failure);

}  // namespace coffer::yaml

#endif  // COFFER_PLUGINS_SERIALIZERS_YAML_PLAYER_H_
