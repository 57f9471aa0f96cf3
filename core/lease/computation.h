// A computation: work under way that computes the values of some keys, maybe as part of another.
#ifndef COFFER_CORE_LEASE_COMPUTATION_H_
#define COFFER_CORE_LEASE_COMPUTATION_H_

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "coffer/computation.h"
#include "core/error/error.h"
#include "core/ref/ref.h"

namespace coffer::core {

class LeaseTable;
struct Lease;

// Guards `waits` of all computations, and `within` of all leases. Never taken while a stripe of a
// LeaseTable is locked; only waits of computations take it. Locked across a fork.
std::mutex& wait_graph();

// Whether to lock or unlock it for a fork: once, however many tables there are.
void wait_graph_before_fork();
void wait_graph_after_fork();

// The keys of a cycle, the first and the last being the same, as a failure.
coffer_status refuse_cycle(const std::vector<std::string>& cycle, coffer_sink& sink);
std::string describe_cycle(const std::vector<std::string>& cycle);

}  // namespace coffer::core

// [any-thread]
struct coffer_computation final : coffer::core::RefCounted<coffer_computation> {
 public:
  struct Key {
    const coffer::core::LeaseTable* table;
    std::string name;  // as stored
  };

  // A part of the one this thread is in. Fails if that computes one of the keys.
  static coffer_status begin(std::vector<Key> keys, coffer::core::Ref<coffer_computation>& out,
                             coffer_sink& sink);
  // The one this thread is in, or NULL.
  static coffer_computation* current() noexcept;
  static coffer_computation* enter(coffer_computation* computation) noexcept;

  void end() noexcept { ended_.store(true, std::memory_order_release); }
  bool has_ended() const noexcept { return ended_.load(std::memory_order_acquire); }
  const std::vector<Key>& keys() const { return keys_; }
  coffer_computation* within() const { return within_.get(); }

  // This one and all it is a part of, innermost first, without those that have ended.
  template <typename Each>
  void each_outward(Each&& each) {
    for (coffer_computation* at = this; at != nullptr; at = at->within_.get()) {
      if (!at->has_ended() && !each(*at)) return;
    }
  }

  // Leases that this computation, or a part of it, waits with. Guarded by wait_graph().
  std::vector<std::weak_ptr<coffer::core::Lease>> waits;

 private:
  coffer_computation(std::vector<Key> keys, coffer::core::Ref<coffer_computation> within)
      : keys_(std::move(keys)), within_(std::move(within)) {}

  const std::vector<Key> keys_;
  const coffer::core::Ref<coffer_computation> within_;
  std::atomic<bool> ended_{false};
};

namespace coffer::core {

// While it lives, this thread is in a computation, which ends with it.
class Computing {
 public:
  explicit Computing(Ref<coffer_computation> computation)
      : computation_(std::move(computation)),
        outer_(coffer_computation::enter(computation_.get())) {}
  Computing(const Computing&) = delete;
  Computing& operator=(const Computing&) = delete;
  ~Computing() {
    coffer_computation::enter(outer_);
    computation_->end();
  }

 private:
  const Ref<coffer_computation> computation_;
  coffer_computation* const outer_;
};

}  // namespace coffer::core

#endif  // COFFER_CORE_LEASE_COMPUTATION_H_
