#include "bindings/cli/probe.h"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "bindings/cli/handles.h"
#include "bindings/cli/tree.h"
#include "coffer/plugins.h"

namespace coffer::cli {
namespace {

namespace fs = std::filesystem;

// Folders of the search list, from what it says of any name.
std::vector<fs::path> search_folders(coffer_runtime* runtime) {
  TreeBuilder builder;
  Error error;
  check(coffer_plugins_explain(runtime, "x", builder.visitor(), error.slot()), error);
  const Tree answer = builder.take();
  const Tree* places = answer.find("places");
  std::vector<fs::path> folders;
  for (size_t i = 0; places != nullptr && i < places->items.size(); ++i) {
    const fs::path file(places->items[i].text_at("path"));
    if (!file.empty()) folders.push_back(file.parent_path());
  }
  return folders;
}

std::vector<std::string> plugin_files(const fs::path& folder) {
  std::vector<std::string> files;
  std::error_code error;
  for (fs::directory_iterator i(folder, error); !error && i != fs::directory_iterator();
       i.increment(error)) {
    const std::string name = i->path().filename().string();
    if (name.starts_with("libcoffer_") && name.ends_with(".so")) files.push_back(i->path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

// How a process ended that loaded the file; "" if it came back.
std::string end_of_loader(coffer_runtime* runtime, const std::string& path) {
  const pid_t child = fork();
  if (child < 0) return "";
  if (child == 0) {
    TreeBuilder ignored;
    coffer_plugins_explain(runtime, path.c_str(), ignored.visitor(), nullptr);
    _exit(0);  // without the plugin's own handlers
  }
  int state = 0;
  while (waitpid(child, &state, 0) < 0 && errno == EINTR) {
  }
  if (WIFSIGNALED(state)) {
    const int signal = WTERMSIG(state);
    return "signal " + std::to_string(signal) + " (" + strsignal(signal) + ")";
  }
  const int code = WEXITSTATUS(state);
  return code == 0 ? "" : "exit code " + std::to_string(code);
}

}  // namespace

std::vector<DeadlyPlugin> find_deadly_plugins(coffer_runtime* runtime) {
  std::vector<DeadlyPlugin> deadly;
  for (const fs::path& folder : search_folders(runtime)) {
    for (const std::string& path : plugin_files(folder)) {
      std::string how = end_of_loader(runtime, path);
      if (!how.empty()) deadly.push_back({path, std::move(how)});
    }
  }
  return deadly;
}

}  // namespace coffer::cli
