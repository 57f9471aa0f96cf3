#include "core/loader/registry.h"

#include <utility>

#include "core/loader/resolve.h"

namespace coffer::core {

Registry::Registry(std::string_view plugin_path)
    : Registry(search_list(plugin_path, SearchEnvironment::from_process())) {}

coffer_status Registry::find(int32_t kind, std::string_view name, const Plugin*& out,
                             coffer_sink& sink) {
  const auto same = [&](const Used& used) { return used.kind == kind && used.name == name; };
  if (const Used* used = used_.find(same)) {
    out = used->plugin;
    return COFFER_OK;
  }
  Location location;
  coffer_status status = locate(places_, name, location, sink);
  const Plugin* plugin = nullptr;
  if (!failed(status)) status = load(places_, location, kind, name, plugin, sink);
  if (failed(status)) return status;
  // Another thread may have resolved the name meanwhile: then its answer stands.
  out = used_.insert_if_absent({kind, std::string(name), plugin}, same).first->plugin;
  return COFFER_OK;
}

}  // namespace coffer::core
