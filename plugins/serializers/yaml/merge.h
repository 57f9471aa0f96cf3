// Maps with merge keys: "<<: *defaults".
#ifndef COFFER_PLUGINS_SERIALIZERS_YAML_MERGE_H_
#define COFFER_PLUGINS_SERIALIZERS_YAML_MERGE_H_

#include <vector>

#include "plugins/serializers/yaml/budget.h"
#include "plugins/serializers/yaml/document.h"

namespace coffer::yaml {

struct Pair {
  size_t key, value;  // nodes
};

// The pairs of a mapping together with those that its merge keys bring, which come first. Each key
// is there once if it is a scalar: its own pair goes before a merged one, and of a list of maps
// the first that has the key.
bool merge_pairs(const Document& document, size_t mapping, Budget& budget, std::vector<Pair>& out,
                 Failure& failure);

}  // namespace coffer::yaml

#endif  // COFFER_PLUGINS_SERIALIZERS_YAML_MERGE_H_
