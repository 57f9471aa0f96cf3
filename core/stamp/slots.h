// The slots of one shard: found by id, and reclaimed once no entry can need them. Its owner holds a
// mutex around it all.
#ifndef COFFER_CORE_STAMP_SLOTS_H_
#define COFFER_CORE_STAMP_SLOTS_H_

#include <string_view>
#include <vector>

#include "core/stamp/pages.h"
#include "core/stamp/slot.h"

namespace coffer::core {

class Slots {
 public:
  Slots() = default;
  Slots(const Slots&) = delete;
  Slots& operator=(const Slots&) = delete;

  Slot* find(const DependencyId& id) const;
  // A slot for an id that has none, pinned once and with this stamp. Takes over `scheme`.
  Slot* create(const DependencyId& id, SchemeUse* scheme, uint64_t stamp,
               std::string_view text = {});

  void pin(Slot* slot) noexcept;
  // True if that was the last pin: the slot is idle now.
  bool unpin(Slot* slot) noexcept;

  // The idle slot that entries need no longer at `now`, or NULL.
  Slot* ended(coffer_time now) const;
  // The one that has been idle the longest, or NULL.
  Slot* oldest() const { return oldest_; }
  // Ends what an idle slot stands for; returns the scheme it kept in use (or NULL). Whoever still
  // points to it sees another stamp. Gives memory back that is not needed any more.
  SchemeUse* reclaim(Slot* slot, uint64_t stamp) noexcept;

  size_t live() const { return live_; }
  size_t idle() const { return idle_; }
  size_t bytes() const;

 private:
  static constexpr size_t kLeastBuckets = 16;

  size_t bucket_of(const DependencyId& id) const {
    return static_cast<size_t>(id.high) & (buckets_.size() - 1);
  }
  void rehash(size_t buckets);
  void shrink() noexcept;

  // The list of idle ones, and the queue of those of them that have an end.
  void begin_idle(Slot* slot) noexcept;
  void end_idle(Slot* slot) noexcept;
  void place(size_t at, Slot* slot) noexcept;
  void sift_up(size_t at) noexcept;
  void sift_down(size_t at) noexcept;

  std::vector<Slot*> buckets_;
  SlotPages pages_;
  std::vector<Slot*> queue_;  // a heap by `until`; always has room for every slot
  Slot* oldest_ = nullptr;
  Slot* youngest_ = nullptr;
  size_t live_ = 0;
  size_t idle_ = 0;
};

}  // namespace coffer::core

#endif  // COFFER_CORE_STAMP_SLOTS_H_
