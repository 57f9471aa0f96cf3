// A fork copies one thread and all memory: whatever another thread was in the middle of stays so
// for ever in the child. So a fork waits until no shard is being changed, and the child forgets the
// readers that did not come along.
#include <pthread.h>

#include "plugins/stores/memory/store.h"

namespace coffer::memory {
namespace {

Lock g_lock;
Store* g_stores = nullptr;
bool g_watching = false;

}  // namespace

void Family::add(Store* store) {
  std::lock_guard hold(g_lock);
  if (!g_watching) {
    g_watching = pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child) == 0;
  }
  store->next_ = g_stores;
  g_stores = store;
}

void Family::remove(Store* store) {
  std::lock_guard hold(g_lock);
  for (Store** link = &g_stores; *link != nullptr; link = &(*link)->next_) {
    if (*link == store) {
      *link = store->next_;
      return;
    }
  }
}

void Family::before_fork() {
  g_lock.lock();
  for (Store* store = g_stores; store != nullptr; store = store->next_) {
    for (Shard& shard : *store) shard.lock().lock();
  }
  epoch::lock_slots();
}

void Family::unlock_all() {
  epoch::unlock_slots();
  for (Store* store = g_stores; store != nullptr; store = store->next_) {
    for (Shard& shard : *store) shard.lock().unlock();
  }
  g_lock.unlock();
}

void Family::after_fork_in_parent() { unlock_all(); }

void Family::after_fork_in_child() {
  epoch::after_fork_in_child();
  unlock_all();
}

}  // namespace coffer::memory
