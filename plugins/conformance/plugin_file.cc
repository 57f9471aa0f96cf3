#include "plugins/conformance/plugin_file.h"

#include <dlfcn.h>

namespace coffer::conformance {

PluginFile::PluginFile(std::string path) : path_(std::move(path)) {
  // A path without a slash would be searched for by the system's linker.
  const std::string exact = path_.find('/') == std::string::npos ? "./" + path_ : path_;
  void* file = dlopen(exact.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (file == nullptr) {
    error_ = dlerror();
    return;
  }
  info_ = reinterpret_cast<coffer_plugin_info_fn>(dlsym(file, "coffer_plugin_info_v1"));
  create_ = reinterpret_cast<coffer_plugin_create_fn>(dlsym(file, "coffer_plugin_create_v1"));
  if (info_ == nullptr) {
    error_ = "the function coffer_plugin_info_v1 is missing";
  } else if (create_ == nullptr) {
    error_ = "the function coffer_plugin_create_v1 is missing";
  } else if (info_(0) == nullptr) {
    error_ = "coffer_plugin_info_v1(0) is NULL: the file holds no plugin";
  }
}

std::vector<const coffer_plugin_info*> PluginFile::plugins() const {
  std::vector<const coffer_plugin_info*> all;
  while (all.size() < kMostPlugins) {
    const coffer_plugin_info* info = info_(all.size());
    if (info == nullptr) break;
    all.push_back(info);
  }
  return all;
}

const char* kind_name(int32_t kind) {
  switch (kind) {
    case COFFER_KIND_STORE: return "store";
    case COFFER_KIND_STRATEGY: return "strategy";
    case COFFER_KIND_SERIALIZER: return "serializer";
    case COFFER_KIND_CODEC: return "codec";
    default: return "unknown";
  }
}

}  // namespace coffer::conformance
