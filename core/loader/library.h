// Opens one plugin file and keeps it for the life of the process.
#ifndef COFFER_CORE_LOADER_LIBRARY_H_
#define COFFER_CORE_LOADER_LIBRARY_H_

#include <string>

#include "core/error/error.h"
#include "core/loader/plugin.h"

namespace coffer::core {

// Opens the file (once for each file of the process, however many names, runtimes and threads ask)
// and checks what it says of itself. A failure names path and phase: "open", "symbols" or "info".
// [any-thread]
coffer_status load_library(const std::string& path, const PluginFile*& out, coffer_sink& sink);

}  // namespace coffer::core

#endif  // COFFER_CORE_LOADER_LIBRARY_H_
