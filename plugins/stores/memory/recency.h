// Which hits a strategy that orders by last use can do without: those of an entry that is among the
// most recently used as it is.
//
// The uses of a shard are divided into eras, each as long as a quarter of the shard has entries.
// An entry keeps the era in which it was last reported, and is not reported again in the same one.
// So its place may be wrong by that quarter and no more, and a hit on what is asked for all the
// time, which is most hits, writes nothing. Small shards have no eras: their order is exact.
//
// Eras have numbers of a byte. An entry of an era 254 before, which is far longer than anything
// stays unused in a full shard, would miss one report. On real traces (web12, oltp, orm_busy,
// cphys_io, lirs_multi3, at 1, 5 and 20 % of their keys) the hit ratio of an LRU differs by 0.06
// points at most.
#ifndef COFFER_PLUGINS_STORES_MEMORY_RECENCY_H_
#define COFFER_PLUGINS_STORES_MEMORY_RECENCY_H_

#include "plugins/stores/memory/entry.h"

namespace coffer::memory {

class Recency {
 public:
  // ---- Readers
  bool is_recent(const Entry* entry) const {
    const uint8_t era = entry->era.load(std::memory_order_relaxed);
    return era == recent_.load(std::memory_order_relaxed);
  }
  // It was reported, or is about to be.
  void note(Entry* entry) const {
    entry->era.store(present_.load(std::memory_order_relaxed), std::memory_order_relaxed);
  }

  // ---- Under the shard's lock
  // So many uses were reported, new entries included, in a shard of so many entries.
  void count(uint64_t uses, uint64_t entries) {
    uses_ += uses;
    if (uses_ >= length_) begin_era(entries);
  }

 private:
  static constexpr uint8_t kNever = 0;          // of entries that were not reported in any era
  static constexpr uint8_t kNone = 255;         // of no entry: none is recent
  static constexpr uint64_t kExactUpTo = 1024;  // entries
  static constexpr uint64_t kShare = 4;

  void begin_era(uint64_t entries) {
    uses_ = 0;
    length_ = entries / kShare;
    if (entries > kExactUpTo) {
      last_ = static_cast<uint8_t>(last_ % (kNone - 1) + 1);
      present_.store(last_, std::memory_order_relaxed);
      recent_.store(last_, std::memory_order_relaxed);
    } else if (recent_.load(std::memory_order_relaxed) != kNone) {
      recent_.store(kNone, std::memory_order_relaxed);
      present_.store(kNever, std::memory_order_relaxed);
    }
  }

  // Equal, unless the shard is small.
  std::atomic<uint8_t> recent_{kNone};
  std::atomic<uint8_t> present_{kNever};
  uint8_t last_ = kNever;
  uint64_t uses_ = 0, length_ = 0;
};

}  // namespace coffer::memory

#endif  // COFFER_PLUGINS_STORES_MEMORY_RECENCY_H_
