#include "core/stamp/slots.h"

#include <algorithm>
#include <new>
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
  if (live_ >= buckets_.size()) rehash(std::max(kLeastBuckets, buckets_.size() * 2));
  if (live_ >= queue_.capacity()) queue_.reserve(std::max(kLeastBuckets, queue_.capacity() * 2));
  Slot* const slot = pages_.take();
  try {
    pages_.set_text(slot, text);
  } catch (...) {
    pages_.give(slot);
    throw;
  }
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

void Slots::rehash(size_t buckets) {
  std::vector<Slot*> old(buckets);
  old.swap(buckets_);
  for (Slot* slot : old) {
    while (slot != nullptr) {
      Slot* const next = slot->next;
      slot->next = std::exchange(buckets_[bucket_of(slot->id)], slot);
      slot = next;
    }
  }
}

// Without memory for what is smaller nothing changes.
void Slots::shrink() noexcept {
  try {
    rehash(std::max(kLeastBuckets, buckets_.size() / 4));
    std::vector<Slot*> queue;
    queue.reserve(buckets_.size());
    queue.assign(queue_.begin(), queue_.end());
    queue_.swap(queue);
  } catch (const std::bad_alloc&) {
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
  --live_;
  SchemeUse* const scheme = std::exchange(slot->scheme, nullptr);
  pages_.give(slot);
  if (buckets_.size() > kLeastBuckets && live_ < buckets_.size() / 8) shrink();
  return scheme;
}

size_t Slots::bytes() const {
  return pages_.bytes() + (buckets_.capacity() + queue_.capacity()) * sizeof(Slot*);
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
