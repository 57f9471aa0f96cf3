#include "core/loader/static_plugins.h"

#include <algorithm>
#include <string>
#include <utility>

#include "core/loader/append_list.h"

namespace coffer::core {
namespace {

constexpr std::string_view kPath = "static";

// Never destroyed: a plugin may be used until the last static object of the program is gone.
AppendList<PluginFile>& registrations() {
  static auto* const list = new AppendList<PluginFile>();
  return *list;
}

const Plugin* find_in(const PluginFile& file, std::string_view id) {
  const auto found = std::find_if(file.plugins.begin(), file.plugins.end(),
                                  [&](const Plugin& plugin) { return plugin.id() == id; });
  return found == file.plugins.end() ? nullptr : &*found;
}

}  // namespace

coffer_status register_static(coffer_plugin_info_fn info, coffer_plugin_create_fn create,
                              coffer_sink& sink) {
  PluginFile file;
  if (auto status = inspect(kPath, info, create, file, sink); failed(status)) return status;
  std::vector<std::string> ids;
  for (const Plugin& plugin : file.plugins) ids.emplace_back(plugin.id());
  std::string taken;
  const auto shares_an_id = [&](const PluginFile& other) {
    const auto id = std::find_if(ids.begin(), ids.end(),
                                 [&](const auto& mine) { return find_in(other, mine) != nullptr; });
    if (id != ids.end()) taken = *id;
    return id != ids.end();
  };
  if (!registrations().insert_if_absent(std::move(file), shares_an_id).second) {
    const coffer_status status = sink.fail(
        COFFER_INVALID_STATE, "a plugin '" + taken + "' is registered already; register each once");
    sink.detail("plugin", taken);
    return status;
  }
  return COFFER_OK;
}

const Plugin* find_static(std::string_view id) {
  const Plugin* found = nullptr;
  registrations().find(
      [&](const PluginFile& file) { return (found = find_in(file, id)) != nullptr; });
  return found;
}

std::vector<const Plugin*> static_plugins() {
  std::vector<const Plugin*> out;
  registrations().each([&](const PluginFile& file) {
    for (auto plugin = file.plugins.rbegin(); plugin != file.plugins.rend(); ++plugin) {
      out.push_back(&*plugin);
    }
  });
  std::reverse(out.begin(), out.end());
  return out;
}

}  // namespace coffer::core
