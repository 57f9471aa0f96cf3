#include "core/loader/catalogue.h"

#include <algorithm>
#include <string>
#include <vector>

#include "core/loader/describe.h"
#include "core/loader/library.h"
#include "core/loader/resolve.h"
#include "core/loader/static_plugins.h"

namespace coffer::core {
namespace {

// `known`: what the message begins with, but has been told already.
void play_error(Player& player, const coffer_sink& sink, std::string_view known = "") {
  if (sink.error == nullptr) return player.field("error", "out of memory");
  std::string_view message = sink.error->message;
  if (message.starts_with(known)) message.remove_prefix(known.size());
  player.field("error", message);
  if (const char* phase = sink.error->detail("phase")) player.field("phase", phase);
}

// Why a plugin that is there is not the one its name finds, or "".
std::string hidden_by(const Registry& registry, const Plugin& plugin) {
  coffer_sink sink;
  Location location;
  const Plugin* found = nullptr;
  if (!failed(locate(registry.places(), plugin.id(), location, sink)) &&
      !failed(load(registry.places(), location, kAnyKind, plugin.id(), found, sink))) {
    return found == &plugin ? "" : "hidden by the plugin of the same name in " + found->path;
  }
  return location.path.empty()
             ? "found by its path only: the file of a plugin is named libcoffer_ID.so"
             : "hidden by " + location.path;
}

void play_listed(Player& player, const Registry& registry, const Plugin& plugin) {
  player.map_begin();
  play_plugin_fields(player, plugin);
  if (const std::string note = hidden_by(registry, plugin); !note.empty()) {
    player.field("note", note);
  }
  player.map_end();
}

void play_broken(Player& player, const std::string& path, const coffer_sink& sink) {
  player.map_begin();
  player.field("path", path);
  play_error(player, sink, path + ": ");
  player.map_end();
}

void play_places(Player& player, const Location& location) {
  const bool by_path = location.findings.empty();
  player.key("places");
  player.list_begin();
  if (!by_path) {
    player.map_begin();
    player.field("source", "static");
    player.field("result", location.linked != nullptr ? "found" : "not linked into the program");
    player.map_end();
  }
  bool chosen = location.linked != nullptr;
  for (const SearchFinding& finding : location.findings) {
    player.map_begin();
    player.field("source", finding.place->source);
    if (!finding.path.empty()) player.field("path", finding.path);
    const bool hidden = finding.found && chosen;
    player.field("result", finding.comment + (hidden ? ", but hidden by the one above" : ""));
    player.map_end();
    chosen = chosen || finding.found;
  }
  player.list_end();
}

}  // namespace

std::vector<const Plugin*> plugins_of_kind(const Registry& registry, int32_t kind) {
  std::vector<const Plugin*> found;
  const auto add = [&](const Plugin& plugin) {
    if (plugin.info.kind == kind) found.push_back(&plugin);
  };
  for (const Plugin* plugin : static_plugins()) add(*plugin);
  for (const SearchPlace& place : registry.places()) {
    for (const std::string& path : plugin_files(place)) {
      const PluginFile* file = nullptr;
      coffer_sink ignored;  // list_plugins is where broken files are told of
      if (failed(load_library(path, file, ignored))) continue;
      for (const Plugin& plugin : file->plugins) add(plugin);
    }
  }
  return found;
}

coffer_status list_plugins(const Registry& registry, const coffer_visitor* into) {
  Player player(into);
  player.list_begin();
  for (const Plugin* plugin : static_plugins()) play_listed(player, registry, *plugin);
  std::vector<const PluginFile*> listed;  // one file may have several names
  for (const SearchPlace& place : registry.places()) {
    for (const std::string& path : plugin_files(place)) {
      const PluginFile* file = nullptr;
      coffer_sink sink;
      if (failed(load_library(path, file, sink))) {
        play_broken(player, path, sink);
      } else if (std::find(listed.begin(), listed.end(), file) == listed.end()) {
        listed.push_back(file);
        for (const Plugin& plugin : file->plugins) play_listed(player, registry, plugin);
      }
    }
  }
  player.list_end();
  return player.status();
}

coffer_status explain_plugin(const Registry& registry, std::string_view name,
                             const coffer_visitor* into) {
  coffer_sink sink;
  Location location;
  const Plugin* plugin = nullptr;
  coffer_status status = registry.check_allowed(name, sink);
  if (!failed(status)) status = locate(registry.places(), name, location, sink);
  if (!failed(status)) {
    status = load(registry.places(), location, kAnyKind, name, plugin, sink);
  }
  Player player(into);
  player.map_begin();
  player.field("name", name);
  player.field("found", !failed(status));
  play_places(player, location);
  if (failed(status)) {
    play_error(player, sink);
  } else {
    player.key("plugin");
    play_plugin(player, *plugin);
  }
  player.map_end();
  return player.status();
}

}  // namespace coffer::core
