// coffer/transaction.hpp: a cache beside a database transaction.
//
//   coffer::Transaction transaction = runtime.transaction().value();
//   database.execute("update users …");
//   transaction.mark_dirty();                          // from here on it bypasses the cache
//   cache.invalidate_tags({"user:7"}, &transaction);   // waits for the commit
//   database.commit();
//   transaction.commit();                              // without it everything queued is dropped
//
// A transaction is passed along, it is no property of a thread. coffer/transaction.h tells more.
#ifndef COFFER_TRANSACTION_HPP_
#define COFFER_TRANSACTION_HPP_

#include <memory>
#include <utility>

#include "coffer/result.hpp"
#include "coffer/transaction.h"

namespace coffer {
namespace detail {

inline Outcome transact(coffer_status (*function)(coffer_txn*, coffer_error**),
                        coffer_txn* txn) noexcept {
  coffer_error* error = nullptr;
  const coffer_status status = function(txn, &error);
  return Outcome(status, error);
}

}  // namespace detail

// A part of a transaction that may be undone alone. Rolls back at its end unless it was committed.
// Move-only; end it before the transaction and before those that were opened earlier.
class Savepoint {
 public:
  Savepoint() noexcept = default;
  explicit Savepoint(coffer_txn* txn) noexcept : txn_(txn) {}
  Savepoint(Savepoint&& other) noexcept : txn_(std::exchange(other.txn_, nullptr)) {}
  Savepoint& operator=(Savepoint&& other) noexcept {
    std::swap(txn_, other.txn_);
    return *this;
  }
  ~Savepoint() {
    if (txn_ != nullptr) rollback().ignore();
  }

  // What was queued since moves to the level around it.
  Outcome commit() noexcept {
    return detail::transact(coffer_txn_commit, std::exchange(txn_, nullptr));
  }
  // Drops what was queued since, and forgets that it was dirty.
  Outcome rollback() noexcept {
    return detail::transact(coffer_txn_rollback, std::exchange(txn_, nullptr));
  }

 private:
  coffer_txn* txn_ = nullptr;
};

// While it lives, events given to the transaction are dropped: for bulk work after which the
// program invalidates once. Move-only; must not outlive the transaction.
class SuspendedEvents {
 public:
  SuspendedEvents() noexcept = default;
  explicit SuspendedEvents(coffer_txn* txn) noexcept : txn_(txn) {}
  SuspendedEvents(SuspendedEvents&& other) noexcept : txn_(std::exchange(other.txn_, nullptr)) {}
  SuspendedEvents& operator=(SuspendedEvents&& other) noexcept {
    std::swap(txn_, other.txn_);
    return *this;
  }
  ~SuspendedEvents() {
    if (txn_ != nullptr) resume().ignore();
  }

  // Before the end of the scope.
  Outcome resume() noexcept {
    return detail::transact(coffer_txn_resume_events, std::exchange(txn_, nullptr));
  }

 private:
  coffer_txn* txn_ = nullptr;
};

// Begun by Runtime::transaction. Dropped at its end unless it was committed. Move-only.
class Transaction {
 public:
  Transaction() noexcept = default;
  explicit Transaction(coffer_txn* handle) noexcept : handle_(handle) {}

  // After the database has committed: plays what was queued, all of it even if some fails, and
  // returns the first failure.
  Outcome commit() const noexcept { return detail::transact(coffer_txn_commit, raw()); }
  Outcome rollback() const noexcept { return detail::transact(coffer_txn_rollback, raw()); }

  // It has written to the database: until it ends, what is fetched with it bypasses the cache.
  Outcome mark_dirty() const noexcept { return detail::transact(coffer_txn_mark_dirty, raw()); }
  bool is_dirty() const noexcept { return coffer_txn_is_dirty(raw()) != 0; }

  [[nodiscard]] Result<Savepoint> savepoint() const noexcept {
    Outcome opened = detail::transact(coffer_txn_savepoint, raw());
    if (!opened) return std::move(opened).outcome();
    return Savepoint(raw());
  }
  [[nodiscard]] Result<SuspendedEvents> suspend_events() const noexcept {
    Outcome suspended = detail::transact(coffer_txn_suspend_events, raw());
    if (!suspended) return std::move(suspended).outcome();
    return SuspendedEvents(raw());
  }

  // The handle, for calls of the C ABI; stays owned by this object.
  coffer_txn* raw() const noexcept { return handle_.get(); }

 private:
  struct Release {
    void operator()(coffer_txn* handle) const noexcept { coffer_txn_release(handle); }
  };
  std::unique_ptr<coffer_txn, Release> handle_;
};

namespace detail {
inline coffer_txn* raw_transaction(const Transaction* transaction) noexcept {
  return transaction != nullptr ? transaction->raw() : nullptr;
}
}  // namespace detail

}  // namespace coffer

#endif  // COFFER_TRANSACTION_HPP_
