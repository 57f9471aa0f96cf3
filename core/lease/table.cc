#include "core/lease/table.h"

#include <pthread.h>

#include <algorithm>
#include <chrono>
#include <new>

#include "core/lease/point.h"

namespace coffer::core {
namespace {

// An id: the table's serial number, a count, and the stripe in the lowest bits.
constexpr int kCountBits = 40;

std::atomic<uint64_t> g_tables{0};

// A manual clock does not wake anybody: look again so often.
constexpr int64_t kManualTick = 1'000'000;

// How long a lease that lost its lead is kept for an owner who may still come back.
constexpr int64_t kForgetAfter = 3600'000'000'000;

// A waiter that leads now and has not noticed: it may be waiting for something else first (a batch
// does), even for whoever comes now. It waits on.
void put_back_unnoticed(Line& line) {
  const std::shared_ptr<Lease> leader = line.leader;
  if (leader == nullptr || leader->news.kind != LeaseNews::kLead) return;
  if (leader->tag != 0) return;     // an event says so
  line.waiting.push_front(leader);  // may fail, and then nothing has changed
  leader->role = Lease::kWaiting;
  leader->news = {};
  line.leader = nullptr;
}

std::shared_ptr<const std::string> shared_message(std::string_view message) noexcept {
  try {
    return std::make_shared<const std::string>(message);
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}

std::string named(coffer_lease id) { return "lease " + std::to_string(id); }

}  // namespace

LeaseTable::LeaseTable(const Clock& clock)
    : clock_(clock), serial_(g_tables.fetch_add(1, std::memory_order_relaxed) + 1) {}

LeaseTable::~LeaseTable() {
  // Searches for cycles go through all tables.
  const std::lock_guard graph(wait_graph());
  for (Stripe& stripe : stripes_) {
    for (const auto& [id, lease] : stripe.by_id) forget_wait(*lease);
  }
  // A line and those who stand in it hold each other.
  for (Stripe& stripe : stripes_) {
    for (const auto& [key, line] : stripe.by_key) {
      line->leader.reset();
      line->waiting.clear();
      line->beside.clear();
    }
  }
}

// ---- Entering -----------------------------------------------------------------------------------

std::shared_ptr<Line> LeaseTable::line_of(Stripe& stripe, const coffer_key& key) {
  const std::string_view name(static_cast<const char*>(key.data), key.size);
  const auto found = stripe.by_key.find(name);
  if (found != stripe.by_key.end()) return found->second;
  auto line = std::make_shared<Line>();
  line->key = name;
  line->hash = key.hash;
  line->pass = stripe.passes;
  stripe.by_key.emplace(line->key, line);
  bytes_.fetch_add(kLineBytes + line->key.size(), std::memory_order_relaxed);
  // Before the computation begins, so that a writer who comes after what it reads was written finds
  // the line.
  stripe.lines.fetch_add(1, std::memory_order_seq_cst);
  return line;
}

std::shared_ptr<Lease> LeaseTable::enter(const coffer_key& key, Join join, LeaseRequest request,
                                         bool* leads) {
  Stripe& stripe = this->stripe(key.hash);
  const auto lease = std::make_shared<Lease>();
  const Lock lock(stripe.mutex);
  const coffer_time present = now();
  const std::shared_ptr<Line> line = line_of(stripe, key);
  depose_if_late(stripe, line, present);
  if (join == Join::kLine) put_back_unnoticed(*line);
  const bool resting = line->not_before != COFFER_NEVER && present < line->not_before;
  const bool unqueued = line->unqueued_until != COFFER_NEVER && present < line->unqueued_until;
  const bool idle = join == Join::kIdle || (unqueued && join == Join::kRested);
  if ((resting && join != Join::kLine) || (line->leader != nullptr && idle)) {
    drop_if_empty(stripe, line);
    return nullptr;
  }
  lease->id = next_id(stripe);
  lease->table = this;
  lease->line = line;
  lease->owner = pthread_self();
  lease->request = std::move(request);
  *leads = line->leader == nullptr || unqueued;
  const bool beside = *leads && line->leader != nullptr;
  try {
    if (beside) {
      line->beside.push_back(lease);
    } else if (!*leads) {
      line->waiting.push_back(lease);
    }
    add(stripe, lease);
  } catch (const std::bad_alloc&) {
    std::erase(line->beside, lease);
    std::erase(line->waiting, lease);
    drop_if_empty(stripe, line);
    throw;
  }
  if (*leads) {
    lease->role = Lease::kPreparing;
    lease->deadline = present + lease->request.hard;
    if (!beside) line->leader = lease;
  } else {
    if (lease->request.soft > 0 && lease->request.has_stale)
      lease->soft_until = present + lease->request.soft;
  }
  return lease;
}

void LeaseTable::add(Stripe& stripe, const std::shared_ptr<Lease>& lease) {
  lease->bytes = kLeaseBytes;
  for (const Dependency& dependency : lease->request.dependencies)
    lease->bytes += sizeof dependency + dependency.text.size() + dependency.scheme.size();
  stripe.by_id.emplace(lease->id, lease);
  bytes_.fetch_add(lease->bytes, std::memory_order_relaxed);
}

coffer_lease LeaseTable::next_id(Stripe& stripe) {
  return serial_ << (kCountBits + kStripeBits) | ++stripe.last_id << kStripeBits |
         static_cast<uint64_t>(&stripe - stripes_.data());
}

std::shared_ptr<Lease> LeaseTable::detached() {
  Stripe& stripe = stripes_[0];
  auto lease = std::make_shared<Lease>();
  lease->line = std::make_shared<Line>();
  const Lock lock(stripe.mutex);
  lease->id = next_id(stripe);
  lease->table = this;
  lease->owner = pthread_self();
  lease->role = Lease::kLeading;
  lease->superseded = true;
  lease->deadline = now();
  add(stripe, lease);
  return lease;
}

void LeaseTable::lead(const std::shared_ptr<Lease>& lease) {
  const Lock lock(stripe_of(*lease).mutex);
  if (lease->role != Lease::kPreparing) return;  // released meanwhile
  lease->role = Lease::kLeading;
  lease->deadline = now() + lease->request.hard;
}

// ---- Waiting ------------------------------------------------------------------------------------

LeaseNews LeaseTable::wait(const std::shared_ptr<Lease>& lease, int64_t timeout) {
  if (timeout != 0) begin_wait(lease);
  LeaseNews news = wait_for_news(lease, timeout);
  if (news.kind != LeaseNews::kNone) end_wait(lease);
  return news;
}

LeaseNews LeaseTable::wait_for_news(const std::shared_ptr<Lease>& lease, int64_t timeout) {
  Stripe& stripe = stripe_of(*lease);
  Lock lock(stripe.mutex);
  const coffer_time until = timeout < 0 ? INT64_MAX : now() + timeout;
  for (;;) {
    const coffer_time present = now();
    if (lease->role == Lease::kWaiting) depose_if_late(stripe, lease->line, present);
    if (lease->news.kind != LeaseNews::kNone) {
      LeaseNews news = std::move(lease->news);
      lease->news = {};
      if (news.kind != LeaseNews::kLead) end(stripe, lease);
      return news;
    }
    if (lease->leads()) return {LeaseNews::kLeads, nullptr, COFFER_OK, nullptr};
    if (lease->role != Lease::kWaiting) {
      return {LeaseNews::kFailed, nullptr, COFFER_CANCELLED,
              std::make_shared<const std::string>(named(lease->id) + " was ended while it waited")};
    }
    if (lease->soft_until != COFFER_NEVER && present >= lease->soft_until) {
      leave_line(stripe, lease);
      end(stripe, lease);
      return {LeaseNews::kStale, nullptr, COFFER_OK, nullptr};
    }
    if (present >= until) return {};
    coffer_time next = until;
    if (lease->soft_until != COFFER_NEVER) next = std::min(next, lease->soft_until);
    // Whoever is in a commit already is not deposed, and tells us when it is through.
    const std::shared_ptr<Lease>& leader = lease->line->leader;
    if (leader != nullptr && leader->deadline > present) next = std::min(next, leader->deadline);
    int64_t pause = std::clamp<int64_t>(next - present, 1, 3600'000'000'000);
    if (clock_.is_manual()) pause = std::min(pause, kManualTick);
    lease->changed.wait_for(lock, std::chrono::nanoseconds(pause));
  }
}

void LeaseTable::notify(const std::shared_ptr<Lease>& lease, coffer_queue* queue, uint64_t tag) {
  begin_wait(lease);
  auto event = std::make_unique<Event>();
  Stripe& stripe = stripe_of(*lease);
  const Lock lock(stripe.mutex);
  lease->queue = Ref<coffer_queue>::share(queue);
  lease->tag = tag;
  lease->event = std::move(event);
  if (lease->news.kind != LeaseNews::kNone || lease->role != Lease::kWaiting)
    tell(stripe, lease, std::move(lease->news));
}

void LeaseTable::tell(Stripe&, const std::shared_ptr<Lease>& lease, LeaseNews news) {
  lease->news = std::move(news);
  lease->changed.notify_all();
  if (!lease->queue) return;
  const Ref<coffer_queue> queue = std::move(lease->queue);
  lease->queue = {};
  Event& event = *lease->event;
  event.view.struct_size = sizeof(coffer_event);
  event.view.kind = COFFER_EVENT_LEASE;
  event.view.tag = lease->tag;
  event.view.at = now();
  event.view.number = lease->id;
  event.seal();
  queue->push(std::move(lease->event));
}

void LeaseTable::tell_all(Stripe& stripe, Line& line, const LeaseNews& news) {
  std::list<std::shared_ptr<Lease>> waiting;
  waiting.swap(line.waiting);
  for (const std::shared_ptr<Lease>& lease : waiting) tell(stripe, lease, news);
}

// ---- Finding ------------------------------------------------------------------------------------

coffer_status LeaseTable::find(coffer_lease id, std::shared_ptr<Lease>& out,
                               coffer_sink& sink) const {
  const Stripe& stripe = stripe_of(id);
  const Lock lock(stripe.mutex);
  return find_locked(stripe, id, out, sink);
}

coffer_status LeaseTable::find_locked(const Stripe& stripe, coffer_lease id,
                                      std::shared_ptr<Lease>& out, coffer_sink& sink) const {
  const auto found = stripe.by_id.find(id);
  if (found != stripe.by_id.end()) {
    out = found->second;
    return COFFER_OK;
  }
  if (id == 0)
    return sink.fail(COFFER_INVALID_ARGUMENT, "lease 0 is no lease: coffer_fetch gave none");
  if (id >> (kCountBits + kStripeBits) != serial_) {
    return sink.fail(
        COFFER_INVALID_ARGUMENT,
        named(id) +
            " is not of this cache; use the handle it was fetched with, or another on that store");
  }
  const uint64_t count = id >> kStripeBits & ((uint64_t{1} << kCountBits) - 1);
  if (count == 0 || count > stripe.last_id) {
    return sink.fail(COFFER_INVALID_ARGUMENT, named(id) + " was never given by this cache");
  }
  return sink.fail(
      COFFER_INVALID_STATE,
      named(id) + " has ended: it was committed, abandoned, answered or released before");
}

// ---- Ending -------------------------------------------------------------------------------------

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
                     named(id) + " does not lead yet; coffer_lease_wait tells when it does");
  }
  if (lease->role != Lease::kLeading) {
    return sink.fail(COFFER_INVALID_STATE, named(id) + " is being committed by another thread");
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
  return sink.fail(
      COFFER_INVALID_STATE,
      named(id) + (lease->leads() ? " is being committed by another thread"
                                  : " does not lead; there is nothing to " + std::string(action)));
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
                     named(id) + " does not lead; only a lead has a deadline");
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

// ---- Writers ------------------------------------------------------------------------------------

void LeaseTable::supersede_slowly(const coffer_key& key) {
  Stripe& stripe = this->stripe(key.hash);
  Lock lock(stripe.mutex);
  const auto found =
      stripe.by_key.find(std::string_view(static_cast<const char*>(key.data), key.size));
  if (found != stripe.by_key.end()) supersede_line(stripe, lock, found->second);
}

// The leader loses its lead; the next computes from what is true after the change.
bool LeaseTable::supersede_line(Stripe& stripe, Lock& lock, std::shared_ptr<Line> line) {
  bool waited = false;
  while (line->is_storing()) {
    if (point_is_watched()) {
      lock.unlock();
      point("waits");
      lock.lock();
    } else {
      stripe.written.wait(lock);
    }
    waited = true;
  }
  if (line->leader == nullptr && line->beside.empty()) return waited;
  depose_all(*line);
  promote(stripe, line);
  drop_if_empty(stripe, line);
  return waited;
}

template <typename Matches>
void LeaseTable::supersede_if(Matches&& matches) {
  for (Stripe& stripe : stripes_) {
    Lock lock(stripe.mutex);
    // Each line that was there at first, once; what comes meanwhile began after the change.
    const uint64_t pass = ++stripe.passes;
    for (auto at = stripe.by_key.begin(); at != stripe.by_key.end();) {
      const std::shared_ptr<Line> line = (at++)->second;
      if (line->pass >= pass || !matches(line->key)) continue;
      line->pass = pass;
      if (supersede_line(stripe, lock, line)) at = stripe.by_key.begin();
    }
  }
}

void LeaseTable::supersede_prefix(std::string_view prefix) {
  supersede_if([&](std::string_view key) { return key.starts_with(prefix); });
}

void LeaseTable::supersede_namespace(std::string_view path) {
  supersede_if([&](std::string_view key) {
    return path.empty() ||
           (key.size() > path.size() && key.starts_with(path) &&
            (key[path.size()] == ':' || (key[path.size()] == '/' && key.find(':') != key.npos)));
  });
}

void LeaseTable::maintain() {
  for (Stripe& stripe : stripes_) {
    const Lock lock(stripe.mutex);
    const coffer_time present = now();
    for (auto at = stripe.by_key.begin(); at != stripe.by_key.end();) {
      const std::shared_ptr<Line> line = (at++)->second;  // which may be dropped
      depose_if_late(stripe, line, present);
      if (line->not_before != COFFER_NEVER && present >= line->not_before)
        line->not_before = COFFER_NEVER;
      if (line->unqueued_until != COFFER_NEVER && present >= line->unqueued_until)
        queue_again(stripe, *line);
      // Nobody takes over from them; they are only forgotten.
      std::erase_if(line->beside, [&](const std::shared_ptr<Lease>& lease) {
        const bool lost = lease->role == Lease::kLeading && present >= lease->deadline;
        lease->superseded = lease->superseded || lost;
        return lost;
      });
      drop_if_empty(stripe, line);
    }
    std::erase_if(stripe.by_id, [&](const auto& item) {
      const Lease& lease = *item.second;
      const bool forgotten = lease.superseded && lease.role == Lease::kLeading &&
                             present > lease.deadline + kForgetAfter;
      if (forgotten) bytes_.fetch_sub(lease.bytes, std::memory_order_relaxed);
      return forgotten;
    });
  }
}

LeaseTable::View LeaseTable::look(const coffer_key& key) {
  Stripe& stripe = this->stripe(key.hash);
  const Lock lock(stripe.mutex);
  View view;
  const auto found =
      stripe.by_key.find(std::string_view(static_cast<const char*>(key.data), key.size));
  if (found == stripe.by_key.end()) return view;
  const Line& line = *found->second;
  view.computing = line.leader != nullptr;
  view.waiting = line.waiting.size();
  view.not_before = line.not_before;
  view.unqueued_until = line.unqueued_until;
  if (line.leader != nullptr) {
    view.since = line.leader->since;
    view.deadline = line.leader->deadline;
  }
  return view;
}

void LeaseTable::before_fork() {
  wait_graph_before_fork();
  for (Stripe& stripe : stripes_) stripe.mutex.lock();
}

void LeaseTable::after_fork(bool in_child) {
  for (Stripe& stripe : stripes_) {
    if (in_child) forget_other_threads(stripe);
    stripe.mutex.unlock();
  }
  wait_graph_after_fork();
}

void LeaseTable::forget_other_threads(Stripe& stripe) {
  // Condition variables may have lost waiters: those cannot be destroyed, so they are begun anew.
  new (&stripe.written) std::condition_variable();
  const auto is_gone = [](const Lease& lease) {
    return !pthread_equal(lease.owner, pthread_self());
  };
  for (const auto& [id, lease] : stripe.by_id) {
    new (&lease->changed) std::condition_variable();
    if (is_gone(*lease)) std::erase(lease->line->waiting, lease);
  }
  for (auto at = stripe.by_id.begin(); at != stripe.by_id.end();) {
    const std::shared_ptr<Lease> lease = (at++)->second;
    if (!is_gone(*lease)) continue;
    leave_line(stripe, lease);
    end(stripe, lease);
  }
}

}  // namespace coffer::core
