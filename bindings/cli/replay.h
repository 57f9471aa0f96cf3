// Runs a trace through a cache the way a program would: look, and on a miss put.
#ifndef BINDINGS_CLI_REPLAY_H_
#define BINDINGS_CLI_REPLAY_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "bindings/cli/table.h"
#include "bindings/cli/trace.h"
#include "bindings/cli/tree.h"
#include "coffer/cache.h"

namespace coffer::cli {

struct ReplayResult {
  std::string label;
  uint64_t requests = 0;
  uint64_t hits = 0;  // each other request was followed by a put
  double nanoseconds = 0;
  coffer_stats stats{};  // after the last request

  double hit_ratio() const { return static_cast<double>(hits) / static_cast<double>(requests); }
  // A read is one operation, a put is one.
  double nanoseconds_per_operation() const;
  double bytes_per_entry() const;
};

// Called now and then with the number of requests done; the time it takes is not counted.
using Progress = std::function<void(size_t done)>;

// Every request is a coffer_read; a miss is followed by a coffer_put of `value_size` bytes. Throws
// Failure if the cache fails.
ReplayResult replay(coffer_cache* cache, const std::string& label, const Trace& trace,
                    size_t value_size, const Progress& progress);

// Results side by side; `title` names what the labels are.
Table replay_table(const std::string& title, const std::vector<ReplayResult>& results);
Tree replay_report(const Trace& trace, size_t value_size, const std::vector<ReplayResult>& results);

}  // namespace coffer::cli

#endif  // BINDINGS_CLI_REPLAY_H_
