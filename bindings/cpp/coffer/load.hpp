// coffer/load.hpp: getting values that are computed on a miss: what loaders see.
//
//   auto user = cache.get_or_load_value("user:7", {.depends_on = on}, [&](coffer::Load& load) {
//     User user = database.read(7);
//     if (user.is_guest) load.ttl = 10s;
//     return user;
//   });
//
// A loader is any callable; a Load& is its last parameter, or none. It returns a T, or a Result<T>
// whose failure becomes that of the call, and whose miss stores nothing. An exception reaches its
// own caller; to those who wait it is a failure. Nobody queues for what cannot be stored: after a
// miss, and after a value that is too large or that the serializer cannot hold (which is a failure
// of its own call), those who waited compute at once, side by side (Lease::decline).
#ifndef COFFER_LOAD_HPP_
#define COFFER_LOAD_HPP_

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "coffer/bytes.hpp"
#include "coffer/dependencies.hpp"
#include "coffer/fetch.hpp"
#include "coffer/read.hpp"
#include "coffer/result.hpp"
#include "coffer/write.hpp"

namespace coffer {

// What a loader may say about the value it returns.
class Load {
 public:
  explicit Load(coffer_cache* cache, std::span<const coffer_lease> leases) noexcept
      : cache_(cache), leases_(leases) {}
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;

  Ttl ttl = {};
  DefaultedDuration grace = {};  // as in PutOptions
  Dependencies dependencies;     // found only now, besides those of the options
  bool negative = false;
  std::uint64_t weight = 0;

  // The value goes to this caller and to those who wait for it now, and to nobody else.
  void do_not_store() noexcept { ttl = Ttl::expired(); }
  // The value is this caller's alone. Those who wait compute their own at once, side by side, and
  // for the cache's `hit_for_miss` nobody waits for the key (Lease::decline).
  void decline() noexcept { declined_ = true; }

  // It takes longer: nobody takes over before `from_now`.
  Outcome extend(std::chrono::nanoseconds from_now) const noexcept {
    for (const coffer_lease lease : leases_) {
      coffer_error* error = nullptr;
      const coffer_status status = coffer_lease_extend(cache_, lease, from_now.count(), &error);
      if (status != COFFER_OK) return Outcome(status, error);
    }
    return {};
  }

  CommitOptions options() const noexcept {
    return {.ttl = ttl,
            .grace = grace,
            .depends_on = dependencies,
            .negative = negative,
            .weight = weight,
            .decline = declined_};
  }

 private:
  coffer_cache* const cache_;
  const std::span<const coffer_lease> leases_;
  bool declined_ = false;
};

// The keys of a get_or_load_many that have to be computed, and where they stand among those asked
// for. The loader returns a value for each, in this order.
struct Missing {
  std::span<const Bytes> keys;
  std::span<const std::size_t> positions;
};

namespace detail {

template <typename T>
struct Loaded {
  using type = T;
};
template <typename T>
struct Loaded<Result<T>> {
  using type = T;
};

// Calls a loader that takes a Load& or not.
template <typename Loader, typename... Args>
decltype(auto) call_loader(Loader& loader, Load& load, const Args&... args) {
  if constexpr (std::invocable<Loader&, const Args&..., Load&>) {
    return loader(args..., load);
  } else {
    static_assert(std::invocable<Loader&, const Args&...>,
                  "a loader takes nothing but a Load& (of many keys: a const Missing& before it)");
    return loader(args...);
  }
}

// What a loader returns, without Result.
template <typename Loader, typename... Args>
using LoadedBy = typename Loaded<std::remove_cvref_t<decltype(call_loader(
    std::declval<Loader&>(), std::declval<Load&>(), std::declval<const Args&>()...))>>::type;

inline Outcome commit_bytes(Lease& lease, Bytes value, const CommitOptions& options) noexcept {
  return lease.commit(value, options);
}
template <typename T>
Outcome commit_bytes(Lease& lease, const std::optional<T>& value,
                     const CommitOptions& options) noexcept {
  return value.has_value() ? lease.commit(*value, options) : lease.commit_null(options);
}

// An entry's value as a T.
template <Readable T>
Result<T> decode(coffer_cache* cache, const Entry& entry) {
  Reader<T> reader;
  coffer_error* error = nullptr;
  const coffer_status status =
      coffer_entry_play(cache, &entry.raw_entry(), reader.visitor(), nullptr, &error);
  return reader.finish(Outcome(status, error));
}

// One coffer_get_or_load: `Commit` is called as (Lease&, const T&, const CommitOptions&).
template <typename Loader, typename Commit>
class Loading {
 public:
  using T = LoadedBy<Loader>;

  Loading(Loader& loader, const Commit& commit) noexcept : loader_(loader), commit_(commit) {}
  Loading(const Loading&) = delete;
  Loading& operator=(const Loading&) = delete;

  Result<Entry> run(coffer_cache* cache, Bytes key, const FetchOptions& options) {
    const coffer_fetch_options fetch = options.raw();
    Entry entry;
    coffer_error* error = nullptr;
    const coffer_status status = coffer_get_or_load(cache, key.data(), key.size(), &fetch, call,
                                                    this, entry.raw_entry_out(), &error);
    Outcome outcome(status, error);
    if (outcome.ok()) return entry;
    if (outcome.failed()) {
#if defined(__cpp_exceptions)
      if (thrown_ != nullptr) std::rethrow_exception(thrown_);
#endif
      if (failure_.failed()) return std::move(failure_);
    }
    return outcome;
  }

  // What the loader returned, if it was this caller's.
  std::optional<T>& value() noexcept { return value_; }

 private:
  static coffer_status call(void* self, coffer_cache* cache, coffer_lease id,
                            coffer_sink* sink) noexcept {
    auto* loading = static_cast<Loading*>(self);
#if defined(__cpp_exceptions)
    try {
      return loading->load(cache, id, sink);
    } catch (const std::exception& error) {
      loading->thrown_ = std::current_exception();
      return coffer_sink_fail(sink, COFFER_INTERNAL, 0, error.what());
    } catch (...) {
      loading->thrown_ = std::current_exception();
      return coffer_sink_fail(sink, COFFER_INTERNAL, 0, "the loader threw an exception");
    }
#else
    return loading->load(cache, id, sink);
#endif
  }

  coffer_status load(coffer_cache* cache, coffer_lease id, coffer_sink* sink) {
    Load load(cache, {&id, 1});
    Result<T> loaded = call_loader(loader_, load);
    if (loaded.failed()) return fail(std::move(loaded).outcome(), sink);
    if (!loaded.ok()) return COFFER_OK;  // without a commit: a miss
    value_.emplace(std::move(*loaded));
    Lease lease(cache, id);
    Outcome committed = commit_(lease, *value_, load.options());
    if (committed.failed()) lease.decline().ignore();  // others need not wait for the same
    static_cast<void>(lease.detach());                 // the call that we are in ends it
    return committed.failed() ? fail(std::move(committed), sink) : coffer_status{COFFER_OK};
  }

  coffer_status fail(Outcome&& failure, coffer_sink* sink) noexcept {
    failure_ = std::move(failure);
    return coffer_sink_fail(sink, static_cast<coffer_status>(failure_.status()), failure_.flags(),
                            failure_.message());
  }

  Loader& loader_;
  const Commit& commit_;
  std::optional<T> value_;
  Outcome failure_;
#if defined(__cpp_exceptions)
  std::exception_ptr thrown_;
#endif
};

}  // namespace detail

}  // namespace coffer

#endif  // COFFER_LOAD_HPP_
