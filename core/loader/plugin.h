// What the loader knows of a plugin once its info has been checked.
#ifndef COFFER_CORE_LOADER_PLUGIN_H_
#define COFFER_CORE_LOADER_PLUGIN_H_

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "coffer/plugin/plugin.h"
#include "core/config/options.h"
#include "core/error/error.h"

namespace coffer::core {

// "store", "strategy", "serializer", "codec".
std::string_view kind_name(int32_t kind);

// "[a-z][a-z0-9_]*", at most 64 bytes.
bool is_plugin_name(std::string_view name);

// One plugin. Lives until the process ends, as do the strings and the schema it points to.
struct Plugin {
  coffer_plugin_info info;  // this host's full size; what the plugin's lacks is zero
  coffer_plugin_create_fn create;
  std::string path;   // of its file, "static" if linked into the program
  std::string title;  // "store memory": how messages name it

  std::span<const coffer_option_spec> schema() const { return {info.options, info.option_count}; }
  std::string_view id() const { return info.id; }
};

// The plugins of one file, or of one static registration.
struct PluginFile {
  std::string path;
  std::vector<Plugin> plugins;  // one or more
};

// Calls `info` for each index and checks all it says (phase "info"). `path` names the file in
// messages.
coffer_status inspect(std::string_view path, coffer_plugin_info_fn info,
                      coffer_plugin_create_fn create, PluginFile& out, coffer_sink& sink);

// check_options against the plugin's schema.
coffer_status check_options(const Plugin& plugin, const Options& in, Options& out,
                            coffer_sink& sink, std::span<const coffer_option_spec> also = {});

}  // namespace coffer::core

#endif  // COFFER_CORE_LOADER_PLUGIN_H_
