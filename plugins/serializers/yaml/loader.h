// From YAML text to a Document, by libyaml.
#ifndef COFFER_PLUGINS_SERIALIZERS_YAML_LOADER_H_
#define COFFER_PLUGINS_SERIALIZERS_YAML_LOADER_H_

#include "coffer/value.h"
#include "plugins/serializers/yaml/document.h"
#include "plugins/serializers/yaml/failure.h"

namespace coffer::yaml {

// In flow style, libyaml looks at all open lists and maps for each of its tokens: a text nested
// deeper would take time by the square of its length.
inline constexpr uint32_t kMostDepth = 1000;

// Reads the one document of the text, which is UTF-8. Lists and maps are nested no deeper than the
// limit and kMostDepth, aliases name values before them and around them none.
bool load(coffer_bytes bytes, const coffer_limits& limits, Document& out, Failure& failure);

}  // namespace coffer::yaml

#endif  // COFFER_PLUGINS_SERIALIZERS_YAML_LOADER_H_
