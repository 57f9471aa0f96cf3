#include "core/metrics/thread_index.h"

#include <atomic>
#include <bit>

namespace coffer::core::internal {

thread_local constinit uint32_t thread_index = kNoThreadIndex;

namespace {

// One bit per index in use. Taking one synchronises with the thread that gave it back, so that counters written with
// plain loads and stores carry over.
std::atomic<uint64_t> used{0};

struct ThreadExit {
  ~ThreadExit() {
    const uint32_t index = thread_index;
    thread_index = kSharedThreadIndex;  // for destructors of other thread_locals that still count
    if (index < kSharedThreadIndex) used.fetch_and(~(uint64_t{1} << index), std::memory_order_release);
  }
};

uint32_t take_free_bit() noexcept {
  uint64_t bits = used.load(std::memory_order_relaxed);
  for (;;) {
    const uint32_t index = static_cast<uint32_t>(std::countr_one(bits));
    if (index >= kSharedThreadIndex) return kSharedThreadIndex;
    if (used.compare_exchange_weak(bits, bits | uint64_t{1} << index, std::memory_order_acquire,
                                   std::memory_order_relaxed)) {
      return index;
    }
  }
}

}  // namespace

uint32_t claim_thread_index() noexcept {
  thread_index = take_free_bit();
  static thread_local ThreadExit give_back;
  static_cast<void>(&give_back);
  return thread_index;
}

}  // namespace coffer::core::internal
