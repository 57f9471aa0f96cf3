// Memory for the entries of one shard: slabs of 16 KiB, each divided into slots of one size, so
// that an entry costs no header and no search. What is larger than 1 KiB, and all that small shards
// hold, lies in blocks of its own.
//
// The pool knows every slab and block there is, so an address can be told to be an entry or not
// without a look at it. It outlives the shard while entries are pinned; then the last pin ends it.
#ifndef COFFER_PLUGINS_STORES_MEMORY_SLAB_H_
#define COFFER_PLUGINS_STORES_MEMORY_SLAB_H_

#include "plugins/stores/memory/addresses.h"
#include "plugins/stores/memory/entry.h"

namespace coffer::memory {

class Pool;

struct alignas(64) Slab {
  // Less what the allocator needs beside it, so that one slab can follow the other.
  static constexpr uint64_t kSize = 16 << 10, kUsable = kSize - 16;
  static constexpr uint32_t kMostSlots = 512, kWords = kMostSlots / 64;

  Pool* pool;
  Slab* next;  // with free slots of the same size; NULL if it has none, or is alone
  Slab* prev;
  uint32_t slot_size, slot_count, used_count;
  uint32_t inverse;  // 2^32 / slot_size, rounded up
  uint64_t used[kWords];

  static Slab* of(const void* slot) {
    return reinterpret_cast<Slab*>(reinterpret_cast<uintptr_t>(slot) & ~(kSize - 1));
  }
  char* slot(uint32_t i) { return reinterpret_cast<char*>(this + 1) + i * slot_size; }
  // Exact for offsets below 2^16.
  uint32_t slot_at(uint64_t offset) const { return static_cast<uint32_t>(offset * inverse >> 32); }
  bool is_used(uint32_t i) const { return (used[i / 64] >> i % 64 & 1) != 0; }
};

class Pool {
 public:
  static constexpr uint64_t kStep = 16, kLargest = 1024;

  // NULL without memory. `slabs`: whether it has slabs at all.
  static Pool* make(Home* home, bool slabs);

  Home* home() const { return home_; }
  // Does a block of this size go to a slab?
  bool in_slab(uint64_t size) const { return slabs_wanted_ && size <= kLargest; }
  // In steps of an eighth at most, so that slabs of few sizes have to be kept.
  static uint64_t slot_size(uint64_t size) {
    const uint64_t step = size <= 256 ? kStep : size <= 512 ? 2 * kStep : 4 * kStep;
    return (size + step - 1) & ~(step - 1);
  }

  // ---- Under the shard's lock
  void* take(uint64_t size);  // a slot; NULL without memory
  void give(void* slot);
  // Entries alone: `adopt` says that the block is one from now on, and wants an `expect` before,
  // which is false without memory.
  bool expect() { return addresses_.make_room(*home_); }
  void adopt(const Entry* entry) { addresses_.add(block_id(entry)); }
  void disown(const Entry* entry) { addresses_.remove(block_id(entry)); }
  // Is there an entry at this address? (Which may have left, but is not free yet.)
  bool holds(const Entry* entry) const;

  // An entry leaves the shard to those who pin it, and comes back from any thread without a lock.
  void lend() { lent_.fetch_add(1, std::memory_order_relaxed); }
  void give_late(Entry* entry);
  void collect_late();  // under the lock: frees what came back

  // Besides slabs and blocks.
  uint64_t own_bytes() const { return charge_of(sizeof(Pool)) + addresses_.bytes(); }
  // Of the slabs, what no entry uses.
  uint64_t slack() const { return slab_count_ * Slab::kSize - used_bytes_; }
  // Up to `count` slabs that have the fewest entries.
  size_t emptiest(Slab** out, size_t count) const;
  void drop_spare();

  // The shard is no more, and nothing is in use but what is lent.
  void close();

 private:
  static constexpr size_t kClasses = kLargest / kStep + 1;
  static Entry* closed() { return reinterpret_cast<Entry*>(1); }
  static uintptr_t block_id(const Entry* entry) { return reinterpret_cast<uintptr_t>(entry) | 1; }

  Pool(Home* home, bool slabs) : home_(home), slabs_wanted_(slabs) {}
  Slab* add_slab(uint32_t slot_size);
  void take_back(Entry* late);  // a list
  void free_slab(Slab* slab);
  void link(Slab* slab);
  void unlink(Slab* slab);
  void end();  // frees all

  Home* const home_;
  const bool slabs_wanted_;
  Slab* open_[kClasses] = {};  // with free slots
  Slab* spare_ = nullptr;      // one without entries
  Addresses addresses_;        // of slabs, and of blocks, by a bit
  uint64_t slab_count_ = 0;
  uint64_t used_bytes_ = 0;
  std::atomic<uint64_t> lent_{1};  // the shard itself counts
  std::atomic<Entry*> late_{nullptr};
};

inline Pool* Entry::pool() const { return has(kAlone) ? head()->pool : Slab::of(this)->pool; }

inline uint64_t Entry::block_charge() const {
  return has(kAlone) ? charge_of(head()->size) : Slab::of(this)->slot_size;
}

}  // namespace coffer::memory

#endif  // COFFER_PLUGINS_STORES_MEMORY_SLAB_H_
