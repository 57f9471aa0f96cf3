// The runtime's clock: the system's monotonic one, or one that tests move by hand.
#ifndef COFFER_CORE_CLOCK_CLOCK_H_
#define COFFER_CORE_CLOCK_CLOCK_H_

#include <time.h>

#include <atomic>
#include <cstdint>

#include "coffer/base.h"
#include "coffer/plugin/host.h"

namespace coffer::core {

class Clock {
 public:
  static constexpr coffer_time kManualStart = 1'000'000'000;

  // Set before the clock is shared.
  void set_manual() { manual_time_.store(kManualStart, std::memory_order_relaxed); }
  bool is_manual() const { return manual_time_.load(std::memory_order_relaxed) != 0; }

  // COFFER_CLOCK_COARSE or COFFER_CLOCK_PRECISE; a manual clock has only one.
  coffer_time now(int32_t kind) const {
    const coffer_time manual = manual_time_.load(std::memory_order_acquire);
    if (manual != 0) return manual;
    timespec ts;
    clock_gettime(kind == COFFER_CLOCK_COARSE ? CLOCK_MONOTONIC_COARSE : CLOCK_MONOTONIC, &ts);
    // Never 0, which means "no such moment".
    return static_cast<coffer_time>(ts.tv_sec) * 1'000'000'000 + ts.tv_nsec + 1;
  }

  void advance(int64_t nanoseconds) {
    manual_time_.fetch_add(nanoseconds, std::memory_order_acq_rel);
  }

 private:
  std::atomic<coffer_time> manual_time_{0};  // 0: follow the system
};

}  // namespace coffer::core

#endif  // COFFER_CORE_CLOCK_CLOCK_H_
