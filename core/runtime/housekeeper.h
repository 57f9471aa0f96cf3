// The thread that sweeps expired entries now and then.
#ifndef COFFER_CORE_RUNTIME_HOUSEKEEPER_H_
#define COFFER_CORE_RUNTIME_HOUSEKEEPER_H_

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>

struct coffer_runtime;

namespace coffer::core {

class Housekeeper {
 public:
  // `interval` in nanoseconds; 0: no thread, ever. The thread starts with the first call of
  // restart().
  Housekeeper(coffer_runtime* runtime, int64_t interval);
  ~Housekeeper();

  // True if there should be a thread and is none: at first, and in the child of a fork.
  bool lost() const { return lost_.load(std::memory_order_relaxed); }
  void restart() noexcept;

  void before_fork() { state_->mutex.lock(); }
  void after_fork(bool in_child);

 private:
  // Shared with the thread: its sweep may give back the last handle, and so end this object on that
  // very thread.
  struct State {
    std::mutex mutex;
    std::condition_variable wake;
    bool stopping = false;
  };
  static void run(State& state, coffer_runtime* runtime, int64_t interval);

  coffer_runtime* const runtime_;
  const int64_t interval_;
  std::atomic<bool> lost_;
  std::shared_ptr<State> state_;
  std::thread thread_;  // guarded by state_->mutex
};

}  // namespace coffer::core

#endif  // COFFER_CORE_RUNTIME_HOUSEKEEPER_H_
