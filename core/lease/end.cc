// The table of leases: commits, failures and releases, and who is next in line.
#include <algorithm>
#include <memory>
#include <new>
#include <string>

#include "core/lease/name.h"
#include "core/lease/table.h"

namespace coffer::core {
namespace {

std::shared_ptr<const std::string> shared_message(std::string_view message) noexcept {
  try {
    return std::make_shared<const std::string>(message);
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}

}  // namespace

void LeaseTable::end(Stripe& stripe, const std::shared_ptr<Lease>& lease) {
  lease->role = Lease::kEnded;
  lease->news = {};
  std::erase(lease->line->beside, lease);
  if (stripe.by_id.erase(lease->id) != 0) bytes_.fetch_sub(lease->bytes, std::memory_order_relaxed);
  lease->changed.notify_all();
  drop_if_empty(stripe, lease->line);
}

void LeaseTable::leave_line(Stripe& stripe, const std::shared_ptr<Lease>& lease) {
  Line& line = *lease->line;
  if (line.leader == lease) {
    line.leader = nullptr;
    promote(stripe, lease->line);
  } else {
    std::erase(line.waiting, lease);
  }
}

void LeaseTable::drop_if_empty(Stripe& stripe, const std::shared_ptr<Line>& line) {
  if (line->leader != nullptr || !line->waiting.empty() || !line->beside.empty()) return;
  if (line->not_before != COFFER_NEVER || line->unqueued_until != COFFER_NEVER) return;
  const auto found = stripe.by_key.find(line->key);
  if (found == stripe.by_key.end() || found->second != line) return;
  const std::shared_ptr<Line> keep = line;  // the map's key is a view of the line's
  stripe.by_key.erase(found);
  bytes_.fetch_sub(kLineBytes + keep->key.size(), std::memory_order_relaxed);
  stripe.lines.fetch_sub(1, std::memory_order_seq_cst);
}

void LeaseTable::promote(Stripe& stripe, const std::shared_ptr<Line>& line) {
  if (line->leader != nullptr || line->waiting.empty()) return;
  // First whom a computation waits with: others may wait for that computation, and would not notice
  // that it is their turn.
  auto first = std::find_if(line->waiting.begin(), line->waiting.end(),
                            [](const auto& lease) { return lease->watched.load(); });
  if (first == line->waiting.end()) first = line->waiting.begin();
  const std::shared_ptr<Lease> next = *first;
  line->waiting.erase(first);
  next->role = Lease::kPreparing;
  next->deadline = now() + next->request.hard;
  line->leader = next;
  tell(stripe, next, {LeaseNews::kLead, nullptr, COFFER_OK, nullptr});
}

// The first of the waiting leads the line, the others lead beside it.
void LeaseTable::let_all_lead(Stripe& stripe, const std::shared_ptr<Line>& line) {
  promote(stripe, line);
  const coffer_time present = now();
  while (!line->waiting.empty()) {
    const std::shared_ptr<Lease> lease = line->waiting.front();
    line->beside.splice(line->beside.end(), line->waiting, line->waiting.begin());
    lease->role = Lease::kPreparing;
    lease->deadline = present + lease->request.hard;
    tell(stripe, lease, {LeaseNews::kLead, nullptr, COFFER_OK, nullptr});
  }
}

// There are at most so many such lines: the oldest is an ordinary one again.
void LeaseTable::leave_unqueued(Stripe& stripe, const std::shared_ptr<Line>& line,
                                int64_t duration) {
  if (duration <= 0) return;
  const bool known = line->unqueued_until != COFFER_NEVER;
  line->unqueued_until = now() + duration;
  if (known) return;
  try {
    stripe.unqueued.push_back(line);
  } catch (const std::bad_alloc&) {
    line->unqueued_until = COFFER_NEVER;  // an ordinary one
    return;
  }
  while (stripe.unqueued.size() > kUnqueuedPerStripe) {
    const std::shared_ptr<Line> oldest = stripe.unqueued.front().lock();
    stripe.unqueued.pop_front();
    if (oldest == nullptr) continue;
    oldest->unqueued_until = COFFER_NEVER;
    drop_if_empty(stripe, oldest);
  }
}

void LeaseTable::queue_again(Stripe& stripe, Line& line) {
  line.unqueued_until = COFFER_NEVER;
  std::erase_if(stripe.unqueued, [&](const std::weak_ptr<Line>& each) {
    const std::shared_ptr<Line> other = each.lock();
    return other == nullptr || other.get() == &line;
  });
}

// Takes the lead from everybody who has it.
void LeaseTable::depose_all(Line& line) {
  if (line.leader != nullptr) line.leader->superseded = true;
  line.leader = nullptr;
  for (const std::shared_ptr<Lease>& lease : line.beside) lease->superseded = true;
  line.beside.clear();
}

void LeaseTable::depose_if_late(Stripe& stripe, const std::shared_ptr<Line>& line,
                                coffer_time present) {
  const std::shared_ptr<Lease>& leader = line->leader;
  if (leader == nullptr || present < leader->deadline) return;
  if (leader->role != Lease::kPreparing && leader->role != Lease::kLeading) return;
  leader->superseded = true;
  line->leader = nullptr;
  promote(stripe, line);
}

coffer_status LeaseTable::begin_commit(coffer_lease id, std::shared_ptr<Lease>& out,
                                       coffer_sink& sink) {
  Stripe& stripe = stripe_of(id);
  const Lock lock(stripe.mutex);
  std::shared_ptr<Lease> lease;
  const coffer_status status = find_locked(stripe, id, lease, sink);
  if (failed(status)) return status;
  if (lease->role == Lease::kWaiting || lease->role == Lease::kPreparing) {
    return sink.fail(COFFER_INVALID_STATE,
                     lease_name(id) + " does not lead yet; coffer_lease_wait tells when it does");
  }
  if (lease->role != Lease::kLeading) {
    return sink.fail(COFFER_INVALID_STATE,
                     lease_name(id) + " is being committed by another thread");
  }
  lease->role = Lease::kCommitting;
  out = std::move(lease);
  return COFFER_OK;
}

bool LeaseTable::begin_storing(const std::shared_ptr<Lease>& lease) {
  const Lock lock(stripe_of(*lease).mutex);
  // Of several that computed side by side one stores.
  if (lease->superseded || lease->line->is_storing()) return false;
  lease->role = Lease::kStoring;
  return true;
}

void LeaseTable::stored(const std::shared_ptr<Lease>& lease) {
  Stripe& stripe = stripe_of(*lease);
  const Lock lock(stripe.mutex);
  stripe.stored.fetch_add(1, std::memory_order_release);
  Line& line = *lease->line;
  line.not_before = COFFER_NEVER;
  if (line.unqueued_until != COFFER_NEVER) queue_again(stripe, line);
  if (line.leader == lease) line.leader = nullptr;
  std::erase(line.beside, lease);
  // What else is being computed was begun before this value was there.
  depose_all(line);
  tell_all(stripe, line, {LeaseNews::kStored, nullptr, COFFER_OK, nullptr});
  end(stripe, lease);
  stripe.written.notify_all();
}

void LeaseTable::not_stored(const std::shared_ptr<Lease>& lease,
                            std::shared_ptr<const LoadedValue> value) {
  Stripe& stripe = stripe_of(*lease);
  const Lock lock(stripe.mutex);
  Line& line = *lease->line;
  if (line.leader == lease) {
    line.leader = nullptr;
    tell_all(stripe, line, {LeaseNews::kValue, std::move(value), COFFER_OK, nullptr});
  }
  end(stripe, lease);
  stripe.written.notify_all();
}

void LeaseTable::superseded(const std::shared_ptr<Lease>& lease) {
  Stripe& stripe = stripe_of(*lease);
  const Lock lock(stripe.mutex);
  leave_line(stripe, lease);
  end(stripe, lease);
  stripe.written.notify_all();
}

void LeaseTable::commit_failed(const std::shared_ptr<Lease>& lease) {
  Stripe& stripe = stripe_of(*lease);
  const Lock lock(stripe.mutex);
  lease->role = Lease::kLeading;
  stripe.written.notify_all();
}

void LeaseTable::not_committed(const std::shared_ptr<Lease>& lease, int64_t unqueued) {
  Stripe& stripe = stripe_of(*lease);
  const Lock lock(stripe.mutex);
  if (lease->role == Lease::kLeading) came_to_nothing(stripe, lease, unqueued);
}

void LeaseTable::declined(const std::shared_ptr<Lease>& lease, int64_t unqueued) {
  Stripe& stripe = stripe_of(*lease);
  const Lock lock(stripe.mutex);
  came_to_nothing(stripe, lease, unqueued);
  stripe.written.notify_all();
}

void LeaseTable::satisfied(const std::shared_ptr<Lease>& lease) {
  Stripe& stripe = stripe_of(*lease);
  const Lock lock(stripe.mutex);
  Line& line = *lease->line;
  if (line.leader == lease) {
    line.leader = nullptr;
    tell_all(stripe, line, {LeaseNews::kStored, nullptr, COFFER_OK, nullptr});
  }
  end(stripe, lease);
}

coffer_status LeaseTable::find_leading(const Stripe& stripe, coffer_lease id,
                                       std::string_view action, std::shared_ptr<Lease>& out,
                                       coffer_sink& sink) const {
  std::shared_ptr<Lease> lease;
  const coffer_status found = find_locked(stripe, id, lease, sink);
  if (failed(found)) return found;
  if (lease->role == Lease::kLeading) {
    out = std::move(lease);
    return COFFER_OK;
  }
  return sink.fail(COFFER_INVALID_STATE,
                   lease_name(id) + (lease->leads() ? " is being committed by another thread"
                                                    : " does not lead; there is nothing to " +
                                                          std::string(action)));
}

coffer_status LeaseTable::abandon(coffer_lease id, const LeaseFailure& failure, int64_t throttle,
                                  int64_t unqueued, std::shared_ptr<Lease>& out,
                                  coffer_sink& sink) {
  Stripe& stripe = stripe_of(id);
  const Lock lock(stripe.mutex);
  const coffer_status found = find_leading(stripe, id, "abandon", out, sink);
  if (failed(found)) return found;
  const std::shared_ptr<Line> line = out->line;
  // Without retries there is no queue.
  const bool retries = out->request.on_error == COFFER_ON_ERROR_RETRY;
  if (!out->superseded && retries) leave_unqueued(stripe, line, unqueued);
  if (line->leader == out) {
    line->leader = nullptr;
    if (throttle > 0) line->not_before = now() + throttle;
    const std::shared_ptr<const std::string> reason = shared_message(failure.message);
    // Those that retry stay in line.
    line->waiting.remove_if([&](const std::shared_ptr<Lease>& waiter) {
      const int32_t on_error = waiter->request.on_error;
      if (on_error == COFFER_ON_ERROR_RETRY) return false;
      const bool takes_stale = on_error == COFFER_ON_ERROR_STALE && waiter->request.has_stale;
      tell(stripe, waiter,
           takes_stale ? LeaseNews{LeaseNews::kStale, nullptr, COFFER_OK, nullptr}
                       : LeaseNews{LeaseNews::kFailed, failure.object, failure.status, reason});
      return true;
    });
    let_all_lead(stripe, line);
  }
  end(stripe, out);
  return COFFER_OK;
}

coffer_status LeaseTable::decline(coffer_lease id, int64_t unqueued, std::shared_ptr<Lease>& out,
                                  coffer_sink& sink) {
  Stripe& stripe = stripe_of(id);
  const Lock lock(stripe.mutex);
  const coffer_status found = find_leading(stripe, id, "decline", out, sink);
  if (!failed(found)) came_to_nothing(stripe, out, unqueued);
  return found;
}

void LeaseTable::came_to_nothing(Stripe& stripe, const std::shared_ptr<Lease>& lease,
                                 int64_t unqueued) {
  const std::shared_ptr<Line> line = lease->line;
  if (!lease->superseded) leave_unqueued(stripe, line, unqueued);
  if (line->leader == lease) {
    line->leader = nullptr;
    line->waiting.remove_if([&](const std::shared_ptr<Lease>& waiter) {
      if (!waiter->request.has_stale || waiter->request.refresh) return false;
      tell(stripe, waiter, {LeaseNews::kStale, nullptr, COFFER_OK, nullptr});
      return true;
    });
    let_all_lead(stripe, line);
  }
  end(stripe, lease);
}

coffer_status LeaseTable::extend(coffer_lease id, int64_t duration, coffer_sink& sink) {
  Stripe& stripe = stripe_of(id);
  const Lock lock(stripe.mutex);
  std::shared_ptr<Lease> lease;
  const coffer_status status = find_locked(stripe, id, lease, sink);
  if (failed(status)) return status;
  if (!lease->leads())
    return sink.fail(COFFER_INVALID_STATE,
                     lease_name(id) + " does not lead; only a lead has a deadline");
  if (lease->superseded) return COFFER_SUPERSEDED;
  lease->deadline = now() + duration;
  return COFFER_OK;
}

std::shared_ptr<Lease> LeaseTable::release(coffer_lease id) {
  Stripe& stripe = stripe_of(id);
  std::shared_ptr<Lease> lease;
  {
    const Lock lock(stripe.mutex);
    const auto found = stripe.by_id.find(id);
    if (found == stripe.by_id.end()) return nullptr;
    lease = found->second;
    // Whoever is in a commit ends it.
    if (lease->role == Lease::kCommitting || lease->role == Lease::kStoring) return nullptr;
    leave_line(stripe, lease);
    end(stripe, lease);
  }
  end_wait(lease);
  return lease;
}

}  // namespace coffer::core
