#include "core/loader/search.h"

#include <dirent.h>
#include <dlfcn.h>
#include <sys/auxv.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <system_error>
#include <utility>

#include "core/loader/plugin.h"

namespace coffer::core {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kFilePrefix = "libcoffer_";
constexpr std::string_view kFileSuffix = ".so";

// The file that this code was loaded from, without symbolic links; "" if it cannot be told.
std::string own_file() {
  Dl_info info = {};
  if (dladdr(reinterpret_cast<const void*>(&own_file), &info) == 0) return "";
  const std::string_view name = info.dli_fname != nullptr ? info.dli_fname : "";
  // The main program is known by how it was called, which may be a bare name found in PATH.
  const bool is_path = name.find('/') != std::string_view::npos;
  std::error_code error;
  const fs::path real = fs::canonical(is_path ? fs::path(name) : "/proc/self/exe", error);
  return error ? "" : real.string();
}

// The note of a list without a folder.
std::string why_none(const std::string& what, std::string_view list) {
  return "the " + what + (list.empty() ? " is not set" : " names no folder");
}

// The paths of a list separated by ':', absolute. An empty element would mean the current folder,
// which nobody means when a variable is unset: it is left out.
std::vector<std::string> paths_of(std::string_view list) {
  std::vector<std::string> paths;
  while (!list.empty()) {
    const size_t colon = std::min(list.find(':'), list.size());
    const std::string path(list.substr(0, colon));
    list.remove_prefix(std::min(colon + 1, list.size()));
    if (path.empty()) continue;
    std::error_code error;
    const fs::path absolute = fs::absolute(path, error);
    paths.push_back(error ? path : absolute.lexically_normal().string());
  }
  return paths;
}

void add_folders(const std::string& source, std::string_view list, std::vector<SearchPlace>& out) {
  for (std::string& folder : paths_of(list)) out.push_back({source, std::move(folder), ""});
}

bool is_excluded(const SearchPlace& place, const std::string& path) {
  return std::find(place.excluded.begin(), place.excluded.end(), path) != place.excluded.end();
}

std::string found_comment(const std::string& path) {
  const std::string risk = writable_by_others(path);
  return risk.empty() ? "found" : "found, but anybody may replace it: " + risk;
}

SearchFinding look_at(const SearchPlace& place, const std::string& file_name) {
  SearchFinding finding = {&place, "", false, place.note};
  if (place.folder.empty()) return finding;
  finding.path = place.folder + "/" + file_name;
  std::error_code error;
  const fs::file_status folder = fs::status(place.folder, error);
  if (!fs::exists(folder)) {
    finding.comment =
        error && folder.type() == fs::file_type::none ? error.message() : "no such folder";
  } else if (!fs::is_directory(folder)) {
    finding.comment = "not a folder";
  } else {
    // Also a dangling link is something of that name, which its user will want to hear of.
    const fs::file_status file = fs::symlink_status(finding.path, error);
    finding.found = fs::exists(file);
    finding.comment = finding.found                             ? found_comment(finding.path)
                      : file.type() == fs::file_type::not_found ? "not there"
                                                                : error.message();
    if (finding.found && is_excluded(place, finding.path)) {
      finding.found = false;
      finding.comment = "excluded by the runtime option plugin_exclude";
    }
  }
  return finding;
}

}  // namespace

SearchEnvironment SearchEnvironment::from_process() {
  SearchEnvironment environment;
  environment.privileged = getauxval(AT_SECURE) != 0;
  if (const char* value = secure_getenv("COFFER_PLUGIN_PATH")) {
    environment.plugin_path_variable = value;
  }
  environment.library = own_file();
  return environment;
}

std::vector<SearchPlace> search_list(std::string_view plugin_path,
                                     const SearchEnvironment& environment) {
  std::vector<SearchPlace> out;
  add_folders("plugin_path", plugin_path, out);
  if (out.empty()) out.push_back({"plugin_path", "", why_none("runtime option", plugin_path)});

  const std::string variable = "COFFER_PLUGIN_PATH";
  const size_t before = out.size();
  if (environment.privileged) {
    out.push_back({variable, "", "ignored, because this program runs with raised privileges"});
  } else {
    const std::string list = environment.plugin_path_variable.value_or("");
    add_folders(variable, list, out);
    if (out.size() == before) out.push_back({variable, "", why_none("variable", list)});
  }

  const std::string beside = "beside libcoffer";
  if (environment.library.empty()) {
    out.push_back({beside, "", "the path of libcoffer is not known"});
  } else {
    const std::string folder = fs::path(environment.library).parent_path().string();
    out.push_back({beside, folder + "/coffer", ""});
    out.push_back({beside, folder, ""});
  }
  return out;
}

std::string writable_by_others(const std::string& path) {
  struct stat file = {};
  struct stat folder = {};
  if (stat(path.c_str(), &file) == 0 && (file.st_mode & S_IWOTH) != 0) {
    return "it is world-writable";
  }
  const fs::path parent = fs::path(path).parent_path();
  if (stat(parent.empty() ? "." : parent.c_str(), &folder) == 0 &&
      (folder.st_mode & S_IWOTH) != 0 && (folder.st_mode & S_ISVTX) == 0) {
    return "its folder is world-writable";
  }
  return "";
}

std::string plugin_file_name(std::string_view name) {
  return std::string(kFilePrefix).append(name).append(kFileSuffix);
}

std::string_view plugin_name_of(std::string_view file_name) {
  if (!file_name.starts_with(kFilePrefix) || !file_name.ends_with(kFileSuffix)) return "";
  if (file_name.size() < kFilePrefix.size() + kFileSuffix.size()) return "";
  file_name.remove_prefix(kFilePrefix.size());
  file_name.remove_suffix(kFileSuffix.size());
  return is_plugin_name(file_name) ? file_name : "";
}

void exclude_files(std::string_view list, std::vector<SearchPlace>& places) {
  const std::vector<std::string> paths = paths_of(list);
  for (SearchPlace& place : places) place.excluded = paths;
}

namespace {

// The names in a folder, none if it cannot be read. (A std::filesystem::directory_iterator that
// reports by an error_code ends the process when memory runs out.)
std::vector<std::string> names_in(const std::string& folder) {
  const std::unique_ptr<DIR, int (*)(DIR*)> files(opendir(folder.c_str()), closedir);
  std::vector<std::string> out;
  if (files == nullptr) return out;
  while (const dirent* const file = readdir(files.get())) out.emplace_back(file->d_name);
  return out;
}

}  // namespace

std::vector<std::string> plugin_files(const SearchPlace& place) {
  std::vector<std::string> out;
  for (const std::string& name : names_in(place.folder)) {
    if (plugin_name_of(name).empty()) continue;
    const std::string path = (fs::path(place.folder) / name).string();
    if (!is_excluded(place, path)) out.push_back(path);
  }
  // The order of a folder's entries is the file system's whim.
  std::sort(out.begin(), out.end());
  return out;
}

std::vector<SearchFinding> look_up(const std::vector<SearchPlace>& places, std::string_view name) {
  std::vector<SearchFinding> out;
  const std::string file_name = plugin_file_name(name);
  for (const SearchPlace& place : places) out.push_back(look_at(place, file_name));
  return out;
}

}  // namespace coffer::core
