// Where encoded bytes go in a check: a writer that trusts nobody.
#ifndef COFFER_PLUGINS_CONFORMANCE_WATCHED_WRITER_H_
#define COFFER_PLUGINS_CONFORMANCE_WATCHED_WRITER_H_

#include <cstdint>
#include <string>

#include "coffer/plugin/serializer.h"

namespace coffer::conformance {

// Hands out blocks of just the size asked for, and notices writing beyond them. From the
// `full_at`-th reserve on (0: never) it gives none and says `full`.
class WatchedWriter {
 public:
  explicit WatchedWriter(uint64_t full_at = 0, coffer_status full = COFFER_EXHAUSTED)
      : full_at_(full_at), full_(full) {}
  WatchedWriter(const WatchedWriter&) = delete;
  WatchedWriter& operator=(const WatchedWriter&) = delete;

  coffer_writer table() { return {this, reserve, commit}; }

  std::string problem;  // what was done wrong, or ""
  std::string bytes;    // what was kept
  bool refused = false;
  uint64_t reserved_in_all = 0;

 private:
  static void* reserve(void* self, size_t size, coffer_status* status);
  static void commit(void* self, size_t size);
  void check_room();

  const uint64_t full_at_;
  const coffer_status full_;
  uint64_t reserves_ = 0;
  std::string room_;
  size_t reserved_ = 0;
  bool open_ = false;
};

}  // namespace coffer::conformance

#endif  // COFFER_PLUGINS_CONFORMANCE_WATCHED_WRITER_H_
