// Plays what a plugin is, as one map.
#ifndef COFFER_CORE_LOADER_DESCRIBE_H_
#define COFFER_CORE_LOADER_DESCRIBE_H_

#include "core/loader/plugin.h"
#include "core/value/describe.h"

namespace coffer::core {

// id, kind, version, summary, license, path, abi, capabilities, options.
void play_plugin(Player& player, const Plugin& plugin);

// The same fields within a map that the caller has begun.
void play_plugin_fields(Player& player, const Plugin& plugin);

}  // namespace coffer::core

#endif  // COFFER_CORE_LOADER_DESCRIBE_H_
