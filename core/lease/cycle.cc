// Waits that would never end: a computation that waits for itself, directly or through others.
//
// Who waits for whom is a graph: a computation waits with leases; a lease waits for whoever leads
// its line; and that lead belongs to a computation. A cycle comes into being only when a wait
// begins, so it is looked for then, in all tables of the process. Waits with a soft deadline end by
// themselves and are no part of a cycle.
#include <algorithm>
#include <memory>
#include <new>
#include <unordered_set>

#include "core/lease/table.h"

namespace coffer::core {
namespace {

using ComputationRef = Ref<coffer_computation>;

void erase_wait(coffer_computation& computation, const Lease* lease) {
  std::erase_if(computation.waits, [&](const std::weak_ptr<Lease>& each) {
    const std::shared_ptr<Lease> other = each.lock();
    return other == nullptr || other.get() == lease;
  });
}

}  // namespace

// One search, under wait_graph(). The leads of lines may change meanwhile, one table's after the
// other's, so a cycle counts only if a second look finds all of it unchanged: a lease that has lost
// the lead never leads again, hence all its edges were there at one time.
class LeaseTable::CycleSearch {
 public:
  CycleSearch(const std::shared_ptr<Lease>& lease, coffer_computation& own)
      : lease_(lease), own_(own) {
    own.each_outward(
        [&](const coffer_computation& outer) { return own_set_.insert(&outer).second; });
  }

  // The keys of the cycle that this wait would close; empty: none.
  std::vector<std::string> run() {
    for (;;) {
      path_.clear();
      seen_.clear();
      if (!follow(lease_)) return {};
      if (std::all_of(path_.begin(), path_.end(),
                      [](const Edge& edge) { return lead_of(*edge.waits).id == edge.lead.id; }))
        return names();
    }
  }

 private:
  struct Lead {
    coffer_lease id = 0;
    ComputationRef computation;
  };
  struct Edge {
    std::shared_ptr<Lease> waits;
    Lead lead;
  };

  // What the lease waits for, if it does and that is being computed.
  static Lead lead_of(const Lease& lease) {
    const Lock lock(lease.table->stripe_of(lease).mutex);
    if (lease.role != Lease::kWaiting || lease.news.kind != LeaseNews::kNone) return {};
    const Lease* leader = lease.line->leader.get();
    if (leader == nullptr || !leader->computation || leader->computation->has_ended()) return {};
    return {leader->id, leader->computation};
  }

  // Whether what `waits` waits for waits, in the end, for us: then path_ is the way.
  bool follow(const std::shared_ptr<Lease>& waits) {
    Lead lead = lead_of(*waits);
    if (lead.id == 0) return false;
    coffer_computation& next = *lead.computation;
    path_.push_back({waits, std::move(lead)});
    if (own_set_.contains(&next)) return true;
    if (seen_.insert(&next).second) {
      for (const std::weak_ptr<Lease>& each : next.waits) {
        const std::shared_ptr<Lease> wait = each.lock();
        if (wait != nullptr && follow(wait)) return true;
      }
    }
    path_.pop_back();
    return false;
  }

  std::vector<std::string> names() const {
    std::vector<std::string> names{path_.back().waits->line->key};
    name_parts(*path_.back().lead.computation, &own_, names);
    names.push_back(path_.front().waits->line->key);
    for (size_t i = 1; i < path_.size(); ++i) {
      name_parts(*path_[i - 1].lead.computation, path_[i].waits->within.get(), names);
      names.push_back(path_[i].waits->line->key);
    }
    return names;
  }

  // The computations between `outer` and its part `inner`, outer ones first.
  static void name_parts(const coffer_computation& outer, const coffer_computation* inner,
                         std::vector<std::string>& names) {
    const size_t begin = names.size();
    for (; inner != nullptr && inner != &outer; inner = inner->within()) {
      if (!inner->has_ended()) names.push_back(inner->keys().front().name);
    }
    std::reverse(names.begin() + static_cast<ptrdiff_t>(begin), names.end());
  }

  const std::shared_ptr<Lease>& lease_;
  coffer_computation& own_;
  std::unordered_set<const coffer_computation*> own_set_;
  std::vector<Edge> path_;
  std::unordered_set<const coffer_computation*> seen_;
};

void LeaseTable::begin_wait(const std::shared_ptr<Lease>& lease) {
  coffer_computation* const own = coffer_computation::current();
  if (own == nullptr || lease->watched.load(std::memory_order_acquire)) return;
  const std::lock_guard graph(wait_graph());
  if (lease->within) return;
  try {
    const std::vector<std::string> cycle = CycleSearch(lease, *own).run();
    if (!cycle.empty()) return refuse(lease, cycle);
    if (lease->request.soft > 0 && lease->request.has_stale) return;
    lease->within = ComputationRef::share(own);
    own->each_outward([&](coffer_computation& outer) {
      outer.waits.push_back(lease);
      return true;
    });
    lease->watched.store(true, std::memory_order_release);
  } catch (const std::bad_alloc&) {
    forget_wait(*lease);  // without memory a cycle ends by the deadline of a lead
  }
}

void LeaseTable::end_wait(const std::shared_ptr<Lease>& lease) {
  if (!lease->watched.load(std::memory_order_acquire)) return;
  const std::lock_guard graph(wait_graph());
  forget_wait(*lease);
}

void LeaseTable::forget_wait(Lease& lease) {
  const ComputationRef within = std::exchange(lease.within, {});
  for (coffer_computation* at = within.get(); at != nullptr; at = at->within())
    erase_wait(*at, &lease);
  lease.watched.store(false, std::memory_order_release);
}

void LeaseTable::refuse(const std::shared_ptr<Lease>& lease,
                        const std::vector<std::string>& cycle) {
  auto description = std::make_shared<const std::string>(describe_cycle(cycle));
  Stripe& stripe = stripe_of(*lease);
  const Lock lock(stripe.mutex);
  if (lease->role != Lease::kWaiting || lease->news.kind != LeaseNews::kNone) return;
  std::erase(lease->line->waiting, lease);
  const LeaseRequest& request = lease->request;
  if (request.has_stale && (request.soft > 0 || request.on_error == COFFER_ON_ERROR_STALE)) {
    return tell(stripe, lease, {LeaseNews::kStale, nullptr, COFFER_OK, nullptr});
  }
  tell(stripe, lease, {LeaseNews::kCycle, nullptr, COFFER_INVALID_STATE, std::move(description)});
}

void LeaseTable::set_computation(coffer_lease id, const ComputationRef& computation) {
  Stripe& stripe = stripe_of(id);
  const Lock lock(stripe.mutex);
  const auto found = stripe.by_id.find(id);
  if (found != stripe.by_id.end()) found->second->computation = computation;
}

}  // namespace coffer::core
