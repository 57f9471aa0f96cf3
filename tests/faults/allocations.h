// Makes allocations of this process fail, whoever makes them by whatever way: malloc and its
// siblings, operator new, the C library for itself; in plugins and threads, too.
#ifndef COFFER_TESTS_FAULTS_ALLOCATIONS_H_
#define COFFER_TESTS_FAULTS_ALLOCATIONS_H_

#include <cstddef>
#include <cstdint>
#include <string>

namespace coffer::faults {

// The places where allocations have failed: each is the stack of a call.
class Places {
 public:
  // True if it is new.
  bool add(uint64_t place);

 private:
  static constexpr size_t kRoom = 1 << 14;
  uint64_t places_[kRoom] = {};
};

// From now on the first allocation of the process fails whose place is not among `failed`, and
// joins them. Just one, whatever the number of threads.
void fail_next(Places& failed);

// Ends that. True if one has failed; `place` (may be NULL) tells where.
bool stop_failing(std::string* place = nullptr);

// Every allocation of the calling thread fails while this lives.
class NoMemory {
 public:
  NoMemory();
  ~NoMemory();
  NoMemory(const NoMemory&) = delete;
  NoMemory& operator=(const NoMemory&) = delete;
};

}  // namespace coffer::faults

#endif  // COFFER_TESTS_FAULTS_ALLOCATIONS_H_
