// Which plugin a name means, for one runtime.
#ifndef COFFER_CORE_LOADER_REGISTRY_H_
#define COFFER_CORE_LOADER_REGISTRY_H_

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error/error.h"
#include "core/loader/append_list.h"
#include "core/loader/plugin.h"
#include "core/loader/search.h"

namespace coffer::core {

// All functions are [any-thread].
class Registry {
 public:
  // Whether the name of a plugin may be the path of a file.
  enum class Paths { kRefused, kAllowed };
  // Told once of each plugin in use that others than its owner may replace.
  using Warn = std::function<void(const Plugin& plugin, const std::string& message)>;

  // All but `warn` are options of the runtime.
  Registry(std::string_view plugin_path, std::string_view plugin_exclude, Paths paths, Warn warn);
  explicit Registry(std::vector<SearchPlace> places, Paths paths = Paths::kAllowed)
      : places_(std::move(places)), paths_(paths) {}

  // The plugin of this kind (COFFER_KIND_*) and name; it lives until the process ends. Once found,
  // a name means the same plugin for the life of the registry. A name with a '/' is the path of a
  // file, and "PATH#ID" one plugin of several in it; COFFER_DENIED if paths are refused.
  coffer_status find(int32_t kind, std::string_view name, const Plugin*& out, coffer_sink& sink);

  const std::vector<SearchPlace>& places() const { return places_; }

  // COFFER_DENIED for a path if those are refused.
  coffer_status check_allowed(std::string_view name, coffer_sink& sink) const;

  // Visits every plugin that find() has handed out, the latest first.
  template <typename Visit>
  void each_used(Visit&& visit) const {
    used_.each([&](const Used& used) { visit(*used.plugin); });
  }

 private:
  struct Used {
    int32_t kind;
    std::string name;
    const Plugin* plugin;
  };

  std::vector<SearchPlace> places_;
  const Paths paths_;
  const Warn warn_;
  AppendList<Used> used_;
};

}  // namespace coffer::core

#endif  // COFFER_CORE_LOADER_REGISTRY_H_
