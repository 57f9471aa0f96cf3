// What coffer/plugins.h shows of plugins: the list of all, and how one name is resolved.
#ifndef COFFER_CORE_LOADER_CATALOGUE_H_
#define COFFER_CORE_LOADER_CATALOGUE_H_

#include <string_view>

#include "coffer/value.h"
#include "core/loader/registry.h"

namespace coffer::core {

// Plays the list that coffer_plugins_list promises.
coffer_status list_plugins(const Registry& registry, const coffer_visitor* into);

// Plays the map that coffer_plugins_explain promises.
coffer_status explain_plugin(const Registry& registry, std::string_view name,
                             const coffer_visitor* into);

}  // namespace coffer::core

#endif  // COFFER_CORE_LOADER_CATALOGUE_H_
