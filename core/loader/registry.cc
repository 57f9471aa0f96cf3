#include "core/loader/registry.h"

#include <utility>

#include "core/config/text.h"
#include "core/loader/resolve.h"

namespace coffer::core {

Registry::Registry(std::string_view plugin_path, std::string_view plugin_exclude, Paths paths,
                   Warn warn)
    : places_(search_list(plugin_path, SearchEnvironment::from_process())),
      paths_(paths),
      warn_(std::move(warn)) {
  exclude_files(plugin_exclude, places_);
}

coffer_status Registry::check_allowed(std::string_view name, coffer_sink& sink) const {
  if (paths_ == Paths::kAllowed || name.find('/') == std::string_view::npos) return COFFER_OK;
  sink.fail(COFFER_DENIED,
            quoted(name) +
                " is the path of a file. Plugins are found by name in the search list; set the "
                "runtime's option plugin_files to load them by path, too");
  sink.detail("plugin", name).detail("phase", "search");
  return COFFER_DENIED;
}

coffer_status Registry::find(int32_t kind, std::string_view name, const Plugin*& out,
                             coffer_sink& sink) {
  const auto same = [&](const Used& used) { return used.kind == kind && used.name == name; };
  if (const Used* used = used_.find(same)) {
    out = used->plugin;
    return COFFER_OK;
  }
  Location location;
  coffer_status status = check_allowed(name, sink);
  if (!failed(status)) status = locate(places_, name, location, sink);
  const Plugin* plugin = nullptr;
  if (!failed(status)) status = load(places_, location, kind, name, plugin, sink);
  if (failed(status)) return status;
  // Another thread may have resolved the name meanwhile: then its answer stands.
  const auto [used, is_new] = used_.insert_if_absent({kind, std::string(name), plugin}, same);
  out = used->plugin;
  if (is_new && warn_) {
    if (const std::string risk = writable_by_others(out->path); !risk.empty()) {
      warn_(*out, out->path + ": anybody on this machine may replace this plugin: " + risk);
    }
  }
  return COFFER_OK;
}

}  // namespace coffer::core
