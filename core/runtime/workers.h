// A few threads that run submitted batches for stores that cannot answer later by themselves.
#ifndef COFFER_CORE_RUNTIME_WORKERS_H_
#define COFFER_CORE_RUNTIME_WORKERS_H_

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "core/error/error.h"

namespace coffer::core {

class Workers {
 public:
  explicit Workers(size_t limit) : limit_(limit), state_(std::make_shared<State>()) {}
  ~Workers();

  // Runs `task` soon on a worker; threads start as tasks come. The task must not throw.
  coffer_status run(std::function<void()> task, coffer_sink& sink);

  // Tasks that wait or run at a fork belong to the parent; the child starts with none.
  void before_fork() { state_->mutex.lock(); }
  void after_fork(bool in_child);

 private:
  // Shared with the threads: a task may give back the last handle, and so end this object on a
  // thread of its own.
  struct State {
    std::mutex mutex;
    std::condition_variable wake;
    std::deque<std::function<void()>> tasks;
    size_t idle = 0;
    bool stopping = false;
  };
  static void work(State& state);

  const size_t limit_;
  std::shared_ptr<State> state_;
  std::vector<std::thread> threads_;  // guarded by state_->mutex
};

}  // namespace coffer::core

#endif  // COFFER_CORE_RUNTIME_WORKERS_H_
