// A lock of four bytes: one atomic exchange when nobody else wants it, sleep when it takes long.
//
// Not std::mutex, because a fork holds the locks of all shards at once and deadlock detectors give
// up at 64, and because its 40 bytes would push apart what the holder touches.
#ifndef COFFER_PLUGINS_STORES_MEMORY_LOCK_H_
#define COFFER_PLUGINS_STORES_MEMORY_LOCK_H_

#include <atomic>
#include <cstdint>

namespace coffer::memory {

class Lock {
 public:
  bool try_lock() {
    uint32_t expected = kFree;
    return state_.compare_exchange_strong(expected, kHeld, std::memory_order_acquire,
                                          std::memory_order_relaxed);
  }

  void lock() {
    if (!try_lock()) lock_slowly();
  }

  void unlock() {
    if (state_.exchange(kFree, std::memory_order_release) == kAwaited) state_.notify_one();
  }

 private:
  enum : uint32_t { kFree, kHeld, kAwaited };

  void lock_slowly() {
    // The holder is usually gone within a microsecond; sleeping and waking costs more.
    for (int spin = 0; spin < 100; ++spin) {
      if (state_.load(std::memory_order_relaxed) == kFree && try_lock()) return;
#if defined(__x86_64__)
      __builtin_ia32_pause();
#endif
    }
    while (state_.exchange(kAwaited, std::memory_order_acquire) != kFree) {
      state_.wait(kAwaited, std::memory_order_relaxed);
    }
  }

  std::atomic<uint32_t> state_{kFree};
};

}  // namespace coffer::memory

#endif  // COFFER_PLUGINS_STORES_MEMORY_LOCK_H_
