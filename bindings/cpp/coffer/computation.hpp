// coffer/computation.hpp: loaders that have other threads work for them.
//
// A loader that would wait for what it computes itself, or for what waits for it in turn, is told so
// at once (coffer/computation.h). What a loader hands to another thread is known to belong to it if
// that thread enters its computation:
//
//   cache.get_or_load("page", [&] {
//     auto part = pool.run([mine = coffer::Computation::current()] {
//       const coffer::Computation::Scope scope(mine);
//       return cache.get_or_load("part", ...);
//     });
//     return part.get();
//   });
#ifndef COFFER_COMPUTATION_HPP_
#define COFFER_COMPUTATION_HPP_

#include <memory>
#include <vector>

#include "coffer/bytes.hpp"
#include "coffer/computation.h"
#include "coffer/result.hpp"

namespace coffer {

// A reference to a computation, or to none.
class Computation {
 public:
  Computation() noexcept = default;
  // The one the calling thread is in: that of the loader it runs.
  static Computation current() {
    Computation computation;
    computation.shared_.reset(coffer_computation_share(), coffer_computation_release);
    return computation;
  }

  explicit operator bool() const noexcept { return shared_ != nullptr; }

  // While it lives, the calling thread is in the computation; it must end on the same thread.
  class Scope {
   public:
    explicit Scope(const Computation& computation) noexcept
        : shared_(computation.shared_), outer_(coffer_computation_enter(shared_.get())) {}
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;
    ~Scope() { coffer_computation_enter(outer_); }

   private:
    const std::shared_ptr<coffer_computation> shared_;
    coffer_computation* const outer_;
  };

 private:
  std::shared_ptr<coffer_computation> shared_;
};

namespace detail {

// The computation of some keys by this thread, until the end of the object.
class Computing {
 public:
  Computing() noexcept = default;
  Computing(const Computing&) = delete;
  Computing& operator=(const Computing&) = delete;
  ~Computing() {
    if (computation_ == nullptr) return;
    coffer_computation_enter(outer_);
    coffer_computation_end(computation_);
  }

  // `leases` has a lease or 0 for each key.
  Outcome begin(coffer_cache* cache, const std::vector<Bytes>& keys,
                const std::vector<coffer_lease>& leases) {
    std::vector<coffer_bytes> names;
    names.reserve(keys.size());
    for (const Bytes& key : keys) names.push_back(key.raw());
    coffer_error* error = nullptr;
    const coffer_status status = coffer_computation_begin(cache, names.data(), leases.data(),
                                                          keys.size(), &computation_, &error);
    if (status == COFFER_OK) outer_ = coffer_computation_enter(computation_);
    return Outcome(status, error);
  }

 private:
  coffer_computation* computation_ = nullptr;
  coffer_computation* outer_ = nullptr;
};

}  // namespace detail

}  // namespace coffer

#endif  // COFFER_COMPUTATION_HPP_
