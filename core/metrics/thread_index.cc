#include "core/metrics/thread_index.h"

#include <atomic>
#include <bit>

namespace coffer::core {

thread_local constinit uint32_t internal::thread_index = kSharedThreadIndex;

namespace {

// One bit per index in use. Taking one synchronises with the thread that gave it back, so that
// counters written with plain loads and stores carry over.
std::atomic<uint64_t> used{0};

struct ThreadExit {
  ~ThreadExit() {
    const uint32_t index = internal::thread_index;
    internal::thread_index =
        kSharedThreadIndex;  // for destructors of other thread_locals that still count
    if (index < kSharedThreadIndex)
      used.fetch_and(~(uint64_t{1} << index), std::memory_order_release);
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

// Whether this thread has asked; it asks once, so that threads beyond the last index do not search
// again and again.
thread_local constinit bool asked = false;

}  // namespace

uint32_t claim_thread_index() noexcept {
  if (asked) return internal::thread_index;
  asked = true;
  internal::thread_index = take_free_bit();
  static thread_local ThreadExit give_back;
  static_cast<void>(&give_back);
  return internal::thread_index;
}

}  // namespace coffer::core
