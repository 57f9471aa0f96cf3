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

  // By how much the kernel's coarse clock may be behind its precise one. Measured on Linux 6.18 at
  // 250 Hz in a virtual machine with two cores: 3 to 7.2 ms on either core, idle or with eight
  // programs at work. The kernel moves the coarse clock at each tick, and when the core whose duty
  // that is fails to, any other does after five ticks more (kernel/time/tick-sched.c,
  // MAX_STALLED_JIFFIES): 60 ms at 100 Hz, the slowest that distributions build. Four times that
  // leaves room for ticks that a hypervisor delays. What it costs: a read of an entry that ends
  // within this time asks the precise clock.
  static constexpr int64_t kMostCoarseLag = 250'000'000;

  // Set before the clock is shared.
  void set_manual() { manual_time_.store(kManualStart, std::memory_order_relaxed); }
  bool is_manual() const { return manual_time_.load(std::memory_order_relaxed) != 0; }

  // COFFER_CLOCK_*; of a manual clock all are the same.
  coffer_time now(int32_t kind) const {
    const coffer_time manual = manual_time_.load(std::memory_order_acquire);
    if (manual != 0) return manual;
    if (kind == COFFER_CLOCK_LATEST) return system(CLOCK_MONOTONIC_COARSE) + kMostCoarseLag;
    return system(kind == COFFER_CLOCK_COARSE ? CLOCK_MONOTONIC_COARSE : CLOCK_MONOTONIC);
  }

  void advance(int64_t nanoseconds) {
    manual_time_.fetch_add(nanoseconds, std::memory_order_acq_rel);
  }

 private:
  [[gnu::always_inline]] static coffer_time system(clockid_t id) {
    timespec ts;
    clock_gettime(id, &ts);
    // Never 0, which means "no such moment".
    return static_cast<coffer_time>(ts.tv_sec) * 1'000'000'000 + ts.tv_nsec + 1;
  }

  std::atomic<coffer_time> manual_time_{0};  // 0: follow the system
};

}  // namespace coffer::core

#endif  // COFFER_CORE_CLOCK_CLOCK_H_
