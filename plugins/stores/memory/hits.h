// Hits on their way to a strategy that wants them in batches: a small ring for each thread, which
// readers fill without a lock and whoever holds the shard's lock empties.
//
// Two threads may share a ring (there are 64), and then lose hits; but what lies in a ring is
// always the address of a block not yet freed, because blocks are freed only after a `purge` that
// came after the last reader of their time had left.
#ifndef COFFER_PLUGINS_STORES_MEMORY_HITS_H_
#define COFFER_PLUGINS_STORES_MEMORY_HITS_H_

#include <atomic>
#include <cstdint>

#include "plugins/stores/memory/entry.h"
#include "plugins/stores/memory/epoch.h"

namespace coffer::memory {

class HitRings {
 public:
  // ---- Readers within an epoch; `lane` is that of the thread.
  // False if the thread's ring is full or does not exist yet.
  bool push(uint32_t lane, Entry* entry);
  // Asks for a ring: readers must not allocate.
  void want(uint32_t lane);

  // ---- Under the shard's lock
  // Makes the ring of this thread and those asked for, as far as there is memory.
  void provide(const Home& home, uint32_t lane) {
    const uint64_t needed = wanted_.load(std::memory_order_relaxed) | bit(lane);
    if ((needed & ~present_) != 0) make(home, needed & ~present_);
  }
  // Hands everything over in batches: `hits(nodes, count)`.
  template <typename Hits>
  void drain(const Home& home, Hits&& hits);
  // Forgets all addresses, also those that lost hits left behind.
  void purge();
  void close(const Home& home);
  uint64_t bytes() const { return bytes_; }

 private:
  static constexpr uint32_t kSlots = 64;
  struct alignas(64) Ring {
    std::atomic<uint64_t> pushed{0};
    std::atomic<uint64_t> full_at{kSlots};  // as many were drained, and the slots
    std::atomic<Entry*> slots[kSlots] = {};
  };

  static uint64_t bit(uint32_t lane) { return uint64_t{1} << lane; }
  void make(const Home& home, uint64_t missing);
  template <typename Visit>
  void for_each(Visit&& visit);

  std::atomic<Ring*> rings_[epoch::kLanes] = {};
  std::atomic<uint64_t> wanted_{0};
  uint64_t present_ = 0;
  uint64_t bytes_ = 0;
};

inline bool HitRings::push(uint32_t lane, Entry* entry) {
  Ring* ring = rings_[lane].load(std::memory_order_acquire);
  if (__builtin_expect(ring == nullptr, 0)) return false;
  const uint64_t position = ring->pushed.load(std::memory_order_relaxed);
  if (position >= ring->full_at.load(std::memory_order_relaxed)) return false;
  ring->slots[position % kSlots].store(entry, std::memory_order_relaxed);
  ring->pushed.store(position + 1, std::memory_order_release);
  return true;
}

template <typename Visit>
void HitRings::for_each(Visit&& visit) {
  for (uint64_t left = present_; left != 0; left &= left - 1) {
    visit(rings_[__builtin_ctzll(left)].load(std::memory_order_relaxed));
  }
}

template <typename Hits>
void HitRings::drain(const Home& home, Hits&& hits) {
  for_each([&](Ring* ring) {
    const uint64_t end = ring->pushed.load(std::memory_order_acquire);
    uint64_t next = ring->full_at.load(std::memory_order_relaxed) - kSlots;
    if (next == end) return;
    if (end - next > kSlots) next = end - kSlots;  // threads that share it set it back
    void* nodes[kSlots];
    const ptrdiff_t node_offset = home.node_offset;
    size_t count = 0;
    for (; next != end; ++next) {
      Entry* entry = ring->slots[next % kSlots].load(std::memory_order_relaxed);
      if (entry != nullptr && entry->linked()) nodes[count++] = entry->at(node_offset);
    }
    ring->full_at.store(end + kSlots, std::memory_order_relaxed);
    if (count != 0) hits(nodes, count);
  });
}

}  // namespace coffer::memory

#endif  // COFFER_PLUGINS_STORES_MEMORY_HITS_H_
