#include "bindings/cli/runfiles.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <vector>

namespace coffer::cli {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> runfiles_folders(const char* program) {
  std::vector<fs::path> folders;
  for (const char* variable : {"RUNFILES_DIR", "TEST_SRCDIR"}) {
    if (const char* folder = std::getenv(variable)) folders.emplace_back(folder);
  }
  std::error_code error;
  for (const fs::path& self : {fs::path(program), fs::read_symlink("/proc/self/exe", error)}) {
    folders.push_back(self.string() + ".runfiles");
    // Started from within the runfiles of another program: the folder is one of our parents.
    for (fs::path parent = self; parent.has_relative_path(); parent = parent.parent_path()) {
      if (parent.extension() == ".runfiles") folders.push_back(parent);
    }
  }
  return folders;
}

}  // namespace

std::string runfile(const char* program, const std::string& path) {
  for (const fs::path& folder : runfiles_folders(program)) {
    // Below it is a folder for each workspace, and ours has different names in different ones.
    std::error_code error;
    for (const auto& workspace : fs::directory_iterator(folder, error)) {
      const fs::path file = workspace.path() / path;
      if (fs::exists(file, error)) return fs::absolute(file, error).string();
    }
  }
  return "";
}

void enter_runfiles(const char* program) {
  const std::string plugins = runfile(program, "plugins/bundled");
  if (plugins.empty()) return;
  const char* present = std::getenv("COFFER_PLUGIN_PATH");
  const std::string before = present != nullptr && *present ? std::string(present) + ':' : "";
  setenv("COFFER_PLUGIN_PATH", (before + plugins).c_str(), 1);
  const char* folder = std::getenv("BUILD_WORKING_DIRECTORY");
  if (folder != nullptr) std::ignore = chdir(folder);
}

}  // namespace coffer::cli
