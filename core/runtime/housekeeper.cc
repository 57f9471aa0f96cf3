#include "core/runtime/housekeeper.h"

#include <chrono>
#include <new>
#include <system_error>

#include "core/runtime/runtime.h"

namespace coffer::core {
namespace {
// How long one sweep may keep a store busy; what is left waits for the next round.
constexpr int64_t kSweepBudget = 10'000'000;
}  // namespace

Housekeeper::Housekeeper(coffer_runtime* runtime, int64_t interval)
    : runtime_(runtime),
      interval_(interval),
      lost_(interval > 0),
      state_(std::make_shared<State>()) {}

Housekeeper::~Housekeeper() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->stopping = true;
  }
  state_->wake.notify_all();
  if (thread_.get_id() == std::this_thread::get_id()) {
    thread_.detach();
  } else if (thread_.joinable()) {
    thread_.join();
  }
}

void Housekeeper::restart() noexcept {
  const std::lock_guard lock(state_->mutex);
  if (!lost_.load(std::memory_order_relaxed) || state_->stopping) return;
  try {
    thread_ = std::thread([state = state_, runtime = runtime_, interval = interval_] {
      run(*state, runtime, interval);
    });
    lost_.store(false, std::memory_order_relaxed);
  } catch (const std::exception&) {
    // No thread to be had now: entries still expire when they are read or their room is needed. Try
    // again later.
  }
}

void Housekeeper::run(State& state, coffer_runtime* runtime, int64_t interval) {
  std::unique_lock lock(state.mutex);
  while (!state.stopping) {
    state.wake.wait_for(lock, std::chrono::nanoseconds(interval));
    if (state.stopping) return;
    // Held by count during the sweep, which also holds stores: whoever lets go last ends the
    // runtime.
    if (!runtime->try_retain()) return;
    lock.unlock();
    try {
      runtime->maintain(kSweepBudget);
    } catch (const std::bad_alloc&) {
      // The next round tries again.
    }
    runtime->release();
    lock.lock();
  }
}

void Housekeeper::after_fork(bool in_child) {
  state_->mutex.unlock();
  if (!in_child || interval_ <= 0) return;
  // The thread exists only in the parent. Its std::thread is joinable, the condition variable may
  // have lost a waiter: neither can be destroyed here, so both are left behind and begun anew.
  new (&state_) std::shared_ptr<State>(std::make_shared<State>());
  new (&thread_) std::thread();
  lost_.store(true, std::memory_order_relaxed);
}

}  // namespace coffer::core
