// The lines of one store: which keys are being computed, by whom, and who waits.
//
// Knows neither values nor the store: the cache asks it who may compute, and tells it what came of
// it.
#ifndef COFFER_CORE_LEASE_TABLE_H_
#define COFFER_CORE_LEASE_TABLE_H_

#include <algorithm>
#include <array>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "coffer/plugin/store.h"
#include "core/clock/clock.h"
#include "core/lease/lease.h"

namespace coffer::core {

// One key. Guarded by the lock of its stripe.
struct Line {
  std::string key;
  uint64_t hash = 0;
  std::shared_ptr<Lease> leader;
  std::list<std::shared_ptr<Lease>> waiting;
  uint64_t pass = 0;  // of its stripe: the last that looked at it
  // After a failure: when a stale entry is worth another attempt.
  coffer_time not_before = COFFER_NEVER;
  // Hit-for-miss: until then nobody waits. Whoever comes while there is a leader leads, too, beside
  // it.
  coffer_time unqueued_until = COFFER_NEVER;
  std::list<std::shared_ptr<Lease>> beside;

  // Whether a commit is writing to the store.
  bool is_storing() const {
    return (leader != nullptr && leader->role == Lease::kStoring) ||
           std::any_of(beside.begin(), beside.end(),
                       [](const auto& lease) { return lease->role == Lease::kStoring; });
  }
};

// [any-thread]
class LeaseTable {
 public:
  explicit LeaseTable(const Clock& clock);
  ~LeaseTable();

  // ---- Entering
  // How often a value was stored under keys of this hash's stripe: if it has not changed since
  // before a miss, nobody can have stored it meanwhile.
  uint64_t stored(uint64_t hash) const {
    return stripe(hash).stored.load(std::memory_order_acquire);
  }

  enum class Join {
    kLine,    // lead, or wait
    kRested,  // the same, unless a failure is too recent: then do nothing
    kIdle     // lead if nobody does and no failure is too recent; else do nothing
  };
  // A new lease, kPreparing if it leads (says `leads`) and kWaiting if not; NULL if there is
  // nothing to do.
  std::shared_ptr<Lease> enter(const coffer_key& key, Join join, LeaseRequest request, bool* leads);
  // A lease of no line: it leads from the start, and is superseded from the start.
  std::shared_ptr<Lease> detached();
  // Its stamps are taken: the lead's time runs.
  void lead(const std::shared_ptr<Lease>& lease);

  // ---- Waiting
  // What there is to tell, waiting up to `timeout` (-1: as long as it takes) for it; kNone if the
  // time passed. After kLead the lease is kPreparing, after kLeads it was told so before; after
  // anything else but kNone it has ended.
  LeaseNews wait(const std::shared_ptr<Lease>& lease, int64_t timeout);
  void notify(const std::shared_ptr<Lease>& lease, coffer_queue* queue, uint64_t tag);

  // A wait begins that may last: if the computation of this thread would wait for itself, there is
  // news of kCycle, or kStale. The wait counts until end_wait(); wait() and release() see to both.
  void begin_wait(const std::shared_ptr<Lease>& lease);
  void end_wait(const std::shared_ptr<Lease>& lease);
  // What the lead of that number belongs to; nothing if it has ended.
  void set_computation(coffer_lease id, const Ref<coffer_computation>& computation);

  // ---- Finding
  // The lease of that number, or a failure that says what is wrong with it.
  coffer_status find(coffer_lease id, std::shared_ptr<Lease>& out, coffer_sink& sink) const;

  // ---- Ending
  // Reserves the lease for one commit (kCommitting): it must lead.
  coffer_status begin_commit(coffer_lease id, std::shared_ptr<Lease>& out, coffer_sink& sink);
  // False if it was superseded meanwhile. Then, or after the write, one of the following.
  bool begin_storing(const std::shared_ptr<Lease>& lease);
  void stored(const std::shared_ptr<Lease>& lease);
  void not_stored(const std::shared_ptr<Lease>& lease, std::shared_ptr<const LoadedValue> value);
  void superseded(const std::shared_ptr<Lease>& lease);
  void commit_failed(const std::shared_ptr<Lease>& lease);  // leads on
  // The value is its caller's alone: as decline().
  void declined(const std::shared_ptr<Lease>& lease, int64_t unqueued);
  // Somebody has stored a value before this lease could: all in line may look.
  void satisfied(const std::shared_ptr<Lease>& lease);

  // The computation failed; a stale entry rests for `throttle`. Waiters that retry do so at once,
  // side by side, and nobody waits for `unqueued`.
  coffer_status abandon(coffer_lease id, const LeaseFailure& failure, int64_t throttle,
                        int64_t unqueued, std::shared_ptr<Lease>& out, coffer_sink& sink);
  // The computation came to nothing that could be stored. All waiters lead at once, side by side
  // (those with a stale entry take it), and nobody waits for `unqueued`, until a value is stored.
  coffer_status decline(coffer_lease id, int64_t unqueued, std::shared_ptr<Lease>& out,
                        coffer_sink& sink);
  // The same, if the lease still leads.
  void not_committed(const std::shared_ptr<Lease>& lease, int64_t unqueued);
  coffer_status extend(coffer_lease id, int64_t duration, coffer_sink& sink);
  // Leaves. The lease if it held stamps, for them to be given back.
  std::shared_ptr<Lease> release(coffer_lease id);

  // ---- Writers
  // Somebody changes the key by other means: before the change, so that what is being computed now
  // is not stored after it.
  void supersede(const coffer_key& key) {
    if (stripe(key.hash).lines.load(std::memory_order_seq_cst) != 0) [[unlikely]]
      supersede_slowly(key);
  }
  // Of a namespace and all nested in it; all there are if the path is empty.
  void supersede_namespace(std::string_view path);
  void supersede_prefix(std::string_view prefix);

  // Deposes leaders beyond their deadline, and forgets old failures.
  void maintain();

  // ---- Looking
  struct View {
    bool computing = false;
    size_t waiting = 0;
    coffer_time since = 0;
    coffer_time deadline = COFFER_NEVER;
    coffer_time not_before = COFFER_NEVER;
    coffer_time unqueued_until = COFFER_NEVER;
  };
  View look(const coffer_key& key);
  // About what the leases and lines take.
  size_t bytes() const { return bytes_.load(std::memory_order_relaxed); }

  void before_fork();
  // In the child, what other threads led or waited for has ended.
  void after_fork(bool in_child);

 private:
  class CycleSearch;
  static constexpr size_t kStripes = 16;  // a power of two
  static constexpr int kStripeBits = 4;
  static constexpr size_t kUnqueuedPerStripe = 256;

  struct Stripe {
    mutable std::mutex mutex;
    std::condition_variable written;  // a kStoring lease is through
    std::atomic<uint64_t> stored{0};
    std::atomic<size_t> lines{0};
    uint64_t last_id = 0;
    uint64_t passes = 0;  // over all of its lines that were ever begun
    std::unordered_map<std::string_view, std::shared_ptr<Line>> by_key;
    std::unordered_map<coffer_lease, std::shared_ptr<Lease>> by_id;
    std::deque<std::weak_ptr<Line>> unqueued;  // the lines that are, oldest first
  };
  using Lock = std::unique_lock<std::mutex>;

  Stripe& stripe(uint64_t hash) { return stripes_[hash >> 40 & (kStripes - 1)]; }
  const Stripe& stripe(uint64_t hash) const { return stripes_[hash >> 40 & (kStripes - 1)]; }
  Stripe& stripe_of(coffer_lease id) { return stripes_[id & (kStripes - 1)]; }
  const Stripe& stripe_of(coffer_lease id) const { return stripes_[id & (kStripes - 1)]; }
  Stripe& stripe_of(const Lease& lease) { return stripe_of(lease.id); }
  coffer_time now() const { return clock_.now(COFFER_CLOCK_PRECISE); }

  // Under the stripe's lock.
  coffer_status find_locked(const Stripe& stripe, coffer_lease id, std::shared_ptr<Lease>& out,
                            coffer_sink& sink) const;
  // The same, for what only a lease that leads and is in no commit may do.
  coffer_status find_leading(const Stripe& stripe, coffer_lease id, std::string_view action,
                             std::shared_ptr<Lease>& out, coffer_sink& sink) const;
  std::shared_ptr<Line> line_of(Stripe& stripe, const coffer_key& key);
  void end(Stripe& stripe, const std::shared_ptr<Lease>& lease);
  void leave_line(Stripe& stripe, const std::shared_ptr<Lease>& lease);
  void tell(Stripe& stripe, const std::shared_ptr<Lease>& lease, LeaseNews news);
  void tell_all(Stripe& stripe, Line& line, const LeaseNews& news);
  LeaseNews wait_for_news(const std::shared_ptr<Lease>& lease, int64_t timeout);
  void refuse(const std::shared_ptr<Lease>& lease, const std::vector<std::string>& cycle);
  static void forget_wait(Lease& lease);
  void promote(Stripe& stripe, const std::shared_ptr<Line>& line);
  void let_all_lead(Stripe& stripe, const std::shared_ptr<Line>& line);
  void leave_unqueued(Stripe& stripe, const std::shared_ptr<Line>& line, int64_t duration);
  void queue_again(Stripe& stripe, Line& line);
  void came_to_nothing(Stripe& stripe, const std::shared_ptr<Lease>& lease, int64_t unqueued);
  static void depose_all(Line& line);
  void depose_if_late(Stripe& stripe, const std::shared_ptr<Line>& line, coffer_time now);
  void drop_if_empty(Stripe& stripe, const std::shared_ptr<Line>& line);
  void forget_other_threads(Stripe& stripe);
  void supersede_slowly(const coffer_key& key);
  // True if the lock was given up meanwhile.
  bool supersede_line(Stripe& stripe, Lock& lock, std::shared_ptr<Line> line);
  template <typename Matches>
  void supersede_if(Matches&& matches);
  coffer_lease next_id(Stripe& stripe);
  void add(Stripe& stripe, const std::shared_ptr<Lease>& lease);

  const Clock& clock_;
  // What hash tables, shared pointers and allocators add to each.
  static constexpr size_t kLeaseBytes = sizeof(Lease) + 112;
  static constexpr size_t kLineBytes = sizeof(Line) + 128;

  std::atomic<size_t> bytes_{0};
  const uint64_t serial_;  // of this table among all of the process, part of every id
  std::array<Stripe, kStripes> stripes_;
};

}  // namespace coffer::core

#endif  // COFFER_CORE_LEASE_TABLE_H_
