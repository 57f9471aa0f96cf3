// Chance for jitter and early refresh: cheap, per thread, good enough to spread load and for
// nothing else.
#ifndef COFFER_CORE_FRESHNESS_RANDOM_H_
#define COFFER_CORE_FRESHNESS_RANDOM_H_

#include <time.h>

#include <cstdint>

namespace coffer::core {

// Uniform in (0, 1]. SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number
// Generators, OOPSLA 2014).
inline double uniform_random() {
  // initial-exec: of a library that is loaded late, other thread-locals are allocated when a thread
  // first uses them, and without memory for that the C library ends the process.
  static thread_local constinit uint64_t state __attribute__((tls_model("initial-exec"))) = 0;
  if (state == 0) [[unlikely]] {
    timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    state = static_cast<uint64_t>(now.tv_nsec) * 0x9E3779B97F4A7C15u ^
            reinterpret_cast<uintptr_t>(&now);
  }
  uint64_t x = state += 0x9E3779B97F4A7C15u;
  x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9u;
  x = (x ^ x >> 27) * 0x94D049BB133111EBu;
  x ^= x >> 31;
  return static_cast<double>((x >> 11) + 1) * 0x1p-53;
}

}  // namespace coffer::core

#endif  // COFFER_CORE_FRESHNESS_RANDOM_H_
