// What coffer/plugins.h shows of plugins: the list of all, and how one name is resolved.
#ifndef COFFER_CORE_LOADER_CATALOGUE_H_
#define COFFER_CORE_LOADER_CATALOGUE_H_

#include <string_view>
#include <vector>

#include "coffer/value.h"
#include "core/loader/registry.h"

namespace coffer::core {

// Every usable plugin of a kind (COFFER_KIND_*) in the search list, in its order. Opens every file.
std::vector<const Plugin*> plugins_of_kind(const Registry& registry, int32_t kind);

// Plays the list that coffer_plugins_list promises.
coffer_status list_plugins(const Registry& registry, const coffer_visitor* into);

// Plays the map that coffer_plugins_explain promises.
coffer_status explain_plugin(const Registry& registry, std::string_view name,
                             const coffer_visitor* into);

}  // namespace coffer::core

#endif  // COFFER_CORE_LOADER_CATALOGUE_H_
