// Runs checks, each in a process of its own, so that nothing a plugin does can end the kit.
#ifndef COFFER_PLUGINS_CONFORMANCE_RUNNER_H_
#define COFFER_PLUGINS_CONFORMANCE_RUNNER_H_

#include <functional>
#include <string>
#include <vector>

#include "plugins/conformance/checks.h"

namespace coffer::conformance {

// A plugin of the file as the probe saw it.
struct Subplugin {
  std::string id;
  int32_t kind = 0;
  uint64_t caps = 0;
};

struct Probe {
  std::string error;  // why the file cannot be used
  std::vector<Subplugin> plugins;
};

struct Outcome {
  const Check* check;
  std::string plugin;  // its id, or "" for checks of the file
  Result result;
  uint64_t seed;
  double seconds;
};

class Runner {
 public:
  Runner(const Settings& settings, bool in_process)
      : settings_(settings), in_process_(in_process) {}

  // Loads the file and asks what is in it.
  Probe probe() const;

  // Runs one check on plugin number `index` of the file (ignored for checks of the file).
  Outcome run(const Check& check, const Subplugin& plugin, size_t index) const;

 private:
  Result run_here(const Check& check, size_t index, uint64_t seed) const;

  Settings settings_;
  bool in_process_;
};

// Runs `body` in a child process and returns its text, or says how the child ended instead. The
// child and all it started are killed when `limit` has passed.
struct ChildEnd {
  enum { kDone, kCrashed, kTimedOut } how;
  std::string text;
};
ChildEnd run_in_child(std::chrono::milliseconds limit, const std::function<std::string()>& body);

}  // namespace coffer::conformance

#endif  // COFFER_PLUGINS_CONFORMANCE_RUNNER_H_
