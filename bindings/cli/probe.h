// Whether plugins can be loaded without the end of the process.
#ifndef BINDINGS_CLI_PROBE_H_
#define BINDINGS_CLI_PROBE_H_

#include <string>
#include <vector>

#include "coffer/runtime.h"

namespace coffer::cli {

// A plugin that ends the process that loads it.
struct DeadlyPlugin {
  std::string path;
  std::string how;  // "signal 6 (Aborted)", "exit code 3"
};

// Loads each plugin of the runtime's search list in a process of its own. Before this process has
// loaded any.
std::vector<DeadlyPlugin> find_deadly_plugins(coffer_runtime* runtime);

}  // namespace coffer::cli

#endif  // BINDINGS_CLI_PROBE_H_
