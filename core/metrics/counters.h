// Counters that cost a hit one load and one store on memory no other thread touches.
#ifndef COFFER_CORE_METRICS_COUNTERS_H_
#define COFFER_CORE_METRICS_COUNTERS_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "core/metrics/thread_index.h"

namespace coffer::core {

// `Count` counters. Sums are exact once the counting threads are quiet, and never lose an
// increment.
template <size_t Count>
class Counters {
 public:
  void add(size_t counter, uint64_t amount = 1) noexcept {
    const uint32_t index = own_thread_index();
    if (index == kSharedThreadIndex) [[unlikely]]
      return add_slowly(counter, amount);
    std::atomic<uint64_t>& cell = stripes_[index].cells[counter];
    cell.store(cell.load(std::memory_order_relaxed) + amount, std::memory_order_relaxed);
  }

  uint64_t sum(size_t counter) const noexcept {
    uint64_t total = 0;
    for (const Stripe& stripe : stripes_)
      total += stripe.cells[counter].load(std::memory_order_relaxed);
    return total;
  }

 private:
  // The thread's first count, or there are more threads than indexes.
  [[gnu::noinline]] void add_slowly(size_t counter, uint64_t amount) noexcept {
    const uint32_t index = claim_thread_index();
    if (index != kSharedThreadIndex) return add(counter, amount);
    stripes_[index].cells[counter].fetch_add(amount, std::memory_order_relaxed);
  }

  struct alignas(64) Stripe {
    std::array<std::atomic<uint64_t>, Count> cells{};
  };
  std::array<Stripe, kThreadIndexes> stripes_{};
};

}  // namespace coffer::core

#endif  // COFFER_CORE_METRICS_COUNTERS_H_
