#include "core/runtime/trim.h"

#include <malloc.h>
#include <time.h>

#include <algorithm>
#include <atomic>

namespace coffer::core {

#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

namespace {

constexpr uint64_t kLeastFreed = 4 << 20;
constexpr uint64_t kShareOfHeld = 8;
constexpr int64_t kPause = 100;  // in times of what the last took

std::atomic<uint64_t> g_freed{0};  // since the last
std::atomic<int64_t> g_next{0};    // not before

int64_t monotonic_now() {
  timespec ts;
  clock_gettime(CLOCK_MONOTONIC, &ts);
  return static_cast<int64_t>(ts.tv_sec) * 1'000'000'000 + ts.tv_nsec;
}

}  // namespace

void freed_memory(uint64_t freed, uint64_t held, bool at_once) noexcept {
  const uint64_t all = g_freed.fetch_add(freed, std::memory_order_relaxed) + freed;
  if (all < std::max(kLeastFreed, held / kShareOfHeld)) return;
  const int64_t start = monotonic_now();
  int64_t next = g_next.load(std::memory_order_relaxed);
  // Whoever moves it does it.
  if ((start < next && !(at_once && next != INT64_MAX)) ||
      !g_next.compare_exchange_strong(next, INT64_MAX, std::memory_order_relaxed)) {
    return;
  }
  g_freed.store(0, std::memory_order_relaxed);
  malloc_trim(0);
  const int64_t end = monotonic_now();
  g_next.store(end + kPause * (end - start), std::memory_order_relaxed);
}

#else

void freed_memory(uint64_t, uint64_t, bool) noexcept {}

#endif

}  // namespace coffer::core
