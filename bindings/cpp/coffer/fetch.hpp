// coffer/fetch.hpp: get a value, or the right to compute it.
//
//   coffer::Fetched page = cache.fetch("page", {.depends_on = on}).value();
//   if (page.waits()) page.wait().ignore();          // somebody else computes it
//   if (page.lease()) {                              // this caller does
//     page.lease().commit(render(), {.ttl = 5min}).ignore();
//   }
//   if (page.has_entry()) use(page.entry().text());
//
// Cache::get_or_load does all that in one call; see also coffer/fetch.h.
#ifndef COFFER_FETCH_HPP_
#define COFFER_FETCH_HPP_

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "coffer/bytes.hpp"
#include "coffer/dependencies.hpp"
#include "coffer/entry.hpp"
#include "coffer/fetch.h"
#include "coffer/object.hpp"
#include "coffer/put_options.hpp"
#include "coffer/queue.hpp"
#include "coffer/result.hpp"
#include "coffer/transaction.hpp"
#include "coffer/write.hpp"

namespace coffer {

// What those do who wait for a computation that fails.
enum class OnError : std::int32_t {
  kDefault = COFFER_ON_ERROR_DEFAULT,  // as the cache's option says
  kRetry = COFFER_ON_ERROR_RETRY,      // compute, all at once
  kFail = COFFER_ON_ERROR_FAIL,        // get the same error
  kStale = COFFER_ON_ERROR_STALE,      // get the stale entry if there is one, else the error
};

// Written in place: `cache.fetch(key, {.depends_on = on, .soft = 50ms})`. What is left out is as
// the options of the cache say.
struct FetchOptions {
  DependsOn depends_on = {};                 // of the value to compute
  const Transaction* transaction = nullptr;  // a dirty one bypasses the cache
  // How long to rather wait for a computation than take a stale entry; zero: not at all.
  DefaultedDuration soft = {};
  // How long a computation may take before the next in line takes over.
  DefaultedDuration hard = {};
  std::optional<double> early = std::nullopt;  // weight of early refresh; zero: none
  OnError on_error = OnError::kDefault;
  bool look = false;      // never take a lease
  bool refresh = false;   // compute anew although the entry is fresh
  bool no_stale = false;  // a stale entry is no entry

  // As the C ABI takes it.
  coffer_fetch_options raw() const noexcept {
    coffer_fetch_options out{};
    out.struct_size = sizeof(out);
    if (look) out.flags |= COFFER_FETCH_LOOK;
    if (refresh) out.flags |= COFFER_FETCH_REFRESH;
    if (no_stale) out.flags |= COFFER_FETCH_NO_STALE;
    out.on_error = static_cast<std::int32_t>(on_error);
    out.dependencies = depends_on.raw();
    out.txn = detail::raw_transaction(transaction);
    out.soft = soft.raw();
    out.hard = hard.raw();
    if (early.has_value()) out.early = *early > 0 ? *early : -1;
    return out;
  }
};

// What a commit can say beyond the value: `lease.commit(value, {.ttl = 5min})`.
struct CommitOptions {
  Ttl ttl = {};                  // expired(): hand it to those who wait, and store nothing
  DefaultedDuration grace = {};  // as in PutOptions
  DependsOn depends_on = {};     // found only by the computation, besides that of the fetch
  std::uint32_t format = COFFER_FORMAT_RAW;
  bool negative = false;
  std::uint64_t weight = 0;
  bool decline = false;  // the value is its caller's alone, see Lease::decline

  // As the C ABI takes it, without a value.
  coffer_commit raw() const noexcept {
    coffer_commit out{};
    out.struct_size = sizeof(out);
    out.flags = negative ? static_cast<std::uint32_t>(COFFER_ENTRY_NEGATIVE) : 0;
    out.format = format;
    out.mode = decline ? COFFER_COMMIT_DECLINE : COFFER_COMMIT_STORE;
    out.weight = weight;
    out.ttl = ttl.raw();
    out.grace = grace.raw();
    out.dependencies = depends_on.raw();
    return out;
  }
};

// The right to compute the value of one key, or a place in the line for it. Move-only, released at
// its end: then the next in line computes. The cache it came from must outlive it (and may be
// moved).
class Lease {
 public:
  // No lease.
  Lease() noexcept = default;
  // Takes over a lease of the C ABI.
  Lease(coffer_cache* cache, coffer_lease id) noexcept : cache_(cache), id_(id) {}

  Lease(Lease&& other) noexcept
      : cache_(other.cache_), id_(std::exchange(other.id_, coffer_lease{0})) {}
  Lease& operator=(Lease&& other) noexcept {
    if (this == &other) return *this;
    release();
    cache_ = other.cache_;
    id_ = std::exchange(other.id_, coffer_lease{0});
    return *this;
  }
  ~Lease() { release(); }

  // Whether there is one.
  explicit operator bool() const noexcept { return id_ != 0; }
  // As Event::number tells it.
  coffer_lease id() const noexcept { return id_; }
  // For calls of the C ABI: it is not released here any more.
  coffer_lease detach() noexcept { return std::exchange(id_, coffer_lease{0}); }

  // ---- The value: each stores it and ends the lease. Ok; or Status::kSuperseded if what it was
  // computed from has changed meanwhile: then it is this caller's alone. After a failure the lease
  // still leads.

  Outcome commit(Bytes value, const CommitOptions& options = {}) noexcept {
    coffer_commit raw = options.raw();
    raw.value = value.raw();
    // An empty value, not an absent one.
    if (raw.value.data == nullptr) raw.value.data = "";
    return commit_raw(raw);
  }
  // There is nothing: a cached null.
  Outcome commit_null(const CommitOptions& options = {}) noexcept {
    coffer_commit raw = options.raw();
    raw.flags |= COFFER_ENTRY_NULL;
    return commit_raw(raw);
  }
  // Encoded with the cache's serializer, as Cache::put_value does.
  template <Writable T>
  Outcome commit_value(const T& value, const CommitOptions& options = {}) {
    const coffer_value played = detail::playable(value);
    coffer_commit raw = options.raw();
    raw.neutral = &played;
    return commit_raw(raw);
  }
  // The object itself, as Cache::put_object does.
  template <typename T>
  Outcome commit_object(std::shared_ptr<std::type_identity_t<T>> object, const ObjectType<T>& type,
                        const CommitOptions& options = {}) {
    if (object == nullptr) return commit_null(options);
    const detail::ObjectReference<T> reference(std::move(object));
    coffer_commit raw = options.raw();
    raw.object = reference.get();
    raw.object_type = type.raw();
    return commit_raw(raw);
  }

  // ---- Without a value

  // There is nothing that could be stored; ends the lease. Those who wait compute at once, side by
  // side, and for the cache's `hit_for_miss` nobody waits for the key, until a value is stored.
  Outcome decline() noexcept {
    coffer_error* error = nullptr;
    const coffer_status done = coffer_lease_decline(cache_, id_, &error);
    if (done == COFFER_OK) id_ = 0;
    return Outcome(done, error);
  }
  // The computation failed; ends the lease. Those who wait do as their on_error says.
  Outcome abandon(Status status, const char* message) noexcept {
    coffer_error* error = nullptr;
    const coffer_status done =
        coffer_lease_abandon(cache_, id_, static_cast<coffer_status>(status), message, &error);
    if (done == COFFER_OK) id_ = 0;
    return Outcome(done, error);
  }
  // It takes longer: the lead ends `from_now`, not before.
  Outcome extend(std::chrono::nanoseconds from_now) noexcept {
    coffer_error* error = nullptr;
    const coffer_status status = coffer_lease_extend(cache_, id_, from_now.count(), &error);
    return Outcome(status, error);
  }
  // Puts one Events::kLease with `tag` into `queue` as soon as Fetched::wait would have an answer,
  // which may be now.
  Outcome notify(const Queue& queue, std::uint64_t tag) noexcept {
    coffer_error* error = nullptr;
    const coffer_status status = coffer_lease_notify(cache_, id_, queue.raw(), tag, &error);
    return Outcome(status, error);
  }
  // Leaves the line, or drops the lead.
  void release() noexcept {
    if (id_ != 0) coffer_lease_release(cache_, std::exchange(id_, coffer_lease{0}));
  }

 private:
  friend class Fetched;

  Outcome commit_raw(const coffer_commit& raw) noexcept {
    coffer_error* error = nullptr;
    const coffer_status status = coffer_lease_commit(cache_, id_, &raw, nullptr, &error);
    if (status == COFFER_OK || status == COFFER_SUPERSEDED) id_ = 0;
    return Outcome(status, error);
  }

  coffer_cache* cache_ = nullptr;
  coffer_lease id_ = 0;
};

enum class FetchState : std::int32_t {
  kNone = 0,                // not fetched, or failed
  kHit = COFFER_FETCH_HIT,  // a fresh entry. With a lease: the caller is asked to compute it anew
  kStale = COFFER_FETCH_STALE,  // an entry within its grace. With a lease: the same
  kLead = COFFER_FETCH_LEAD,    // no entry; the lease is the caller's to commit
  kWait = COFFER_FETCH_WAIT,    // somebody else computes; maybe a stale entry
  kMiss = COFFER_FETCH_MISS,    // no entry and no lease: compute, and store nothing
};

// One fetched key: a state, and an entry, a lease or both. Move-only.
class Fetched {
 public:
  Fetched() noexcept = default;
  // Takes over what the C ABI fetched.
  Fetched(coffer_cache* cache, coffer_fetched& raw) noexcept
      : entry_(raw.entry),
        lease_(cache, raw.lease),
        state_(static_cast<FetchState>(raw.state)),
        status_(static_cast<Status>(raw.status)) {}

  FetchState state() const noexcept { return state_; }
  bool hit() const noexcept { return state_ == FetchState::kHit; }
  bool leads() const noexcept { return lease_ && state_ != FetchState::kWait; }
  bool waits() const noexcept { return state_ == FetchState::kWait; }
  // Of this key in fetch_many: kOk, or why there is no state.
  Status status() const noexcept { return status_; }

  // A cached null is an entry, too.
  bool has_entry() const noexcept { return entry_.version() != 0 || entry_.raw_entry().release; }
  const Entry& entry() const noexcept { return entry_; }
  Entry take_entry() noexcept { return std::move(entry_); }

  // The lead or the place in the line; it may be moved out, then wait() is no more.
  Lease& lease() noexcept { return lease_; }
  const Lease& lease() const noexcept { return lease_; }

  // Waits until the place in line means something, at most `timeout`, for ever without one. Changes
  // state, entry and lease to the answer; kWait remains if the time passed. By OnError::kFail the
  // leader's failure.
  Outcome wait(std::optional<std::chrono::nanoseconds> timeout = std::nullopt) noexcept {
    std::int64_t nanoseconds = -1;
    if (timeout.has_value()) nanoseconds = timeout->count() > 0 ? timeout->count() : 0;
    coffer_fetched raw{};
    coffer_error* error = nullptr;
    const coffer_status status =
        coffer_lease_wait(lease_.cache_, lease_.id_, nanoseconds, &raw, &error);
    if (status == COFFER_OK && raw.state == COFFER_FETCH_WAIT) {
      lease_.id_ = raw.lease;  // the value came and went: in line again, elsewhere
    } else {
      // Whatever it was, the old place is left; this does nothing if it has ended.
      if (lease_.id_ == raw.lease) lease_.id_ = 0;
      *this = Fetched(lease_.cache_, raw);
    }
    return Outcome(status, error);
  }

 private:
  Entry entry_;
  Lease lease_;
  FetchState state_ = FetchState::kNone;
  Status status_ = Status::kOk;
};

}  // namespace coffer

#endif  // COFFER_FETCH_HPP_
