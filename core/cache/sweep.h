// Gives back the memory of entries that are dead: nobody may ever ask for them again.
#ifndef COFFER_CORE_CACHE_SWEEP_H_
#define COFFER_CORE_CACHE_SWEEP_H_

#include <atomic>
#include <mutex>
#include <new>

#include "coffer/base.h"

namespace coffer::core {

class Store;

class Sweeper {
 public:
  // Something was invalidated: the next passes look at every entry once.
  void want() { wanted_.store(true, std::memory_order_relaxed); }
  // Goes on until the clock reads `deadline` (COFFER_NEVER: to the end), if there is anything to
  // do.
  void run(Store& store, coffer_time deadline) noexcept;
  // Ends a pass that has begun. Before the store's instance ends.
  void stop(Store& store) noexcept;
  // The pass of another thread is lost, and whatever its scan held.
  void after_fork_in_child() {
    new (&mutex_) std::mutex();
    scan_ = nullptr;
  }

 private:
  // COFFER_END: it has looked at every entry.
  coffer_status sweep_page(Store& store);
  void close(Store& store) noexcept;

  std::atomic<bool> wanted_{false};
  std::mutex mutex_;
  void* scan_ = nullptr;
};

}  // namespace coffer::core

#endif  // COFFER_CORE_CACHE_SWEEP_H_
