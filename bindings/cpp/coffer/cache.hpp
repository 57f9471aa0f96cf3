// coffer/cache.hpp: a cache: read and write single keys.
//
// Any number of threads may use one Cache at once. Keys and values are bytes (coffer/bytes.hpp) and
// are borrowed for the call.
#ifndef COFFER_CACHE_HPP_
#define COFFER_CACHE_HPP_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

#include "coffer/batch.hpp"
#include "coffer/bytes.hpp"
#include "coffer/cache.h"
#include "coffer/entry.hpp"
#include "coffer/object.hpp"
#include "coffer/put_options.hpp"
#include "coffer/queue.hpp"
#include "coffer/read.hpp"
#include "coffer/result.hpp"
#include "coffer/scan.hpp"

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
    detail::Reader<T> reader;
    coffer_error* error = nullptr;
    const coffer_status status =
        coffer_entry_play(raw(), &entry.raw_entry(), reader.visitor(), nullptr, &error);
    return reader.finish(Outcome(status, error));
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

  // Gives the entry a new time to live from now: ok or missed().
  Outcome touch(Bytes key, Ttl ttl) const noexcept {
    coffer_error* error = nullptr;
    const coffer_status status = coffer_touch(raw(), key.data(), key.size(), ttl.raw(), &error);
    return Outcome(status, error);
  }

  // Adds to a decimal integer and returns the sum. An absent key starts from `options.initial` and
  // gets `options.ttl`; an existing one keeps its expiry. Atomic.
  Result<std::int64_t> incr(Bytes key, std::int64_t delta = 1,
                            const CounterOptions& options = {}) const noexcept {
    return Result<std::int64_t>::from([&](std::int64_t* out, coffer_error** error) {
      return coffer_incr(raw(), key.data(), key.size(), delta, options.initial, options.ttl.raw(),
                         out, error);
    });
  }

  // Removes every entry of this cache's namespace and returns how many there were.
  Result<std::uint64_t> clear() const noexcept {
    return Result<std::uint64_t>::from([&](std::uint64_t* removed, coffer_error** error) {
      return coffer_clear(raw(), removed, error);
    });
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

  std::unique_ptr<coffer_cache, Release> handle_;
};

}  // namespace coffer

#endif  // COFFER_CACHE_HPP_
