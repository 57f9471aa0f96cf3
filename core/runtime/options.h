// Options of a runtime, as coffer/runtime.h documents them.
#ifndef COFFER_CORE_RUNTIME_OPTIONS_H_
#define COFFER_CORE_RUNTIME_OPTIONS_H_

#include <span>

#include "coffer/plugin/plugin.h"

namespace coffer::core {

inline constexpr coffer_option_spec kRuntimeOptions[] = {
    {"plugin_path", "", "folders to search for plugins first, separated by ':'", COFFER_TYPE_TEXT,
     0},
    {"plugin_exclude", "", "plugin files that are passed over, separated by ':'", COFFER_TYPE_TEXT,
     0},
    {"plugin_files", "false",
     "names of plugins in options may be paths of files: \"/opt/x/libx.so\"", COFFER_TYPE_BOOL, 0},
    {"clock", "system",
     "\"system\", or \"manual\" for tests: time moves only by coffer_runtime_advance",
     COFFER_TYPE_TEXT, 0},
    {"housekeeping", "1s", "how often expired entries are swept in the background; 0: never",
     COFFER_TYPE_DURATION, 0},
    {"hash_seed", nullptr, "fixes the seed of key hashes, which is random by default",
     COFFER_TYPE_INT, 0},
    {"defaults", "", "options that caches take unless they are given others: \"ttl=5m&jitter=0.1\"",
     COFFER_TYPE_TEXT, 0},
    {"workers", "2", "threads that run submitted batches of stores that are not asynchronous",
     COFFER_TYPE_INT, 0},
};

}  // namespace coffer::core

#endif  // COFFER_CORE_RUNTIME_OPTIONS_H_
