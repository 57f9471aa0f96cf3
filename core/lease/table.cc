// The table of leases: joining a line, waiting, finding. See also end.cc and writers.cc.
#include "core/lease/table.h"

#include <pthread.h>

#include <algorithm>
#include <chrono>
#include <new>

#include "core/lease/name.h"

namespace coffer::core {
namespace {

// An id: the table's serial number, a count, and the stripe in the lowest bits.
constexpr int kCountBits = 40;

std::atomic<uint64_t> g_tables{0};

// A manual clock does not wake anybody: look again so often.
constexpr int64_t kManualTick = 1'000'000;

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
              std::make_shared<const std::string>(lease_name(lease->id) +
                                                  " was ended while it waited")};
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
        lease_name(id) +
            " is not of this cache; use the handle it was fetched with, or another on that store");
  }
  const uint64_t count = id >> kStripeBits & ((uint64_t{1} << kCountBits) - 1);
  if (count == 0 || count > stripe.last_id) {
    return sink.fail(COFFER_INVALID_ARGUMENT, lease_name(id) + " was never given by this cache");
  }
  return sink.fail(
      COFFER_INVALID_STATE,
      lease_name(id) + " has ended: it was committed, abandoned, answered or released before");
}

}  // namespace coffer::core
