#include "core/loader/search.h"

#include <dlfcn.h>
#include <sys/auxv.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <system_error>

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

// Adds the folders of a list separated by ':'.
void add_folders(const std::string& source, std::string_view list, std::vector<SearchPlace>& out) {
  while (!list.empty()) {
    const size_t colon = std::min(list.find(':'), list.size());
    const std::string folder(list.substr(0, colon));
    list.remove_prefix(std::min(colon + 1, list.size()));
    // An empty element would mean the current folder: nobody means that when a variable is unset.
    if (folder.empty()) continue;
    std::error_code error;
    const fs::path absolute = fs::absolute(folder, error);
    out.push_back({source, error ? folder : absolute.lexically_normal().string(), ""});
  }
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
    finding.comment = finding.found                             ? "found"
                      : file.type() == fs::file_type::not_found ? "not there"
                                                                : error.message();
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
  if (out.empty()) out.push_back({"plugin_path", "", "the runtime option is not set"});

  const std::string variable = "COFFER_PLUGIN_PATH";
  const size_t before = out.size();
  if (environment.privileged) {
    out.push_back({variable, "", "ignored, because this program runs with raised privileges"});
  } else {
    add_folders(variable, environment.plugin_path_variable.value_or(""), out);
    if (out.size() == before) out.push_back({variable, "", "the variable is not set"});
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

std::vector<std::string> plugin_files(const std::string& folder) {
  std::vector<std::string> out;
  std::error_code error;
  fs::directory_iterator files(folder, error);
  for (; !error && files != fs::directory_iterator(); files.increment(error)) {
    const fs::path& path = files->path();
    if (!plugin_name_of(path.filename().native()).empty()) out.push_back(path.string());
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
