// Which plugin a name means, for one runtime.
#ifndef COFFER_CORE_LOADER_REGISTRY_H_
#define COFFER_CORE_LOADER_REGISTRY_H_

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
  // `plugin_path` is the runtime's option.
  explicit Registry(std::string_view plugin_path);
  explicit Registry(std::vector<SearchPlace> places) : places_(std::move(places)) {}

  // The plugin of this kind (COFFER_KIND_*) and name; it lives until the process ends. Once found,
  // a name means the same plugin for the life of the registry. A name with a '/' is the path of a
  // file, and "PATH#ID" one plugin of several in it.
  coffer_status find(int32_t kind, std::string_view name, const Plugin*& out, coffer_sink& sink);

  const std::vector<SearchPlace>& places() const { return places_; }

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
  AppendList<Used> used_;
};

}  // namespace coffer::core

#endif  // COFFER_CORE_LOADER_REGISTRY_H_
