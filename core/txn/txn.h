// A transaction: events that wait, level by level, and whether the cache is to be left alone.
#ifndef COFFER_CORE_TXN_TXN_H_
#define COFFER_CORE_TXN_TXN_H_

#include <atomic>
#include <functional>
#include <mutex>
#include <vector>

#include "coffer/transaction.h"
#include "core/error/error.h"
#include "core/ref/ref.h"

// [any-thread]
struct coffer_txn final : coffer::core::RefCounted<coffer_txn> {
 public:
  using Event = std::function<coffer_status(coffer_sink&)>;

  coffer_txn() : levels_(1) {}

  coffer_status savepoint(coffer_sink& sink);
  coffer_status commit(coffer_sink& sink);
  coffer_status rollback(coffer_sink& sink);
  coffer_status mark_dirty(coffer_sink& sink);
  coffer_status suspend(coffer_sink& sink);
  coffer_status resume(coffer_sink& sink);
  bool is_dirty() const { return dirty_levels_.load(std::memory_order_acquire) != 0; }

  // Keeps an event until the outermost commit, or drops it if events are suspended.
  coffer_status queue(Event event, coffer_sink& sink);

 private:
  struct Level {
    bool dirty = false;
    std::vector<Event> events;
  };

  coffer_status check_open(coffer_sink& sink) const;
  void pop();

  mutable std::mutex mutex_;
  std::vector<Level> levels_;  // empty once it has ended
  std::atomic<uint32_t> dirty_levels_{0};
  uint32_t suspended_ = 0;
};

#endif  // COFFER_CORE_TXN_TXN_H_
