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

// Adds plugins linked into the program, for all runtimes: found before any file. [any-thread]
coffer_status register_static(coffer_plugin_info_fn info, coffer_plugin_create_fn create,
                              coffer_sink& sink);

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

  // Plays what coffer_plugins_list and coffer_plugins_explain promise.
  coffer_status list(const coffer_visitor* into) const;
  coffer_status explain(std::string_view name, const coffer_visitor* into) const;

 private:
  struct Used {
    std::string name;
    const Plugin* plugin;
  };

  coffer_status resolve(int32_t kind, std::string_view name, const Plugin*& out,
                        coffer_sink& sink) const;

  std::vector<SearchPlace> places_;
  AppendList<Used> used_;
};

}  // namespace coffer::core

#endif  // COFFER_CORE_LOADER_REGISTRY_H_
