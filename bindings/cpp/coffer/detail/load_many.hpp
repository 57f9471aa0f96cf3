// coffer/detail/load_many.hpp: Cache::get_or_load_many.
#ifndef COFFER_DETAIL_LOAD_MANY_HPP_
#define COFFER_DETAIL_LOAD_MANY_HPP_

#include <chrono>
#include <cstddef>
#include <exception>
#include <optional>
#include <utility>
#include <vector>

#include "coffer/computation.hpp"
#include "coffer/fetch.hpp"
#include "coffer/load.hpp"

namespace coffer::detail {

// Fetches many keys and hands each over with its state.
inline Result<std::vector<Fetched>> fetch_many(coffer_cache* cache, const std::vector<Bytes>& keys,
                                               const FetchOptions& options) {
  std::vector<coffer_bytes> names;
  names.reserve(keys.size());
  for (const Bytes& key : keys) names.push_back(key.raw());
  std::vector<coffer_fetched> raw(keys.size());
  const coffer_fetch_options fetch = options.raw();
  coffer_error* error = nullptr;
  const coffer_status status =
      coffer_fetch_many(cache, names.data(), names.size(), &fetch, raw.data(), &error);
  if (status != COFFER_OK) return Outcome(status, error);
  std::vector<Fetched> fetched;
  fetched.reserve(raw.size());
  for (coffer_fetched& each : raw) fetched.emplace_back(cache, each);
  return fetched;
}

// Rounds of: compute what this caller leads, all in one call of the loader; then wait for the rest.
// There is a second round only if somebody else's computation came to nothing.
template <typename T, typename Loader>
class LoadingMany {
 public:
  LoadingMany(coffer_cache* cache, std::vector<Bytes> keys, Loader& loader)
      : cache_(cache), keys_(std::move(keys)), loader_(loader), values_(keys_.size()) {}

  Result<std::vector<T>> run(const FetchOptions& options) {
    Result<std::vector<Fetched>> fetched = fetch_many(cache_, keys_, options);
    if (!fetched) return std::move(fetched).outcome();
    fetched_ = std::move(*fetched);
    for (;;) {
      Outcome round = compute(options.look);
      if (round.ok()) round = take_entries();
      if (!round.ok()) return round;
      if (!wait_for_some(round)) break;
      if (!round.ok()) return round;
    }
    std::vector<T> values;
    values.reserve(values_.size());
    for (std::optional<T>& value : values_) values.push_back(std::move(*value));
    return values;
  }

 private:
  // ---- Computing

  Outcome compute(bool only_looks) {
    positions_.clear();
    for (std::size_t i = 0; i < keys_.size(); ++i) {
      const Fetched& fetched = fetched_[i];
      if (values_[i].has_value()) continue;
      if (fetched.state() == FetchState::kNone) {
        return Outcome::failure(fetched.status(), "the store could not read one of the keys");
      }
      const bool misses = fetched.state() == FetchState::kMiss;
      if (misses && only_looks) return Outcome(COFFER_MISS, nullptr);
      if (misses || fetched.leads()) positions_.push_back(i);
    }
    if (positions_.empty()) return {};
    std::vector<Bytes> keys;
    std::vector<coffer_lease> leads;  // or 0, for each key
    leases_.clear();
    for (const std::size_t i : positions_) {
      keys.push_back(keys_[i]);
      leads.push_back(fetched_[i].leads() ? fetched_[i].lease().id() : 0);
      if (leads.back() != 0) leases_.push_back(leads.back());
    }
    Load load(cache_, leases_);
    Result<std::vector<T>> loaded = Outcome(COFFER_MISS, nullptr);
    {
      Computing computing;
      Outcome begun = computing.begin(cache_, keys, leads);
      loaded =
          begun.ok() ? call(load, {keys, positions_}) : Result<std::vector<T>>(std::move(begun));
    }
    if (loaded.ok() && loaded->size() != positions_.size()) {
      loaded = Outcome::failure(Status::kInvalidArgument,
                                "the loader must return one value for each missing key");
    }
    if (!loaded.ok()) return give_up(std::move(loaded).outcome());
    return commit(*loaded, load.options());
  }

  Result<std::vector<T>> call(Load& load, const Missing& missing) {
#if defined(__cpp_exceptions)
    try {
      return call_loader(loader_, load, missing);
    } catch (const std::exception& error) {
      abandon(Status::kInternal, error.what());
      throw;
    } catch (...) {
      abandon(Status::kInternal, "the loader threw an exception");
      throw;
    }
#else
    return call_loader(loader_, load, missing);
#endif
  }

  Outcome commit(std::vector<T>& loaded, const CommitOptions& options) {
    std::vector<coffer_value> played;
    std::vector<coffer_commit> commits;
    played.reserve(loaded.size());  // commits point into it
    for (std::size_t k = 0; k < loaded.size(); ++k) {
      if (!fetched_[positions_[k]].leads()) continue;
      played.push_back(playable(std::as_const(loaded[k])));
      commits.push_back(options.raw());
      commits.back().neutral = &played.back();
    }
    std::vector<coffer_outcome> outcomes(commits.size());
    coffer_error* error = nullptr;
    const coffer_status status =
        coffer_lease_commit_many(cache_, leases_.data(), commits.data(), sizeof(coffer_commit),
                                 commits.size(), outcomes.data(), &error);
    if (status != COFFER_OK) return give_up(Outcome(status, error));
    std::size_t next = 0;
    Outcome worst;
    for (std::size_t k = 0; k < loaded.size(); ++k) {
      const std::size_t i = positions_[k];
      values_[i].emplace(std::move(loaded[k]));
      if (!fetched_[i].leads()) continue;
      const auto committed = static_cast<Status>(outcomes[next++].status);
      static_cast<void>(fetched_[i].take_entry());
      if (committed == Status::kOk || committed == Status::kSuperseded) {
        static_cast<void>(fetched_[i].lease().detach());
      } else {
        fetched_[i].lease().decline().ignore();  // others need not wait for the same
        fetched_[i].lease().release();           // if it was too late for that
        worst = Outcome::failure(committed, "a computed value could not be stored");
      }
    }
    return worst;
  }

  void abandon(Status status, const char* message) noexcept {
    for (const std::size_t i : positions_) {
      Lease& lease = fetched_[i].lease();
      if (fetched_[i].leads()) lease.abandon(status, message).ignore();
      lease.release();  // if it was too late for that
    }
  }

  // What there is already will do, if there is something for each key.
  Outcome give_up(Outcome&& outcome) {
    if (outcome.failed()) {
      abandon(outcome.status(), outcome.message());
    } else {
      for (const std::size_t i : positions_) {
        Lease& lease = fetched_[i].lease();
        if (fetched_[i].leads()) lease.decline().ignore();
        lease.release();  // if it was too late for that
      }
    }
    for (const std::size_t i : positions_) {
      if (!fetched_[i].has_entry()) return std::move(outcome);
    }
    return {};
  }

  // ---- Reading

  Outcome take_entries() {
    for (std::size_t i = 0; i < keys_.size(); ++i) {
      Fetched& fetched = fetched_[i];
      if (values_[i].has_value() || fetched.waits() || fetched.leads()) continue;
      Result<T> value = decode<T>(cache_, fetched.entry());
      if (!value.ok()) return std::move(value).outcome();
      values_[i].emplace(std::move(*value));
      static_cast<void>(fetched.take_entry());
    }
    return {};
  }

  // False if nothing is waited for. What turns out to be this caller's to compute is not held while
  // it waits for another's: two callers might wait for each other.
  bool wait_for_some(Outcome& outcome) {
    bool waited = false;
    bool leads = false;
    for (std::size_t i = 0; i < keys_.size() && outcome.ok(); ++i) {
      if (values_[i].has_value() || !fetched_[i].waits()) continue;
      outcome = leads ? fetched_[i].wait(std::chrono::nanoseconds(0)) : fetched_[i].wait();
      leads = leads || fetched_[i].leads();
      waited = true;
    }
    return waited;
  }

  coffer_cache* const cache_;
  const std::vector<Bytes> keys_;
  Loader& loader_;
  std::vector<Fetched> fetched_;
  std::vector<std::optional<T>> values_;
  std::vector<std::size_t> positions_;  // of this round's missing keys
  std::vector<coffer_lease> leases_;    // of those of them that this caller leads
};

}  // namespace coffer::detail

#endif  // COFFER_DETAIL_LOAD_MANY_HPP_
