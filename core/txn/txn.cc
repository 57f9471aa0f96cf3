#include "core/txn/txn.h"

#include <cstdio>
#include <iterator>
#include <new>

using coffer::core::failed;

coffer_status coffer_txn::check_open(coffer_sink& sink) const {
  if (!levels_.empty()) return COFFER_OK;
  return sink.fail(COFFER_INVALID_STATE, "the transaction has ended; begin another");
}

void coffer_txn::pop() {
  if (levels_.back().dirty) dirty_levels_.fetch_sub(1, std::memory_order_release);
  levels_.pop_back();
}

coffer_status coffer_txn::savepoint(coffer_sink& sink) {
  const std::lock_guard lock(mutex_);
  const coffer_status status = check_open(sink);
  if (!failed(status)) levels_.emplace_back();
  return status;
}

coffer_status coffer_txn::commit(coffer_sink& sink) {
  std::vector<Event> events;
  {
    const std::lock_guard lock(mutex_);
    const coffer_status status = check_open(sink);
    if (failed(status)) return status;
    if (levels_.size() > 1) {
      // Before anything changes: there may be no memory.
      std::vector<Event>& outer = levels_[levels_.size() - 2].events;
      outer.reserve(outer.size() + levels_.back().events.size());
    }
    Level level = std::move(levels_.back());
    levels_.back().dirty = level.dirty;
    pop();
    if (!levels_.empty()) {
      Level& outer = levels_.back();
      if (level.dirty && !outer.dirty) {
        outer.dirty = true;
        dirty_levels_.fetch_add(1, std::memory_order_release);
      }
      outer.events.insert(outer.events.end(), std::make_move_iterator(level.events.begin()),
                          std::make_move_iterator(level.events.end()));
      return COFFER_OK;
    }
    events = std::move(level.events);
  }
  // Played without the lock: they call stores. One that fails must not keep the others from being
  // played.
  coffer_status first = COFFER_OK;
  size_t failures = 0;
  for (const Event& event : events) {
    coffer_sink own;
    coffer_status status = COFFER_EXHAUSTED;
    try {
      status = event(own);
    } catch (const std::bad_alloc&) {
      own.fail(status, "out of memory");
    }
    if (!failed(status)) continue;
    if (failures++ == 0) {
      first = status;
      sink.error = std::exchange(own.error, nullptr);
    }
  }
  if (failures > 0) {
    char text[128];
    std::snprintf(text, sizeof text, "the transaction's %zu of %zu events failed, the first with",
                  failures, events.size());
    sink.prefix(text);
  }
  return first;
}

coffer_status coffer_txn::rollback(coffer_sink& sink) {
  const std::lock_guard lock(mutex_);
  const coffer_status status = check_open(sink);
  if (!failed(status)) pop();
  return status;
}

coffer_status coffer_txn::mark_dirty(coffer_sink& sink) {
  const std::lock_guard lock(mutex_);
  const coffer_status status = check_open(sink);
  if (failed(status) || levels_.back().dirty) return status;
  levels_.back().dirty = true;
  dirty_levels_.fetch_add(1, std::memory_order_release);
  return COFFER_OK;
}

coffer_status coffer_txn::suspend(coffer_sink& sink) {
  const std::lock_guard lock(mutex_);
  const coffer_status status = check_open(sink);
  if (!failed(status)) ++suspended_;
  return status;
}

coffer_status coffer_txn::resume(coffer_sink& sink) {
  const std::lock_guard lock(mutex_);
  const coffer_status status = check_open(sink);
  if (failed(status)) return status;
  if (suspended_ == 0)
    return sink.fail(COFFER_INVALID_STATE, "events of the transaction are not suspended");
  --suspended_;
  return COFFER_OK;
}

coffer_status coffer_txn::queue(Event event, coffer_sink& sink) {
  const std::lock_guard lock(mutex_);
  const coffer_status status = check_open(sink);
  if (failed(status) || suspended_ > 0) return status;
  levels_.back().events.push_back(std::move(event));
  return COFFER_OK;
}
