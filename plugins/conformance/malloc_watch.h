// Sees what the present thread allocates, by whatever way it does: malloc, operator new, strdup.
// For functions tagged [no-alloc], and for memory that must not depend on what an input claims.
#ifndef COFFER_PLUGINS_CONFORMANCE_MALLOC_WATCH_H_
#define COFFER_PLUGINS_CONFORMANCE_MALLOC_WATCH_H_

#include <cstddef>
#include <cstdint>

namespace coffer::conformance {

// Counts from construction on. Nests.
class MallocWatch {
 public:
  MallocWatch();
  MallocWatch(const MallocWatch&) = delete;
  MallocWatch& operator=(const MallocWatch&) = delete;

  uint64_t calls() const;
  uint64_t bytes() const;  // asked for, freed ones included

 private:
  uint64_t calls_;
  uint64_t bytes_;
};

// Bytes that the whole process has allocated and not freed.
size_t allocated_now();

}  // namespace coffer::conformance

#endif  // COFFER_PLUGINS_CONFORMANCE_MALLOC_WATCH_H_
