// From YAML text to a Document, by libyaml.
#ifndef COFFER_PLUGINS_SERIALIZERS_YAML_LOADER_H_
#define COFFER_PLUGINS_SERIALIZERS_YAML_LOADER_H_

#include <string_view>

#include "coffer/value.h"
#include "plugins/serializers/yaml/document.h"
#include "plugins/serializers/yaml/failure.h"

namespace coffer::yaml {

// In flow style, libyaml looks at all open lists and maps for each of its tokens: a text nested
// deeper would take time by the square of its length.
inline constexpr uint32_t kMostDepth = 1000;

// Who is told of each node as it is read. Every function returns whether to go on.
class Listener {
 public:
  virtual bool begin(const Node& collection) = 0;
  virtual bool end() = 0;
  // Number 0 of the document, and all of it.
  virtual bool scalar() = 0;

 protected:
  ~Listener() = default;
};

// Whether no node of the text needs a look at another one: no value has a name, no map merges
// others, and no list or map has a tag. Says no too often rather than too seldom.
bool is_plain(std::string_view text);

// Reads the one document of the text, which is UTF-8. Lists and maps are nested no deeper than the
// limit and kMostDepth, aliases name values before them and around them none. Where there is a
// listener, for a plain text alone, `out` holds one node at a time.
bool load(coffer_bytes bytes, const coffer_limits& limits, Document& out, Failure& failure,
          Listener* listener = nullptr);

}  // namespace coffer::yaml

#endif  // COFFER_PLUGINS_SERIALIZERS_YAML_LOADER_H_
