#include "core/runtime/workers.h"

#include <exception>
#include <new>
#include <utility>

namespace coffer::core {

Workers::~Workers() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->stopping = true;
  }
  state_->wake.notify_all();
  for (std::thread& thread : threads_) {
    if (thread.get_id() == std::this_thread::get_id()) {
      thread.detach();
    } else {
      thread.join();
    }
  }
}

coffer_status Workers::run(std::function<void()> task, coffer_sink& sink) {
  const std::lock_guard lock(state_->mutex);
  if (state_->idle <= state_->tasks.size() && threads_.size() < limit_) {
    try {
      threads_.emplace_back([state = state_] { work(*state); });
    } catch (const std::exception&) {
      // Those there are run it later.
      if (threads_.empty())
        return sink.fail(COFFER_EXHAUSTED, "no thread could be started to run the batch");
    }
  }
  state_->tasks.push_back(std::move(task));
  state_->wake.notify_one();
  return COFFER_OK;
}

void Workers::work(State& state) {
  std::unique_lock lock(state.mutex);
  for (;;) {
    ++state.idle;
    state.wake.wait(lock, [&] { return state.stopping || !state.tasks.empty(); });
    --state.idle;
    if (state.tasks.empty()) return;  // stopping, and nothing left to do
    std::function<void()> task = std::move(state.tasks.front());
    state.tasks.pop_front();
    lock.unlock();
    task();
    task = nullptr;  // what it held is freed before the lock is taken
    lock.lock();
  }
}

void Workers::after_fork(bool in_child) {
  if (!in_child) {
    state_->mutex.unlock();
    return;
  }
  // The threads exist only in the parent. Their std::threads are joinable, their condition variable
  // may have lost waiters: neither can be destroyed here, so both are left behind and begun anew.
  state_->mutex.unlock();
  new (&state_) std::shared_ptr<State>(std::make_shared<State>());
  new (&threads_) std::vector<std::thread>();
}

}  // namespace coffer::core
