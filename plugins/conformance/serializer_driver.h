// A serializer under test: it writes into a watched writer and reads from memory with nothing
// behind it.
#ifndef COFFER_PLUGINS_CONFORMANCE_SERIALIZER_DRIVER_H_
#define COFFER_PLUGINS_CONFORMANCE_SERIALIZER_DRIVER_H_

#include <string>

#include "plugins/conformance/case.h"
#include "plugins/conformance/value_model.h"

namespace coffer::conformance {

struct Encoded {
  coffer_status status;
  std::string bytes;
  Failure failure;  // where status is one
};

struct Decoded {
  coffer_status status;
  Failure failure;
};

// Memory that ends where no more can be read: one byte too far ends the process.
class GuardedMemory {
 public:
  explicit GuardedMemory(size_t capacity);
  ~GuardedMemory();
  GuardedMemory(const GuardedMemory&) = delete;
  GuardedMemory& operator=(const GuardedMemory&) = delete;

  // A copy of `bytes` that ends there; valid until the next call.
  const char* place(const std::string& bytes);
  size_t capacity() const { return capacity_; }

 private:
  char* base_;
  size_t capacity_;
  size_t mapped_;
};

// What limits stand for where a check is not about them.
coffer_limits default_limits();

class Serializer {
 public:
  Serializer(const Case& c, FakeHost& host);

  const coffer_serializer& table() const { return table_; }
  void destroy() { instance_.destroy(); }

  // Any thread. The writer gives no more room than asked; from the `full_at`-th reserve on (0:
  // never) it gives none and says `full`.
  Encoded encode(const coffer_value& value, uint64_t full_at = 0,
                 coffer_status full = COFFER_EXHAUSTED) const;
  Encoded encode(const Value& value) const { return encode(playable(value)); }

  // One thread at a time with one `memory`.
  Decoded decode(const std::string& bytes, Collector& into, GuardedMemory& memory,
                 const coffer_limits& limits = default_limits()) const;

  // Encodes and decodes; fails the check unless the value comes back or is refused. False: refused.
  bool round_trip(const Value& value, GuardedMemory& memory) const;

  // Which of the samples, and which kinds of list, it can hold.
  Palette palette() const;

  const coffer_host* host() const { return host_.get(); }

 private:
  const Case& c_;
  FakeHost& host_;
  Instance instance_;
  coffer_serializer table_;
};

}  // namespace coffer::conformance

#endif  // COFFER_PLUGINS_CONFORMANCE_SERIALIZER_DRIVER_H_
