// A part of the store with a lock, an index and a strategy's state of its own. The hash of a key
// decides which.
#ifndef COFFER_PLUGINS_STORES_MEMORY_SHARD_H_
#define COFFER_PLUGINS_STORES_MEMORY_SHARD_H_

#include <mutex>

#include "coffer/plugin/store.h"
#include "coffer/plugin/strategy.h"
#include "plugins/stores/memory/aftermath.h"
#include "plugins/stores/memory/epoch.h"
#include "plugins/stores/memory/hits.h"
#include "plugins/stores/memory/index.h"
#include "plugins/stores/memory/limbo.h"
#include "plugins/stores/memory/lock.h"
#include "plugins/stores/memory/recency.h"
#include "plugins/stores/memory/slab.h"
#include "plugins/stores/memory/wheel.h"

namespace coffer::memory {

struct Limits {
  uint64_t entries = 0;  // 0: unlimited
  uint64_t bytes = 0;    // 0: unlimited; all that the shard holds counts

  bool any() const { return entries != 0 || bytes != 0; }
};

struct Counters {
  uint64_t entries = 0, bytes = 0, inserts = 0, evictions = 0, expirations = 0;
};

class alignas(1024) Shard {
 public:
  // `shards`: how many the store has.
  Shard(Home* home, const coffer_strategy* strategy, const Limits& limits, uint64_t shards)
      : home_(home),
        strategy_(strategy),
        key_offset_(home->key_offset),
        hit_mode_(strategy->hit_mode),
        batches_(hit_mode_ == COFFER_HITS_BATCH || hit_mode_ == COFFER_HITS_RECENT),
        limits_(limits),
        share_of_host_(shards) {}

  // Why it failed is reported. Then `close` cleans up.
  coffer_status open(void* strategy_self, coffer_sink* sink);
  // There are no calls any more; pinned entries stay readable.
  void close();

  // ---- Reading (read.cc)
  void prefetch(uint64_t hash) const { __builtin_prefetch(index_.table()->home(hash >> 32)); }
  coffer_status get(const coffer_key& key, uint32_t flags, coffer_entry* out);
  template <int32_t kHits>  // the strategy's hit_mode
  coffer_status read(const coffer_key& key, coffer_store_read* io);

  // ---- Writing (write.cc). EXHAUSTED and TOO_LARGE are without a report.
  coffer_status put(const coffer_store_put& item, uint64_t* version);
  coffer_status del(const coffer_key& key, uint64_t version);  // 0: whatever is there
  coffer_status touch(const coffer_key& key, coffer_ttl ttl);
  uint64_t clear(coffer_bytes prefix);

  // ---- Keeping in order (room.cc)
  // Sweeps what has expired and whatever else can wait. False when `deadline` came first.
  bool maintain(coffer_time deadline);
  // The most that one entry may count towards the byte limit, 0 if there is none.
  uint64_t most_for_one();

  // ---- Looking
  Counters count();
  // Calls visit(entry) for each live entry whose key starts with `prefix`. Under the lock.
  template <typename Visit>
  void for_each(coffer_bytes prefix, Visit&& visit) const;
  Lock& lock() { return lock_; }

 private:
  // A change may have to be tried again: once what it left behind so far is settled.
  enum class Attempt { kDone, kAgain };
  struct Write;

  // read.cc
  bool live(const Entry* entry) const;
  bool lives_on(coffer_time expires_at) const noexcept;
  Entry* find(const coffer_key& key) const;
  template <int32_t kHits>
  bool count_hit(uint32_t lane, Entry* entry);
  bool count_hit(uint32_t lane, Entry* entry);
  void count_hit_slowly(uint32_t lane, Entry* entry);
  coffer_status copy_object(const Entry& entry, coffer_store_read* io) const;
  coffer_status copy(const Entry& entry, coffer_store_read* io) const;
  coffer_status read_any(Entry* entry, coffer_store_read* io, epoch::Slot* slot) noexcept;
  coffer_status read_on(const coffer_key& key, coffer_store_read* io, epoch::Slot* slot) noexcept;
  coffer_status read_first(const coffer_key& key, coffer_store_read* io) noexcept;

  // write.cc
  Entry* make_alone(const EntrySpec& spec);
  Entry* make_in_slab(const EntrySpec& spec);
  void unmake(Write* write);
  Entry* find_live(const coffer_key& key, Index::Place* place, Aftermath* aftermath);
  Attempt try_put(Write* write, Aftermath* aftermath);
  Attempt put_locked(Write* write, Aftermath* aftermath);
  Attempt try_touch(const coffer_key& key, coffer_ttl ttl, Aftermath* aftermath,
                    coffer_status* status);
  Attempt touch_without_timer(const coffer_key& key, Entry* old, const Index::Place& place,
                              coffer_time expires_at, coffer_time now, Aftermath* aftermath,
                              coffer_status* status);
  void set_expiry(Entry* entry, coffer_time expires_at);
  void link_new(Entry* entry, uint64_t hash, coffer_time now);
  void link_over(Entry* old, const Index::Place& place, Entry* entry, uint64_t hash,
                 coffer_time now, Aftermath* aftermath);
  coffer_node_info node_info(const Entry* entry, uint64_t hash, coffer_time now) const;
  uint64_t weigh(const Entry* entry) const;
  bool has_prefix(const Entry* entry, coffer_bytes prefix) const;

  // room.cc
  coffer_time begin(Aftermath* aftermath);
  void take_hits();
  bool sweep(coffer_time now, int budget, Aftermath* aftermath);
  bool over(uint64_t entries, int64_t bytes) const;
  uint64_t need(uint64_t entries, int64_t bytes) const;
  Attempt make_room(uint64_t entries, int64_t bytes, Entry* keep, coffer_time now,
                    Aftermath* aftermath, bool* enough);
  bool evict_proposed(uint64_t entries, int64_t bytes, Entry* keep, Aftermath* aftermath);
  Entry* proposed(void* node, Index::Place* place) const;
  void grow_index();
  bool index_full() const { return index_.full(); }
  void leave(Entry* entry, int32_t reason, Aftermath* aftermath);
  void leave(Entry* entry, const Index::Place& place, int32_t reason, Aftermath* aftermath);
  void retire(Entry* entry, uint32_t event, Aftermath* aftermath);
  void reclaim();
  void reclaim_if_due();
  bool too_slack() const;
  void tighten();
  bool empty_slabs(Aftermath* aftermath);
  void report_strategy(const char* what);
  bool wants_slabs() const;
  uint64_t fixed_bytes() const;
  uint64_t reserve() const;
  uint64_t limbo_limit() const;
  int64_t room() const;
  int64_t kept_by_host() const;
  void count_meta(int64_t bytes);
  void tell_stored(const Entry* entry);

  // Read by every reader; written when the index grows or an era begins.
  Index index_;
  Recency recency_;
  Home* const home_;
  const coffer_strategy* const strategy_;
  const uint32_t key_offset_;
  const int32_t hit_mode_;
  const bool batches_;  // the strategy hears of hits from rings_
  const Limits limits_;
  const uint64_t share_of_host_;  // of what the host keeps, 1 in so many parts is this shard's

  alignas(64) HitRings rings_;

  // Under the lock.
  alignas(64) Lock lock_;
  void* order_ = nullptr;  // the strategy's state
  Pool* pool_ = nullptr;
  Wheel wheel_;
  Limbo limbo_;
  uint64_t reclaim_count_ = 0, reclaim_bytes_ = 0;  // of limbo_: when to reclaim
  uint64_t version_ = 0;
  uint64_t meta_bytes_ = 0;  // of the entries in the index
  uint64_t live_bytes_ = 0;  // blocks and weights of the entries in the index
  uint64_t inserts_ = 0, evictions_ = 0, expirations_ = 0;
};

inline bool Shard::has_prefix(const Entry* entry, coffer_bytes prefix) const {
  return prefix.size == 0 || (entry->key_size >= prefix.size &&
                              std::memcmp(entry->key(key_offset_), prefix.data, prefix.size) == 0);
}

template <typename Visit>
void Shard::for_each(coffer_bytes prefix, Visit&& visit) const {
  const coffer_time now = wheel_.empty() ? kNever : home_->now(COFFER_CLOCK_PRECISE);
  index_.for_each(0, [&](const Entry* entry, const Index::Place&) {
    if (has_prefix(entry, prefix) && !entry->expired(now)) visit(entry);
    return true;
  });
}

}  // namespace coffer::memory

#endif  // COFFER_PLUGINS_STORES_MEMORY_SHARD_H_
