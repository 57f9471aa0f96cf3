// The file under test, loaded as the host loads it.
#ifndef COFFER_PLUGINS_CONFORMANCE_PLUGIN_FILE_H_
#define COFFER_PLUGINS_CONFORMANCE_PLUGIN_FILE_H_

#include <string>
#include <vector>

#include "coffer/plugin/plugin.h"

namespace coffer::conformance {

// Sizes that the first release has. They stay when the structs grow.
inline constexpr uint32_t kFirstInfoSize = 72;
inline constexpr uint32_t kFirstStoreSize = 120;
inline constexpr uint32_t kFirstStrategySize = 104;
inline constexpr uint32_t kFirstSerializerSize = 48;
inline constexpr uint32_t kFirstCodecSize = 40;
inline constexpr uint32_t kFirstAsyncSize = 24;
inline constexpr uint32_t kLargestSize = 4096;  // above this a size is garbage

// More plugins than this in one file are taken for an info function that never ends.
inline constexpr size_t kMostPlugins = 256;

class PluginFile {
 public:
  // Loads with NOW|LOCAL and finds the two functions. Never unloaded.
  explicit PluginFile(std::string path);

  bool ok() const { return error_.empty(); }
  const std::string& error() const { return error_; }
  const std::string& path() const { return path_; }

  // Callable only if ok().
  coffer_plugin_info_fn info() const { return info_; }
  coffer_plugin_create_fn create() const { return create_; }

  // All plugins of the file.
  std::vector<const coffer_plugin_info*> plugins() const;

 private:
  std::string path_;
  std::string error_;
  coffer_plugin_info_fn info_ = nullptr;
  coffer_plugin_create_fn create_ = nullptr;
};

const char* kind_name(int32_t kind);

}  // namespace coffer::conformance

#endif  // COFFER_PLUGINS_CONFORMANCE_PLUGIN_FILE_H_
