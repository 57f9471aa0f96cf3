// Plugins linked into the program, for all runtimes of the process.
#ifndef COFFER_CORE_LOADER_STATIC_PLUGINS_H_
#define COFFER_CORE_LOADER_STATIC_PLUGINS_H_

#include <string_view>
#include <vector>

#include "core/error/error.h"
#include "core/loader/plugin.h"

namespace coffer::core {

// Adds the plugins that `info` describes; they are found before any file. A second one of the same
// id is INVALID_STATE, and then none of the call is added. [any-thread]
coffer_status register_static(coffer_plugin_info_fn info, coffer_plugin_create_fn create,
                              coffer_sink& sink);

// The one of this id, or nullptr. [any-thread]
const Plugin* find_static(std::string_view id);

// All of them, in the order they came. [any-thread]
std::vector<const Plugin*> static_plugins();

}  // namespace coffer::core

#endif  // COFFER_CORE_LOADER_STATIC_PLUGINS_H_
