// From a name to a plugin, in two steps that are never mixed: where it is, then what it is.
#ifndef COFFER_CORE_LOADER_RESOLVE_H_
#define COFFER_CORE_LOADER_RESOLVE_H_

#include <string>
#include <string_view>
#include <vector>

#include "core/error/error.h"
#include "core/loader/plugin.h"
#include "core/loader/search.h"

namespace coffer::core {

// Any kind of plugin will do.
inline constexpr int32_t kAnyKind = 0;

// Where a name was found, or that it was not.
struct Location {
  const Plugin* linked = nullptr;       // a static plugin
  std::string path;                     // else the file to load, "" if there is none
  std::string id;                       // the plugin wanted in it, "" for the only one of its kind
  std::vector<SearchFinding> findings;  // every folder looked at; none if the name is a path
};

// First step. Fails if the name cannot be one ("search").
coffer_status locate(const std::vector<SearchPlace>& places, std::string_view name, Location& out,
                     coffer_sink& sink);

// Second step: loads the file and takes the plugin of this kind. `places` are for the message if
// there is nothing to load.
coffer_status load(const std::vector<SearchPlace>& places, const Location& location, int32_t kind,
                   std::string_view name, const Plugin*& out, coffer_sink& sink);

}  // namespace coffer::core

#endif  // COFFER_CORE_LOADER_RESOLVE_H_
