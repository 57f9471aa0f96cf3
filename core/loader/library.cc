#include "core/loader/library.h"

#include <dlfcn.h>
#include <sys/stat.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "core/loader/append_list.h"
#include "core/loader/elf.h"

namespace coffer::core {
namespace {

// One file on disk, whatever its names.
struct FileId {
  dev_t device = 0;
  ino_t inode = 0;
  bool operator==(const FileId&) const = default;
};

struct Library {
  FileId id;
  PluginFile file;
};

// Every plugin file this process has opened. Never destroyed: plugins may have threads, and those
// may still be running when static objects go.
AppendList<Library>& libraries() {
  static auto* const list = new AppendList<Library>();
  return *list;
}

coffer_status in_phase(coffer_status status, std::string_view phase, const std::string& path,
                       coffer_sink& sink) {
  sink.detail("path", path).detail("phase", phase);
  return status;
}

template <typename Function>
coffer_status symbol(void* handle, const char* name, const std::string& path, Function& out,
                     coffer_sink& sink) {
  out = reinterpret_cast<Function>(dlsym(handle, name));
  if (out != nullptr) return COFFER_OK;
  return sink.fail(COFFER_PLUGIN_FAULT,
                   path + ": this is no plugin of coffer: it does not export " + name);
}

coffer_status open_file(const std::string& path, PluginFile& out, coffer_sink& sink) {
  if (auto status = check_shared_object(path, sink); failed(status)) {
    return in_phase(status, "open", path, sink);
  }
  // NOW: a missing symbol shows here and not in the middle of a call. LOCAL: plugins do not see
  // each other. NODELETE: threads, thread-locals and pinned entries of a plugin stay valid.
  constexpr int kHow = RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE;
  void* handle = dlopen(path.c_str(), kHow);
  // The linker does not tell a lack of memory, which passes, from a file that is broken.
  if (handle == nullptr) handle = dlopen(path.c_str(), kHow);
  if (handle == nullptr) {
    const char* said = dlerror();
    std::string_view why = said != nullptr ? said : "no reason given";
    if (why.starts_with(path + ": ")) why.remove_prefix(path.size() + 2);
    const coffer_status status =
        sink.fail(COFFER_PLUGIN_FAULT, path + ": it cannot be loaded: " + std::string(why));
    return in_phase(status, "open", path, sink);
  }
  coffer_plugin_info_fn info = nullptr;
  coffer_plugin_create_fn create = nullptr;
  coffer_status status = symbol(handle, "coffer_plugin_info_v1", path, info, sink);
  if (!failed(status)) status = symbol(handle, "coffer_plugin_create_v1", path, create, sink);
  if (failed(status)) return in_phase(status, "symbols", path, sink);
  return inspect(path, info, create, out, sink);
}

}  // namespace

coffer_status load_library(const std::string& path, const PluginFile*& out, coffer_sink& sink) {
  struct stat info = {};
  FileId id;
  if (stat(path.c_str(), &info) == 0) id = {info.st_dev, info.st_ino};
  const auto same_file = [&](const Library& library) { return library.id == id; };
  if (const Library* known = libraries().find(same_file)) {
    out = &known->file;
    return COFFER_OK;
  }
  // Two threads may both come here; the linker opens the file once, and what is said of it is the
  // same both times. Failures are not kept: the file may be replaced by a better one.
  PluginFile file;
  if (auto status = open_file(path, file, sink); failed(status)) return status;
  out = &libraries().insert_if_absent({id, std::move(file)}, same_file).first->file;
  return COFFER_OK;
}

}  // namespace coffer::core
