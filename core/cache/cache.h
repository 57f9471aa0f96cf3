// A cache: one handle on a store, with a namespace, defaults and counters of its own.
#ifndef COFFER_CORE_CACHE_CACHE_H_
#define COFFER_CORE_CACHE_CACHE_H_

#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "coffer/batch.h"
#include "coffer/cache.h"
#include "coffer/fetch.h"
#include "core/cache/config.h"
#include "core/cache/fresh.h"
#include "core/cache/key.h"
#include "core/cache/store.h"
#include "core/error/error.h"
#include "core/metrics/counters.h"
#include "core/ref/entry.h"
#include "core/ref/ref.h"
#include "core/runtime/runtime.h"
#include "core/serializer/serializer.h"
#include "core/value/buffer.h"

struct coffer_cache final : coffer::core::CacheMember {
 public:
  static coffer_status open(coffer_runtime* runtime, const char* url, const coffer_option* options,
                            size_t count, coffer_cache** out, coffer_sink& sink);
  coffer_status derive(const coffer_option* options, size_t count, coffer_cache** out,
                       coffer_sink& sink);
  ~coffer_cache() override;

  // Reading (read.cc).
  coffer_status get(std::string_view key, uint32_t flags, coffer_entry* out, coffer_sink& sink);
  // Inlined into its door, at the end of this file: the hot path of the whole library.
  coffer_status read(std::string_view key, void* buffer, size_t capacity, coffer_read_info* info,
                     coffer_sink& sink) noexcept;
  coffer_status ttl_left(std::string_view key, coffer_ttl* out, coffer_sink& sink);

  // Writing (write.cc).
  struct Put {  // what all kinds of put come to
    coffer_bytes value{};
    void* object = nullptr;
    const coffer_object_type* object_type = nullptr;
    coffer_put_options options{};
  };
  // What is decided before a put goes to the store.
  struct Plan {
    coffer_ttl ttl = COFFER_TTL_FOREVER;
    coffer_time until = COFFER_NEVER;  // the last instant at which it may be served
    coffer::core::MetaBuffer meta;
    coffer::core::PinnedStamps stamps;
  };
  coffer_status put(std::string_view key, const Put& put, uint64_t* version, coffer_sink& sink);
  coffer_status remove(std::string_view key, coffer_sink& sink);
  coffer_status remove_if(std::string_view key, uint64_t version, coffer_sink& sink);
  coffer_status expire(std::string_view key, coffer_sink& sink);
  coffer_status touch(std::string_view key, coffer_ttl ttl, coffer_sink& sink);

  // Events (invalidate.cc).
  coffer_status invalidate_tags(coffer_txn* txn, const coffer_bytes* tags, size_t count,
                                coffer_sink& sink);
  coffer_status invalidate_space(coffer_txn* txn, std::string_view space, coffer_sink& sink);
  coffer_status row_event(coffer_txn* txn, std::string_view space, const coffer_cells* old_row,
                          const coffer_cells* new_row, coffer_sink& sink);
  coffer_status remove_later(coffer_txn* txn, std::string_view key, coffer_sink& sink);
  coffer_status clear(coffer_sink& sink);
  coffer_status remove_prefix(std::string_view prefix, uint64_t* removed, coffer_sink& sink);

  // Leases (fetch.cc, wait.cc, commit.cc, load.cc).
  coffer_status fetch(std::string_view key, const coffer_fetch_options& options,
                      coffer_fetched* out, coffer_sink& sink);
  coffer_status fetch_many(const coffer_bytes* keys, size_t count,
                           const coffer_fetch_options& options, coffer_fetched* out,
                           coffer_sink& sink);
  coffer_status wait(coffer_lease lease, int64_t timeout, coffer_fetched* out, coffer_sink& sink);
  coffer_status notify(coffer_lease lease, coffer_queue* queue, uint64_t tag, coffer_sink& sink);
  coffer_status commit(coffer_lease lease, const coffer_commit& commit, coffer_entry* out,
                       coffer_sink& sink);
  coffer_status commit_many(const coffer_lease* leases, const std::vector<coffer_commit>& commits,
                            coffer_outcome* each, coffer_sink& sink);
  coffer_status decline(coffer_lease lease, coffer_sink& sink);
  coffer_status abandon(coffer_lease lease, const coffer::core::LeaseFailure& failure,
                        coffer_sink& sink);
  coffer_status begin_computation(const coffer_bytes* keys, const coffer_lease* leases,
                                  size_t count, coffer::core::Ref<coffer_computation>& out,
                                  coffer_sink& sink);
  coffer_status get_or_load(std::string_view key, const coffer_fetch_options& options,
                            coffer_loader load, void* user, coffer_entry* out, coffer_sink& sink);

  // Counters (incr.cc).
  struct Step {
    int64_t delta = 0;
    int64_t initial = 0;                  // of an absent counter, if there may be one
    coffer_ttl ttl = COFFER_TTL_DEFAULT;  // of one that was absent
    bool must_exist = false;              // else COFFER_MISS
  };
  coffer_status incr(std::string_view key, const Step& step, int64_t* out, coffer_sink& sink);

  // Values (value.cc).
  coffer_status put_value(std::string_view key, const coffer_value* value,
                          coffer_put_options options, uint64_t* version, coffer_sink& sink);
  coffer_status put_object(std::string_view key, void* object, const coffer_object_type* type,
                           const coffer_put_options& options, uint64_t* version, coffer_sink& sink);
  coffer_status play(const coffer_entry* entry, const coffer_visitor* into,
                     const coffer_limits* limits, coffer_sink& sink);

  // Batches (batch.cc).
  coffer_status run(const coffer_op* ops, size_t count, size_t stride, coffer_result* results,
                    coffer_sink& sink);

  // Looking (describe.cc).
  void stats(coffer_stats* out) override;
  void play_description(coffer::core::Player& player) override;
  coffer_status explain(std::string_view key, const coffer_visitor* into,
                        coffer_sink& sink);  // explain.cc
  // The URL that opens this handle, secrets masked.
  std::string url();
  const std::string& label() const override { return store_->label(); }

  coffer::core::Store& store() const { return *store_; }
  coffer_runtime* runtime() const { return store_->runtime(); }
  const coffer::core::CacheConfig& config() const { return config_; }

  enum Counter {
    kHits,
    kNullHits,
    kMisses,
    kPuts,
    kDeletes,
    kErrors,
    kStale,
    kLeads,
    kWaits,
    kSuperseded,
    kBypassed,
    kTagEvents,
    kSpaceEvents,
    kRowEvents,
    kClears,
    kCounters
  };
  void count_get(coffer_status status, uint32_t entry_flags) {
    if (status == COFFER_OK) [[likely]] {
      counters_.add(kHits);
      if ((entry_flags & COFFER_ENTRY_NULL) != 0) [[unlikely]]
        counters_.add(kNullHits);
    } else {
      counters_.add(status == COFFER_MISS ? kMisses : kErrors);
    }
  }
  void count(Counter counter, uint64_t amount = 1) { counters_.add(counter, amount); }

  // Steps shared by single operations and batches (plan.cc, write.cc, read.cc).
  coffer_status check_put(std::string_view key, const Put& put, coffer_sink& sink) const;
  coffer_status check_ttl(std::string_view key, coffer_ttl ttl, coffer_sink& sink) const;
  // Whether nothing but bytes and a time to live goes to the store; and that time.
  bool is_plain(const coffer_key& key, const Put& put) const;
  coffer_ttl plain_ttl(const coffer_put_options& options) const;
  // For a put that overwrites nothing, or whatever is there.
  coffer_status plan(const coffer_key& key, const Put& put, Plan& out, coffer_sink& sink);
  static coffer_store_put store_put(const coffer_key& key, const Put& put, coffer_ttl ttl,
                                    coffer_bytes meta);
  // Checks and names what a value depends on, and adds what is not in `out` yet.
  coffer_status dependencies_of(const coffer_dependencies* from,
                                std::vector<coffer::core::Dependency>& out, coffer_sink& sink);
  // What the store has, fresh or not.
  coffer_status get_raw(const coffer_key& key, uint32_t flags, coffer_entry* out,
                        coffer_sink& sink);
  // The present root stamp for a stored key.
  uint64_t root_of(const coffer_key& key) const;
  // Whether what a store gave is fresh; judge() also buries what is dead.
  coffer::core::Judgement judge(const coffer_key& key, const coffer::core::Evidence& evidence,
                                uint64_t version);
  coffer::core::Judgement judge_quietly(const coffer_key& key, const coffer_entry& entry);
  // After a get: COFFER_OK with what it has left to live, or COFFER_MISS and released.
  coffer_status inspect(const coffer_key& key, uint32_t flags, coffer_entry* entry);
  bool is_plain(uint32_t meta_size) const {
    return meta_size == 0 && root_->load(std::memory_order_acquire) == 0;
  }
  coffer_time deadline() const {
    return config_.waits ? runtime()->now() + config_.deadline : coffer_time{COFFER_NEVER};
  }

 private:
  coffer_cache(coffer::core::Ref<coffer::core::Store> store, coffer::core::CacheConfig config);

  coffer_status read_key(const coffer_key& key, void* buffer, size_t capacity,
                         coffer_read_info* info, coffer_sink& sink) noexcept;
  [[gnu::noinline]] coffer_status read_namespaced(std::string_view key, void* buffer,
                                                  size_t capacity, coffer_read_info* info,
                                                  coffer_sink& sink) noexcept;
  [[gnu::noinline]] coffer_status end_read(coffer_status status, const coffer_key& key,
                                           const coffer_store_read& io, coffer_read_info* info,
                                           coffer_sink& sink) noexcept;
  coffer_status read_pinned(const coffer_key& key, void* buffer, size_t capacity,
                            coffer_read_info* info, coffer_sink& sink);
  [[gnu::noinline]] coffer_status read_doubtful(const coffer_key& key, const coffer_store_read& io,
                                                coffer_read_info* info, coffer_sink& sink) noexcept;
  coffer_status get_key(const coffer_key& key, uint32_t flags, coffer_entry* out,
                        coffer_sink& sink);
  void slide(const coffer_key& key, const coffer::core::MetaTimes& times,
             coffer_time expires_at) noexcept;

  coffer::core::Life life_of(const coffer::core::LifeRequest& request, coffer_time now) const;
  void keep_beside(const coffer::core::Origin& origin, Plan& out);
  coffer_status plan_over(const coffer_key& key, const Put& put, const coffer_entry& entry,
                          const coffer::core::Judgement& judged, Plan& out, coffer_sink& sink);
  coffer_status put_item(const coffer_store_put& item, uint64_t* version, coffer_sink& sink);
  coffer_status put_planned(const coffer_key& key, const Put& put, Plan& plan, uint64_t* version,
                            coffer_sink& sink);
  coffer_status put_by_mode(const coffer_key& key, const Put& put, uint64_t* version,
                            coffer_sink& sink);
  coffer_status put_expired(const coffer_key& key, const Put& put, coffer_sink& sink);
  coffer_status put_keeping_ttl(const coffer_key& key, const Put& put, uint64_t* version,
                                coffer_sink& sink);
  coffer_status put_if_absent(const coffer_key& key, const Put& put, uint64_t* version,
                              coffer_sink& sink);
  coffer_status put_over(const coffer_key& key, const Put& put, uint64_t* version,
                         coffer_sink& sink);
  coffer_status put_encoded(std::string_view key, const coffer_value* value,
                            coffer_put_options options, uint64_t* version, coffer_sink& sink);
  coffer_status put_bare_null(std::string_view key, coffer_put_options options, uint64_t* version,
                              coffer_sink& sink);
  coffer_status encode(std::string_view key, const coffer_value& value,
                       coffer::core::BufferWriter& buffer, uint32_t* format, coffer_sink& sink);
  coffer_status count_of(const coffer_entry& entry, int64_t& out, coffer_sink& sink);
  coffer_status put_count(std::string_view key, int64_t count, Put put, coffer_sink& sink);
  coffer_status remove_key(const coffer_key& key, coffer_sink& sink);
  coffer_status remove_version(const coffer_key& key, uint64_t version, coffer_sink& sink);
  coffer_status expire_key(const coffer_key& key, coffer_sink& sink);
  coffer_status touch_key(const coffer_key& key, coffer_ttl ttl, coffer_sink& sink);
  // One call of the store each: deletes an entry of that version (0: of any); gives one a new time
  // to live.
  coffer_status delete_stored(const coffer_key& key, uint64_t version, coffer_sink& sink);
  coffer_status touch_stored(const coffer_key& key, coffer_ttl left, coffer_sink& sink);
  template <typename End>
  coffer_status end_key(std::string_view key, coffer_sink& sink, End&& end);

  // What an entry under the key is now, stale ones included.
  struct Found {
    coffer::core::Verdict verdict = coffer::core::Verdict::kDead;  // also if there is none
    coffer_entry entry{};                                          // if it is not dead
    uint64_t version = 0;                                          // of a dead one, too
    coffer::core::MetaTimes times;
    coffer_time stored_until = COFFER_NEVER;  // grace included
    coffer_time created = 0;
    int64_t cost = 0;
    ~Found() { coffer::core::release_entry(entry); }
  };
  using LeaseRef = std::shared_ptr<coffer::core::Lease>;
  void look(const coffer_key& key, Found& found);
  coffer_status find(const coffer_key& key, Found& found, coffer_sink& sink);
  coffer_status request_of(const coffer_fetch_options& options, coffer::core::LeaseRequest& out,
                           coffer_sink& sink);
  coffer_status fetch_key(const coffer_key& key, const coffer_fetch_options& options,
                          coffer_fetched* out, coffer_sink& sink);
  bool is_hit(const coffer_key& key, const coffer_fetch_options& options, Found& found,
              coffer_fetched* out);
  bool is_due(double early, const Found& found) const;
  coffer_status answer(const coffer_key& key, uint32_t flags, coffer::core::LeaseRequest request,
                       uint64_t stored, Found& found, coffer_fetched* out, coffer_sink& sink);
  coffer_status answer_early(const coffer_key& key, coffer::core::LeaseRequest request,
                             Found& found, coffer_fetched* out, coffer_sink& sink);
  coffer_status answer_with_lease(const coffer_key& key, coffer::core::LeaseTable::Join join,
                                  coffer::core::LeaseRequest request, uint64_t stored, Found& found,
                                  coffer_fetched* out, coffer_sink& sink);
  coffer_status begin_lead(const LeaseRef& lease, const coffer_key& key, uint64_t seen,
                           coffer_sink& sink);
  coffer_status take_the_lead(const LeaseRef& lease, coffer_fetched* out, coffer_sink& sink);
  coffer_status take_stale(const LeaseRef& lease, coffer_fetched* out, coffer_sink& sink);
  coffer_status fetch_again(LeaseRef& lease, uint32_t flags, coffer_fetched* out,
                            coffer_sink& sink);
  void count_fetched(const coffer_key& key, const coffer_fetched& fetched, coffer_time created);

  class Committing;  // one lease on its way into the store (commit.cc)
  class Loading;     // one coffer_get_or_load (load.cc)

  template <typename Event>
  coffer_status play_or_queue(coffer_txn* txn, Event event, coffer_sink& sink);
  coffer_status move(std::vector<coffer::core::DependencyId> ids, coffer_sink& sink);
  void note_moved(Counter counter, std::string_view name, std::string_view kind);

  coffer_status check_serializer(coffer_sink& sink);
  coffer_status serializer(coffer::core::Ref<coffer::core::Serializer>& out, coffer_sink& sink);
  coffer_status serializer_of(uint32_t format, coffer::core::Ref<coffer::core::Serializer>& out,
                              coffer_sink& sink);

  const coffer::core::Ref<coffer::core::Store> store_;
  const coffer::core::CacheConfig config_;
  const coffer::core::Roots::Handle namespace_;
  // The root stamp of its namespace; of a store that others share, one that no entry has.
  const coffer::core::Root* const root_;
  coffer::core::Counters<kCounters> counters_;

  std::mutex serializer_mutex_;
  coffer::core::Ref<coffer::core::Serializer> serializer_;  // opened at first use
  std::vector<coffer::core::Ref<coffer::core::Serializer>>
      other_serializers_;  // of formats met in entries
};

// One guard around the whole, so that the door needs none; the rare endings are out of line and get
// along with what `io` has, so that the common one keeps few registers across the call.
[[gnu::always_inline]] inline coffer_status coffer_cache::read_key(const coffer_key& key,
                                                                   void* buffer, size_t capacity,
                                                                   coffer_read_info* info,
                                                                   coffer_sink& sink) noexcept {
  // Room for all but the longest meta: fourteen stamps.
  alignas(8) char meta[256];
  coffer_store_read io;
  io.buffer = buffer;
  io.capacity = capacity;
  io.meta = meta;
  io.meta_capacity = sizeof meta;
  coffer::core::Store& store = *store_;
  if (store.poisoned()) [[unlikely]]
    return end_read(COFFER_INVALID_STATE, key, io, info, sink);
  coffer_status status;
  try {
    status = store.table().read(store.self(), &key, &io, &sink);
  } catch (...) {
    status = store.threw(sink);
  }
  if (status != COFFER_OK) [[unlikely]]
    return end_read(status, key, io, info, sink);
  const uint64_t root = root_->load(std::memory_order_acquire);
  const size_t meta_size = io.meta_size;
  if (meta_size == 0 ? root != 0
                     : !coffer::core::meta_is_present(meta, meta_size, sizeof meta, root))
      [[unlikely]] {
    return read_doubtful(key, io, info, sink);
  }
  *info = io.info;
  count_get(COFFER_OK, io.info.flags);
  return COFFER_OK;
}

[[gnu::always_inline]] inline coffer_status coffer_cache::read(std::string_view key, void* buffer,
                                                               size_t capacity,
                                                               coffer_read_info* info,
                                                               coffer_sink& sink) noexcept {
  if (key.size() >= config_.direct_limit || key.data() == nullptr || buffer == nullptr) [[unlikely]]
    return read_namespaced(key, buffer, capacity, info, sink);
  const coffer_key whole{key.data(), key.size(),
                         coffer::core::hash_bytes(key.data(), key.size(), config_.hash_seed)};
  return read_key(whole, buffer, capacity, info, sink);
}

#endif  // COFFER_CORE_CACHE_CACHE_H_
