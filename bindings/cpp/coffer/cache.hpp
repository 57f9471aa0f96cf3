// coffer/cache.hpp: a cache: read and write single keys, compute what is missing, end what changed.
//
// Any number of threads may use one Cache at once. Keys and values are bytes (coffer/bytes.hpp) and
// are borrowed for the call.
#ifndef COFFER_CACHE_HPP_
#define COFFER_CACHE_HPP_

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <ranges>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "coffer/batch.hpp"
#include "coffer/bytes.hpp"
#include "coffer/cache.h"
#include "coffer/datum.hpp"
#include "coffer/detail/load_many.hpp"
#include "coffer/entry.hpp"
#include "coffer/fetch.hpp"
#include "coffer/invalidate.h"
#include "coffer/load.hpp"
#include "coffer/object.hpp"
#include "coffer/put_options.hpp"
#include "coffer/queue.hpp"
#include "coffer/read.hpp"
#include "coffer/result.hpp"
#include "coffer/scan.hpp"
#include "coffer/transaction.hpp"

namespace coffer {

// What read_into tells beside the bytes.
struct ReadInfo : coffer_read_info {
  bool is_null() const noexcept { return (flags & COFFER_ENTRY_NULL) != 0; }
};

// Counters of a cache handle and of the store under it; see coffer_stats.
struct Stats : coffer_stats {
  // Hits among gets, 0 to 1; 0 before the first get.
  double hit_ratio() const noexcept {
    return gets == 0 ? 0.0 : static_cast<double>(hits) / static_cast<double>(gets);
  }
};

// Start and time to live of a counter that incr creates.
struct CounterOptions {
  std::int64_t initial = 0;
  Ttl ttl = {};
};

// A handle on a store with a namespace and defaults; opened by Runtime::open or coffer::open.
// Move-only. Pinned entries stay valid after it is gone.
class Cache {
 public:
  // No cache: only assign to it.
  Cache() noexcept = default;
  // Takes over a handle of the C ABI.
  explicit Cache(coffer_cache* handle) noexcept : handle_(handle) {}

  // Another handle on the same store with some options changed; "namespace" nests in the present.
  [[nodiscard]] Result<Cache> derive(const Options& options) const noexcept {
    return Result<Cache>::from([&](Cache* out, coffer_error** error) {
      coffer_cache* handle = nullptr;
      const coffer_status status =
          coffer_cache_derive(raw(), options.data(), options.size(), &handle, error);
      *out = Cache(handle);
      return status;
    });
  }
  // derive({{"namespace", name}})
  [[nodiscard]] Result<Cache> in_namespace(std::string_view name) const {
    return derive({{"namespace", name}});
  }

  // ---- Read ------------------------------------------------------------------------------------

  // Pins the entry, without a copy. Found (a cached null too, see Entry::is_null), or missed().
  Result<Entry> get(Bytes key) const noexcept {
    return Result<Entry>::from([&](Entry* out, coffer_error** error) {
      return coffer_get(raw(), key.data(), key.size(), out->raw_entry_out(), error);
    });
  }

  // Copies the value into `buffer`: the fastest read of small values. Found, missed(), or
  // Status::kShort with `->size` telling the room needed and nothing written.
  Result<ReadInfo> read_into(Bytes key, std::span<std::byte> buffer) const noexcept {
    return Result<ReadInfo>::from([&](ReadInfo* out, coffer_error** error) {
      return coffer_read(raw(), key.data(), key.size(), buffer.data(), buffer.size(), out, error);
    });
  }
  Result<ReadInfo> read_into(Bytes key, std::span<char> buffer) const noexcept {
    return read_into(key, std::as_writable_bytes(buffer));
  }

  // The value as a T: decoded by the serializer that wrote it, see coffer/read.hpp. A cached null
  // is read by T = std::optional<...> or Value; bytes that are no T are a failure, not a miss.
  template <Readable T>
  Result<T> get_value(Bytes key) const {
    Result<Entry> entry = get(key);
    if (!entry) return std::move(entry).outcome();
    return decode<T>(*entry);
  }

  // The value of an entry of this cache as a T.
  template <Readable T>
  Result<T> decode(const Entry& entry) const {
    return detail::decode<T>(raw(), entry);
  }

  // The live object of this type; the pointer is shared with the cache and all other readers.
  // Missed if there is none, and also for a cached null; a failure if the entry is something else.
  template <typename T>
  Result<std::shared_ptr<T>> get_object(Bytes key, const ObjectType<T>& type) const {
    Result<Entry> entry = get(key);
    if (!entry) return std::move(entry).outcome();
    if (entry->is_null()) return Outcome(COFFER_MISS, nullptr);
    return type.share(entry->raw_entry());
  }

  // Whether there is an entry: ok or missed(). Does not count as use of it.
  Outcome exists(Bytes key) const noexcept {
    coffer_error* error = nullptr;
    const coffer_status status = coffer_exists(raw(), key.data(), key.size(), nullptr, &error);
    return Outcome(status, error);
  }

  // The time left: a duration or forever.
  Result<Ttl> ttl_left(Bytes key) const noexcept {
    return Result<Ttl>::from([&](Ttl* out, coffer_error** error) {
      coffer_ttl left = COFFER_TTL_DEFAULT;
      const coffer_status status = coffer_ttl_left(raw(), key.data(), key.size(), &left, error);
      *out = Ttl::from_raw(left);
      return status;
    });
  }

  // The keys of this cache, without its namespace: a range, see coffer/scan.hpp.
  //   for (std::string_view key : cache.keys({.prefix = "user:"})) ...
  Scan keys(const KeyFilter& filter = {}) const { return Scan(raw(), filter); }

  // ---- Write: each returns the entry's new version ---------------------------------------------

  // Writes bytes in any case.
  Result<std::uint64_t> put(Bytes key, Bytes value, const PutOptions& options = {}) const noexcept {
    return put_bytes(key, value, options.raw());
  }
  // Only if the key is absent, else Status::kExists.
  Result<std::uint64_t> add(Bytes key, Bytes value, const PutOptions& options = {}) const noexcept {
    return put_bytes(key, value, options.raw(COFFER_PUT_ADD));
  }
  // Only if the key is present, else missed().
  Result<std::uint64_t> replace(Bytes key, Bytes value,
                                const PutOptions& options = {}) const noexcept {
    return put_bytes(key, value, options.raw(COFFER_PUT_REPLACE));
  }
  // Only if the entry still has `version`, else Status::kConflict, or missed() if it is gone.
  Result<std::uint64_t> compare_and_swap(Bytes key, std::uint64_t version, Bytes value,
                                         const PutOptions& options = {}) const noexcept {
    return put_bytes(key, value, options.raw(COFFER_PUT_CAS, version));
  }
  // Remembers that there is nothing: later gets are hits with Entry::is_null().
  Result<std::uint64_t> put_null(Bytes key, const PutOptions& options = {}) const noexcept {
    coffer_put_options raw_options = options.raw();
    raw_options.flags |= COFFER_ENTRY_NULL;
    return put_bytes(key, {}, raw_options);
  }

  // Encodes a value with the cache's serializer and writes it: readable in any language, see
  // coffer/write.hpp. nullptr and an empty std::optional become a cached null.
  template <Writable T>
  Result<std::uint64_t> put_value(Bytes key, const T& value, const PutOptions& options = {}) const {
    const coffer_put_options put = options.raw();
    const coffer_value played = detail::playable(value);
    return Result<std::uint64_t>::from([&](std::uint64_t* version, coffer_error** error) {
      return coffer_put_value(raw(), key.data(), key.size(), &played, &put, version, error);
    });
  }

  // Keeps the object itself, not a copy: readers in this process share it, see coffer/object.hpp.
  template <typename T>
  Result<std::uint64_t> put_object(Bytes key, std::shared_ptr<std::type_identity_t<T>> object,
                                   const ObjectType<T>& type,
                                   const PutOptions& options = {}) const {
    if (object == nullptr) return put_null(key, options);
    const coffer_put_options put = options.raw();
    const detail::ObjectReference<T> reference(std::move(object));
    return Result<std::uint64_t>::from([&](std::uint64_t* version, coffer_error** error) {
      return coffer_put_object(raw(), key.data(), key.size(), reference.get(), type.raw(), &put,
                               version, error);
    });
  }

  // Removes the entry: ok if there was one, else missed().
  Outcome erase(Bytes key) const noexcept {
    coffer_error* error = nullptr;
    const coffer_status status = coffer_delete(raw(), key.data(), key.size(), &error);
    return Outcome(status, error);
  }

  // Removes the entry only if it still has that version: ok, missed(), or Status::kConflict.
  Outcome erase_if(Bytes key, std::uint64_t version) const noexcept {
    coffer_error* error = nullptr;
    const coffer_status status = coffer_delete_if(raw(), key.data(), key.size(), version, &error);
    return Outcome(status, error);
  }

  // Ends the entry as if its time had passed: within its grace, from now, it is served stale while
  // somebody computes it anew. ok or missed().
  Outcome expire(Bytes key) const noexcept {
    coffer_error* error = nullptr;
    const coffer_status status = coffer_expire(raw(), key.data(), key.size(), &error);
    return Outcome(status, error);
  }

  // Gives the entry a new time to live from now: ok or missed().
  Outcome touch(Bytes key, Ttl ttl) const noexcept {
    coffer_error* error = nullptr;
    const coffer_status status = coffer_touch(raw(), key.data(), key.size(), ttl.raw(), &error);
    return Outcome(status, error);
  }

  // Adds to an integer, whatever has written it, and returns the sum. An absent key starts from
  // `options.initial` and gets `options.ttl`; an existing one keeps its expiry and what it depends
  // on. With a ttl of zero or less nothing is left under the key. Atomic. Status::kInvalidState if
  // the entry is no integer, or if it or the sum is not within 64 bits; nothing is changed then.
  Result<std::int64_t> incr(Bytes key, std::int64_t delta = 1,
                            const CounterOptions& options = {}) const noexcept {
    return Result<std::int64_t>::from([&](std::int64_t* out, coffer_error** error) {
      return coffer_incr(raw(), key.data(), key.size(), delta, options.initial, options.ttl.raw(),
                         out, error);
    });
  }

  // The same of a counter that is there, else missed().
  Result<std::int64_t> incr_existing(Bytes key, std::int64_t delta = 1) const noexcept {
    return Result<std::int64_t>::from([&](std::int64_t* out, coffer_error** error) {
      return coffer_incr_existing(raw(), key.data(), key.size(), delta, out, error);
    });
  }

  // ---- Compute: exactly one caller computes a missing value, the others wait for it ------------

  // Fetches one key: an entry, the lease to compute it, or a place in the line. coffer/fetch.hpp.
  Result<Fetched> fetch(Bytes key, const FetchOptions& options = {}) const noexcept {
    const coffer_fetch_options raw_options = options.raw();
    coffer_fetched fetched{};
    coffer_error* error = nullptr;
    const coffer_status status =
        coffer_fetch(raw(), key.data(), key.size(), &raw_options, &fetched, &error);
    if (status != COFFER_OK) return Outcome(status, error);
    return Fetched(raw(), fetched);
  }
  // Fetches many, with one read of the store: answers in the order of `keys`. Commit what leads
  // before you wait for anything. Each has a status of its own.
  template <BytesRange Keys>
  Result<std::vector<Fetched>> fetch_many(const Keys& keys,
                                          const FetchOptions& options = {}) const {
    return detail::fetch_many(raw(), {std::ranges::begin(keys), std::ranges::end(keys)}, options);
  }
  Result<std::vector<Fetched>> fetch_many(std::initializer_list<Bytes> keys,
                                          const FetchOptions& options = {}) const {
    return detail::fetch_many(raw(), keys, options);
  }

  // The bytes under a key; if need be what `load` returns: text or bytes, or a std::optional of
  // them, empty for a cached null. coffer/load.hpp tells what a loader may do.
  template <typename Loader>
  Result<Entry> get_or_load(Bytes key, const FetchOptions& options, Loader&& load) const {
    const auto commit = [](Lease& lease, const auto& value, const CommitOptions& committed) {
      return detail::commit_bytes(lease, value, committed);
    };
    return detail::Loading(load, commit).run(raw(), key, options);
  }
  template <typename Loader>
  Result<Entry> get_or_load(Bytes key, Loader&& load) const {
    return get_or_load(key, FetchOptions(), load);
  }

  // The same with the cache's serializer: T is what `load` returns.
  template <typename Loader>
  Result<detail::LoadedBy<Loader>> get_or_load_value(Bytes key, const FetchOptions& options,
                                                     Loader&& load) const {
    const auto commit = [](Lease& lease, const auto& value, const CommitOptions& committed) {
      return lease.commit_value(value, committed);
    };
    detail::Loading loading(load, commit);
    Result<Entry> entry = loading.run(raw(), key, options);
    if (!entry) return std::move(entry).outcome();
    if (loading.value().has_value()) return std::move(*loading.value());
    return decode<detail::LoadedBy<Loader>>(*entry);
  }
  template <typename Loader>
  Result<detail::LoadedBy<Loader>> get_or_load_value(Bytes key, Loader&& load) const {
    return get_or_load_value(key, FetchOptions(), load);
  }

  // The same with a live object: `load` returns a std::shared_ptr<T>. A null pointer is cached, and
  // is a miss for those who get it.
  template <typename T, typename Loader>
  Result<std::shared_ptr<T>> get_or_load_object(Bytes key, const ObjectType<T>& type,
                                                const FetchOptions& options, Loader&& load) const {
    const auto commit = [&](Lease& lease, const auto& object, const CommitOptions& committed) {
      return lease.commit_object(object, type, committed);
    };
    Result<Entry> entry = detail::Loading(load, commit).run(raw(), key, options);
    if (!entry) return std::move(entry).outcome();
    if (entry->is_null()) return Outcome(COFFER_MISS, nullptr);
    return type.share(entry->raw_entry());
  }

  // The values of many keys, in their order: `load` gets all that are missing in one call and
  // returns a std::vector<T> of as many, in the order of Missing::keys. A miss if the loader's
  // result is one.
  template <BytesRange Keys, typename Loader>
  auto get_or_load_many(const Keys& keys, const FetchOptions& options, Loader&& load) const {
    return load_many({std::ranges::begin(keys), std::ranges::end(keys)}, options, load);
  }
  template <typename Loader>
  auto get_or_load_many(std::initializer_list<Bytes> keys, const FetchOptions& options,
                        Loader&& load) const {
    return load_many(keys, options, load);
  }

  // ---- Events: what depends on this has changed ------------------------------------------------
  // After ok() no value computed before is served to anyone who asks from now on. The cost does not
  // depend on how many entries end. With a transaction the event waits for its commit. If it fails,
  // try again.

  // Ends what depends on any of the tags.
  template <BytesRange Tags>
  Outcome invalidate_tags(const Tags& tags, const Transaction* transaction = nullptr) const {
    return invalidate({std::ranges::begin(tags), std::ranges::end(tags)}, transaction);
  }
  Outcome invalidate_tags(std::initializer_list<Bytes> tags,
                          const Transaction* transaction = nullptr) const {
    return invalidate(tags, transaction);
  }
  // Ends what depends on any row of the space.
  Outcome invalidate_space(Bytes space, const Transaction* transaction = nullptr) const noexcept {
    coffer_error* error = nullptr;
    const coffer_status status =
        coffer_invalidate_space(raw(), detail::raw_transaction(transaction), space.raw(), &error);
    return Outcome(status, error);
  }
  // Ends what depends on conjunctions that the row satisfies: as it was or as it is. Rows have all
  // columns that conditions use; if one is missing, everything that depends on the space ends.
  Outcome row_inserted(Bytes space, Cells row,
                       const Transaction* transaction = nullptr) const noexcept {
    return row_event(space, nullptr, &row.raw(), transaction);
  }
  Outcome row_changed(Bytes space, Cells old_row, Cells new_row,
                      const Transaction* transaction = nullptr) const noexcept {
    return row_event(space, &old_row.raw(), &new_row.raw(), transaction);
  }
  Outcome row_deleted(Bytes space, Cells row,
                      const Transaction* transaction = nullptr) const noexcept {
    return row_event(space, &row.raw(), nullptr, transaction);
  }
  // Removes the entry under a key once the transaction commits.
  Outcome erase_on_commit(Bytes key, const Transaction& transaction) const noexcept {
    coffer_error* error = nullptr;
    const coffer_status status =
        coffer_txn_delete(raw(), transaction.raw(), key.data(), key.size(), &error);
    return Outcome(status, error);
  }
  // Ends every entry of this cache's namespace and of those nested in it, and every computation
  // under way. At once, whatever transactions are open.
  Outcome clear() const noexcept {
    coffer_error* error = nullptr;
    const coffer_status status = coffer_clear(raw(), &error);
    return Outcome(status, error);
  }
  // Removes, one by one, the entries whose keys start so, and returns how many there were.
  Result<std::uint64_t> remove_prefix(Bytes prefix) const noexcept {
    return Result<std::uint64_t>::from([&](std::uint64_t* removed, coffer_error** error) {
      return coffer_remove_prefix(raw(), prefix.data(), prefix.size(), removed, error);
    });
  }
  // Declares columns of a space, before use: {{"id", coffer::ColumnType::kInteger}, ...}.
  Outcome declare(Bytes space, std::initializer_list<Column> columns) const noexcept {
    coffer_error* error = nullptr;
    const coffer_status status =
        coffer_space_declare(raw(), space.raw(), columns.begin(), columns.size(), &error);
    return Outcome(status, error);
  }

  // ---- Many at once: one round trip on a remote store, see coffer/batch.hpp --------------------

  // `keys` is any range, or a list in braces, of what converts to Bytes. Results are in order.
  template <BytesRange Keys>
  Result<Results> get_many(const Keys& keys) const {
    return run(Batch().get_all(keys));
  }
  Result<Results> get_many(std::initializer_list<Bytes> keys) const {
    return run(Batch().get_all(keys));
  }
  // `items` is any range, or a list in braces, of pairs of key and value.
  template <PairRange Items>
  Result<Results> put_many(const Items& items, const PutOptions& options = {}) const {
    return run(Batch().put_all(items, options));
  }
  Result<Results> put_many(std::initializer_list<std::pair<Bytes, Bytes>> items,
                           const PutOptions& options = {}) const {
    return run(Batch().put_all(items, options));
  }
  template <BytesRange Keys>
  Result<Results> erase_many(const Keys& keys) const {
    return run(Batch().erase_all(keys));
  }
  Result<Results> erase_many(std::initializer_list<Bytes> keys) const {
    return run(Batch().erase_all(keys));
  }
  template <BytesRange Keys>
  Result<Results> touch_many(const Keys& keys, Ttl ttl) const {
    return run(Batch().touch_all(keys, ttl));
  }
  Result<Results> touch_many(std::initializer_list<Bytes> keys, Ttl ttl) const {
    return run(Batch().touch_all(keys, ttl));
  }

  // Runs a batch of mixed operations. Ok if it ran: each result has an outcome of its own.
  Result<Results> run(const Batch& batch) const {
    return Result<Results>::from([&](Results* out, coffer_error** error) {
      *out = Results(batch.size());
      return coffer_run(raw(), batch.data(), batch.size(), sizeof(coffer_op), out->data(), error);
    });
  }

  // The same without waiting: keys and values are copied, and one completion event with `tag`
  // arrives in `queue`, unless this call fails.
  Outcome submit(const Batch& batch, const Queue& queue, std::uint64_t tag) const noexcept {
    coffer_error* error = nullptr;
    const coffer_status status = coffer_submit(raw(), batch.data(), batch.size(), sizeof(coffer_op),
                                               queue.raw(), tag, &error);
    return Outcome(status, error);
  }

  // ---- Look ------------------------------------------------------------------------------------

  Result<Stats> stats() const noexcept {
    return Result<Stats>::from([&](Stats* out, coffer_error** error) {
      out->struct_size = sizeof(coffer_stats);
      return coffer_cache_stats(raw(), out, error);
    });
  }
  // URL (secrets masked), options, plugins and stats as one map.
  Result<Value> describe() const {
    detail::Reader<Value> reader;
    coffer_error* error = nullptr;
    const coffer_status status = coffer_cache_describe(raw(), reader.visitor(), &error);
    return reader.finish(Outcome(status, error));
  }

  // Why the entry under a key is fresh, stale or missing, as one map: what it depends on and what
  // of that has changed, which time has passed, who computes it now.
  Result<Value> explain(Bytes key) const {
    detail::Reader<Value> reader;
    coffer_error* error = nullptr;
    const coffer_status status =
        coffer_explain(raw(), key.data(), key.size(), reader.visitor(), &error);
    return reader.finish(Outcome(status, error));
  }

  // The handle, for calls of the C ABI; stays owned by this object.
  coffer_cache* raw() const noexcept { return handle_.get(); }

 private:
  struct Release {
    void operator()(coffer_cache* handle) const noexcept { coffer_cache_release(handle); }
  };

  Result<std::uint64_t> put_bytes(Bytes key, Bytes value,
                                  const coffer_put_options& options) const noexcept {
    return Result<std::uint64_t>::from([&](std::uint64_t* version, coffer_error** error) {
      return coffer_put(raw(), key.data(), key.size(), value.data(), value.size(), &options,
                        version, error);
    });
  }

  template <typename Loader>
  auto load_many(std::vector<Bytes> keys, const FetchOptions& options, Loader& load) const {
    using T = typename detail::LoadedBy<Loader, Missing>::value_type;
    return detail::LoadingMany<T, Loader>(raw(), std::move(keys), load).run(options);
  }

  Outcome invalidate(const std::vector<Bytes>& tags, const Transaction* transaction) const {
    std::vector<coffer_bytes> names;
    names.reserve(tags.size());
    for (const Bytes& tag : tags) names.push_back(tag.raw());
    coffer_error* error = nullptr;
    const coffer_status status = coffer_invalidate_tags(raw(), detail::raw_transaction(transaction),
                                                        names.data(), names.size(), &error);
    return Outcome(status, error);
  }

  Outcome row_event(Bytes space, const coffer_cells* old_row, const coffer_cells* new_row,
                    const Transaction* transaction) const noexcept {
    coffer_error* error = nullptr;
    const coffer_status status = coffer_row_event(raw(), detail::raw_transaction(transaction),
                                                  space.raw(), old_row, new_row, &error);
    return Outcome(status, error);
  }

  std::unique_ptr<coffer_cache, Release> handle_;
};

}  // namespace coffer

#endif  // COFFER_CACHE_HPP_
