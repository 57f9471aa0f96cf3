// Folders and plugin files for tests of the loader.
#ifndef COFFER_CORE_LOADER_TESTING_FILES_H_
#define COFFER_CORE_LOADER_TESTING_FILES_H_

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "core/error/error.h"
#include "core/loader/search.h"

namespace coffer::core {

// A folder that is gone with the object.
class TemporaryFolder {
 public:
  TemporaryFolder() : path_(testing::TempDir() + "/coffer_XXXXXX") {
    if (mkdtemp(path_.data()) == nullptr) ADD_FAILURE() << "mkdtemp " << path_;
    path_ = std::filesystem::canonical(path_);
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::string& path() const { return path_; }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

// The folder of testdata's plugins.
inline std::string testdata() {
  const char* folder = getenv("COFFER_TEST_PLUGINS");
  EXPECT_NE(folder, nullptr) << "COFFER_TEST_PLUGINS is not set";
  return folder != nullptr ? std::filesystem::canonical(folder).string() : "";
}

// The file of one of testdata's plugins.
inline std::string test_plugin(const std::string& name) {
  return testdata() + "/" + plugin_file_name(name);
}

inline std::string read_file(const std::string& path) {
  std::ostringstream content;
  content << std::ifstream(path, std::ios::binary).rdbuf();
  return content.str();
}

inline void write_file(const std::string& path, const std::string& content) {
  std::ofstream(path, std::ios::binary) << content;
}

inline std::vector<SearchPlace> only(const std::string& folder) {
  return {{"plugin_path", folder, ""}};
}

inline std::string message_of(const coffer_sink& sink) {
  return sink.error != nullptr ? sink.error->message : "";
}

inline std::string detail_of(const coffer_sink& sink, std::string_view name) {
  const char* text = sink.error != nullptr ? sink.error->detail(name) : nullptr;
  return text != nullptr ? text : "";
}

}  // namespace coffer::core

#endif  // COFFER_CORE_LOADER_TESTING_FILES_H_
