// Where plugins are looked for. Looking opens nothing: what is found is loaded elsewhere, so that
// "not there" and "there, but broken" are never mixed up.
#ifndef COFFER_CORE_LOADER_SEARCH_H_
#define COFFER_CORE_LOADER_SEARCH_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace coffer::core {

// One place of the search list. Without a folder nothing is looked at, and `note` says why: a place
// that is switched off is listed too, so that a user learns how to switch it on.
struct SearchPlace {
  std::string source;  // "plugin_path", "COFFER_PLUGIN_PATH", "beside libcoffer"
  std::string folder;  // absolute
  std::string note;
  std::vector<std::string> excluded = {};  // paths of files in it that are passed over
};

// What a search list is made of; from_process() is the real one, tests make their own.
struct SearchEnvironment {
  std::optional<std::string> plugin_path_variable;  // COFFER_PLUGIN_PATH
  bool privileged = false;                          // setuid: the environment is not trusted
  std::string library;                              // path of libcoffer, "" if unknown

  static SearchEnvironment from_process();
};

// The list documented in coffer/plugins.h, static plugins apart. `plugin_path` is the runtime's
// option: folders separated by ':'. Relative folders are resolved now, empty ones are skipped.
std::vector<SearchPlace> search_list(std::string_view plugin_path,
                                     const SearchEnvironment& environment);

// "libcoffer_lru.so" for "lru".
std::string plugin_file_name(std::string_view name);

// "lru" for "libcoffer_lru.so"; "" for what is no name of a plugin's file.
std::string_view plugin_name_of(std::string_view file_name);

// Leaves out the files of `list`, paths separated by ':'.
void exclude_files(std::string_view list, std::vector<SearchPlace>& places);

// Paths of the plugin files at a place, sorted by name; nothing if its folder cannot be read.
std::vector<std::string> plugin_files(const SearchPlace& place);

// What is at one place under a plugin's name.
struct SearchFinding {
  const SearchPlace* place;
  std::string path;     // where it would be, "" if the place has no folder
  bool found;           // there is a file (or something else) of that name
  std::string comment;  // "not there", "no such folder", "COFFER_PLUGIN_PATH is not set", …
};

// Why others than the owner can replace a plugin's file: "it is world-writable", "its folder is
// world-writable"; "" if they cannot. A sticky folder (as /tmp is) protects the files in it.
std::string writable_by_others(const std::string& path);

// Looks at every place in order, also behind the first find.
std::vector<SearchFinding> look_up(const std::vector<SearchPlace>& places, std::string_view name);

}  // namespace coffer::core

#endif  // COFFER_CORE_LOADER_SEARCH_H_
