#include "core/loader/resolve.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "core/config/nearest.h"
#include "core/config/text.h"
#include "core/loader/library.h"
#include "core/loader/static_plugins.h"

namespace coffer::core {
namespace {

coffer_status refuse(coffer_status status, std::string message, std::string_view name,
                     coffer_sink& sink) {
  sink.fail(status, std::move(message));
  sink.detail("plugin", name).detail("phase", "search");
  return status;
}

// "; did you mean 'lru'?" among everything that the places have a file for.
std::string suggestion(const std::vector<SearchPlace>& places, std::string_view name) {
  std::vector<std::string> known;
  for (const Plugin* plugin : static_plugins()) known.emplace_back(plugin->id());
  for (const SearchPlace& place : places) {
    for (const std::string& path : plugin_files(place)) {
      known.emplace_back(plugin_name_of(std::filesystem::path(path).filename().native()));
    }
  }
  const std::vector<std::string_view> names(known.begin(), known.end());
  return did_you_mean(name, names);
}

coffer_status refuse_missing(const std::vector<SearchPlace>& places, const Location& location,
                             int32_t kind, std::string_view name, coffer_sink& sink) {
  const std::string hint = suggestion(places, name);
  std::string message = std::string(kind_name(kind)) + " '" + std::string(name) + "' was not found";
  message += hint.empty() ? "." : hint;
  message += " Looked at: plugins linked into the program";
  for (const SearchFinding& finding : location.findings) {
    message += "; " + (finding.path.empty() ? "" : finding.path + " ") + "(" +
               finding.place->source + "): " + finding.comment;
  }
  return refuse(COFFER_NOT_FOUND, std::move(message), name, sink);
}

std::string a_kind(int32_t kind) { return "a " + std::string(kind_name(kind)); }

coffer_status check_kind(const Plugin& plugin, int32_t kind, coffer_sink& sink) {
  if (kind == kAnyKind || plugin.info.kind == kind) return COFFER_OK;
  const coffer_status status =
      refuse(COFFER_INVALID_ARGUMENT,
             "plugin '" + std::string(plugin.id()) + "' (" + plugin.path + ") is " +
                 a_kind(plugin.info.kind) + "; " + a_kind(kind) + " is needed here",
             plugin.id(), sink);
  sink.detail("path", plugin.path);
  return status;
}

// "json (serializer), redis (store)".
std::string contents(const PluginFile& file) {
  std::string out;
  for (const Plugin& plugin : file.plugins) {
    out.append(out.empty() ? "" : ", ").append(plugin.id());
    out.append(" (").append(kind_name(plugin.info.kind)).append(")");
  }
  return out;
}

// The plugin `id` of a file; without an id the only one of the kind.
coffer_status choose(const PluginFile& file, std::string_view id, int32_t kind, const Plugin*& out,
                     coffer_sink& sink) {
  const auto matches = [&](const Plugin& plugin) {
    return id.empty() ? kind == kAnyKind || plugin.info.kind == kind : plugin.id() == id;
  };
  const auto first = std::find_if(file.plugins.begin(), file.plugins.end(), matches);
  const auto count = std::count_if(file.plugins.begin(), file.plugins.end(), matches);
  if (count == 1) {
    out = &*first;
    return check_kind(*out, kind, sink);
  }
  const std::string wanted(id.empty() ? kind_name(kind) : "'" + std::string(id) + "'");
  const std::string why =
      count == 0 ? "it holds no " + wanted + ", but " : "name one of its plugins as PATH#ID: ";
  const coffer_status status =
      refuse(count == 0 ? COFFER_NOT_FOUND : COFFER_INVALID_ARGUMENT,
             file.path + ": " + why + contents(file), id.empty() ? kind_name(kind) : id, sink);
  sink.detail("path", file.path);
  return status;
}

}  // namespace

coffer_status locate(const std::vector<SearchPlace>& places, std::string_view name, Location& out,
                     coffer_sink& sink) {
  if (const size_t slash = name.rfind('/'); slash != std::string_view::npos) {
    const size_t hash = std::min(name.find('#', slash), name.size());
    out.path = name.substr(0, hash);
    out.id = name.substr(std::min(hash + 1, name.size()));
    return COFFER_OK;
  }
  if (!is_plugin_name(name)) {
    return refuse(
        COFFER_INVALID_ARGUMENT,
        quoted(name) + " is no name of a plugin ([a-z][a-z0-9_]*)" + suggestion(places, name), name,
        sink);
  }
  out.linked = find_static(name);
  out.findings = look_up(places, name);
  out.id = name;
  if (out.linked != nullptr) return COFFER_OK;
  const auto first = std::find_if(out.findings.begin(), out.findings.end(),
                                  [](const SearchFinding& finding) { return finding.found; });
  if (first != out.findings.end()) out.path = first->path;
  return COFFER_OK;
}

coffer_status load(const std::vector<SearchPlace>& places, const Location& location, int32_t kind,
                   std::string_view name, const Plugin*& out, coffer_sink& sink) {
  if (location.linked != nullptr) {
    out = location.linked;
    return check_kind(*out, kind, sink);
  }
  if (location.path.empty()) return refuse_missing(places, location, kind, name, sink);
  const PluginFile* file = nullptr;
  coffer_status status = load_library(location.path, file, sink);
  if (failed(status)) {
    // The first file of that name counts: to pass over a broken one would hide it.
    sink.detail("plugin", name);
    sink.prefix(std::string(kind_name(kind)) + " '" + std::string(name) + "'");
    return status;
  }
  return choose(*file, location.id, kind, out, sink);
}

}  // namespace coffer::core
