// The store: its limits split over shards, and the functions of the table by batches.
#ifndef COFFER_PLUGINS_STORES_MEMORY_STORE_H_
#define COFFER_PLUGINS_STORES_MEMORY_STORE_H_

#include <bit>

#include "coffer/plugin/plugin.h"
#include "plugins/stores/memory/shard.h"

namespace coffer::memory {

// The options as given.
struct Settings {
  uint64_t capacity = 0;  // entries, 0: unlimited
  uint64_t bytes = 0;     // 0: unlimited
  uint64_t shards = 0;    // 0: chosen by cores and limits
  char strategy[256] = "";
};

class Store {
 public:
  static constexpr uint64_t kMostShards = 256;

  static coffer_status create(const coffer_host* host, const Settings& settings, Store** out,
                              coffer_sink* sink);
  void destroy();

  Shard& shard_of(uint64_t hash) {
    const uint64_t offset = hash >> kShardShift & offset_mask_;
    return *reinterpret_cast<Shard*>(reinterpret_cast<char*>(shards_) + offset);
  }
  Shard* begin() { return shards_; }
  Shard* end() { return shards_ + mask_ + 1; }

  void get(const coffer_key* keys, size_t count, uint32_t flags, coffer_entry* out,
           coffer_outcome* each);
  coffer_status put(const coffer_store_put* items, size_t count, uint64_t* versions,
                    coffer_outcome* each, coffer_sink* sink);
  void del(const coffer_key* keys, const uint64_t* versions, size_t count, coffer_outcome* each);
  coffer_status touch(const coffer_key* keys, const coffer_ttl* ttls, size_t count,
                      coffer_outcome* each, coffer_sink* sink);
  uint64_t clear(coffer_bytes prefix);
  void maintain(coffer_time deadline);
  void stats(coffer_store_stats* out);

  const Home& home() const { return *home_; }
  int32_t hit_mode() const { return strategy_->hit_mode; }

 private:
  friend class Family;

  Store(Home* home, const Settings& settings) : home_(home), settings_(settings) {}
  coffer_status open(coffer_sink* sink);
  coffer_status open_strategy(coffer_sink* sink);
  uint64_t count_shards() const;
  Limits limits_of(uint64_t shard, uint64_t count) const;
  coffer_status report_put(const coffer_store_put& item, coffer_status status, coffer_sink* sink);

  // Bits 24 and on of a hash choose the shard: shifted so that they count in bytes at once.
  static constexpr int kShardShift = 24 - std::countr_zero(sizeof(Shard));
  static_assert(std::has_single_bit(sizeof(Shard)));

  Shard* shards_ = nullptr;
  uint64_t offset_mask_ = 0;
  uint64_t mask_ = 0;
  uint64_t opened_ = 0;  // shards that were constructed
  Home* home_;
  const Settings settings_;
  const coffer_host_strategies* strategies_ = nullptr;
  const coffer_strategy* strategy_ = nullptr;
  void* strategy_self_ = nullptr;
  Store* next_ = nullptr;  // of all that live, for forks
  bool listed_ = false;
};

// The table's `read` for each hit mode of a strategy: the shortest way to an entry (read.cc).
template <int32_t kHits>
coffer_status read(void* self, const coffer_key* key, coffer_store_read* io,
                   coffer_sink* sink) noexcept;

// All stores of this process: a fork must find them in order.
class Family {
 public:
  static void add(Store* store);
  static void remove(Store* store);

 private:
  static void before_fork();
  static void after_fork_in_parent();
  static void after_fork_in_child();
  static void unlock_all();
};

}  // namespace coffer::memory

#endif  // COFFER_PLUGINS_STORES_MEMORY_STORE_H_
