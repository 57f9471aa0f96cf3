// The table of leases: what writers supersede, housekeeping, and fork.
#include <pthread.h>

#include <algorithm>
#include <memory>
#include <string>

#include "core/lease/point.h"
#include "core/lease/table.h"

namespace coffer::core {
namespace {

// How long a lease that lost its lead is kept for an owner who may still come back.
constexpr int64_t kForgetAfter = 3600'000'000'000;

}  // namespace

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
