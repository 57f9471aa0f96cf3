#include "core/stamp/slots.h"

#include <utility>

namespace coffer::core {

Slot* Slots::find(const DependencyId& id) const {
  if (buckets_.empty()) return nullptr;
  for (Slot* slot = buckets_[bucket_of(id)]; slot != nullptr; slot = slot->next) {
    if (slot->id == id) return slot;
  }
  return nullptr;
}

Slot* Slots::create(const DependencyId& id, SchemeUse* scheme, uint64_t stamp,
                    std::string_view text) {
  if (live_ >= buckets_.size()) grow();
  if (free_ == nullptr) add_slab();
  free_->text = text;  // may fail, and then nothing has changed
  Slot* const slot = std::exchange(free_, free_->next);
  slot->stamp.store(stamp, std::memory_order_seq_cst);
  slot->born = stamp;
  slot->id = id;
  slot->scheme = scheme;
  slot->until = Slot::kNoEntry;
  slot->pins = 1;
  slot->next = std::exchange(buckets_[bucket_of(id)], slot);
  ++live_;
  return slot;
}

void Slots::grow() {
  std::vector<Slot*> old(buckets_.empty() ? 16 : buckets_.size() * 2);
  old.swap(buckets_);
  for (Slot* slot : old) {
    while (slot != nullptr) {
      Slot* const next = slot->next;
      slot->next = std::exchange(buckets_[bucket_of(slot->id)], slot);
      slot = next;
    }
  }
}

void Slots::add_slab() {
  const size_t slots = (slabs_.size() + 1) * kSlabSlots;
  if (queue_.capacity() < slots) queue_.reserve(2 * slots);
  slabs_.push_back(std::make_unique<Slot[]>(kSlabSlots));
  for (size_t i = 0; i < kSlabSlots; ++i) {
    Slot* const slot = &slabs_.back()[i];
    slot->shard = shard_;
    slot->next = std::exchange(free_, slot);
  }
}

void Slots::pin(Slot* slot) noexcept {
  if (slot->pins++ == 0) end_idle(slot);
}

bool Slots::unpin(Slot* slot) noexcept {
  if (--slot->pins > 0) return false;
  begin_idle(slot);
  return true;
}

Slot* Slots::ended(coffer_time now) const {
  return !queue_.empty() && queue_.front()->until < now ? queue_.front() : nullptr;
}

SchemeUse* Slots::reclaim(Slot* slot, uint64_t stamp) noexcept {
  end_idle(slot);
  slot->stamp.store(stamp, std::memory_order_seq_cst);
  Slot** link = &buckets_[bucket_of(slot->id)];
  while (*link != slot) link = &(*link)->next;
  *link = slot->next;
  slot->next = std::exchange(free_, slot);
  --live_;
  return std::exchange(slot->scheme, nullptr);
}

size_t Slots::bytes() const {
  return slabs_.size() * kSlabSlots * sizeof(Slot) +
         (buckets_.capacity() + queue_.capacity()) * sizeof(Slot*);
}

void Slots::begin_idle(Slot* slot) noexcept {
  slot->older = youngest_;
  slot->younger = nullptr;
  (youngest_ != nullptr ? youngest_->younger : oldest_) = slot;
  youngest_ = slot;
  ++idle_;
  if (slot->until == Slot::kForEver) return;
  queue_.push_back(slot);
  place(queue_.size() - 1, slot);
  sift_up(queue_.size() - 1);
}

void Slots::end_idle(Slot* slot) noexcept {
  (slot->older != nullptr ? slot->older->younger : oldest_) = slot->younger;
  (slot->younger != nullptr ? slot->younger->older : youngest_) = slot->older;
  --idle_;
  if (slot->queued == Slot::kNotQueued) return;
  const size_t at = std::exchange(slot->queued, Slot::kNotQueued);
  Slot* const last = queue_.back();
  queue_.pop_back();
  if (last == slot) return;
  place(at, last);
  sift_up(at);
  sift_down(last->queued);
}

void Slots::place(size_t at, Slot* slot) noexcept {
  queue_[at] = slot;
  slot->queued = static_cast<uint32_t>(at);
}

void Slots::sift_up(size_t at) noexcept {
  Slot* const slot = queue_[at];
  for (; at > 0 && slot->until < queue_[(at - 1) / 2]->until; at = (at - 1) / 2)
    place(at, queue_[(at - 1) / 2]);
  place(at, slot);
}

void Slots::sift_down(size_t at) noexcept {
  Slot* const slot = queue_[at];
  while (true) {
    size_t child = 2 * at + 1;
    if (child >= queue_.size()) break;
    if (child + 1 < queue_.size() && queue_[child + 1]->until < queue_[child]->until) ++child;
    if (slot->until <= queue_[child]->until) break;
    place(at, queue_[child]);
    at = child;
  }
  place(at, slot);
}

}  // namespace coffer::core
