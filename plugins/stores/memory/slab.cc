#include "plugins/stores/memory/slab.h"

#include <algorithm>
#include <new>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(address, size) ((void)(address), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(address, size) ((void)(address), (void)(size))
#endif

namespace coffer::memory {

Pool* Pool::make(Home* home, bool slabs) {
  void* memory = home->alloc(sizeof(Pool), alignof(Pool));
  if (memory == nullptr) return nullptr;
  home->holders.fetch_add(1, std::memory_order_relaxed);
  return new (memory) Pool(home, slabs);
}

// ---- Slots ------------------------------------------------------------------------------------

void Pool::link(Slab* slab) {
  Slab*& first = open_[slab->slot_size / kStep];
  slab->prev = nullptr;
  slab->next = first;
  if (first != nullptr) first->prev = slab;
  first = slab;
}

void Pool::unlink(Slab* slab) {
  if (slab->next != nullptr) slab->next->prev = slab->prev;
  if (slab->prev != nullptr) {
    slab->prev->next = slab->next;
  } else {
    open_[slab->slot_size / kStep] = slab->next;
  }
}

Slab* Pool::add_slab(uint32_t slot_size) {
  Slab* slab = spare_;
  spare_ = nullptr;
  if (slab == nullptr) {
    if (!addresses_.make_room(*home_)) return nullptr;
    void* memory = home_->alloc(Slab::kUsable, Slab::kSize);
    if (memory == nullptr) return nullptr;
    addresses_.add(reinterpret_cast<uintptr_t>(memory));
    slab = new (memory) Slab;
    ++slab_count_;
    ASAN_POISON_MEMORY_REGION(slab + 1, Slab::kUsable - sizeof(Slab));
  }
  slab->pool = this;
  slab->slot_size = slot_size;
  slab->slot_count = static_cast<uint32_t>((Slab::kUsable - sizeof(Slab)) / slot_size);
  slab->slot_count = std::min(slab->slot_count, Slab::kMostSlots);
  slab->used_count = 0;
  slab->inverse = static_cast<uint32_t>(((uint64_t{1} << 32) + slot_size - 1) / slot_size);
  std::fill(std::begin(slab->used), std::end(slab->used), 0);
  link(slab);
  return slab;
}

void Pool::free_slab(Slab* slab) {
  addresses_.remove(reinterpret_cast<uintptr_t>(slab));
  --slab_count_;
  ASAN_UNPOISON_MEMORY_REGION(slab, Slab::kUsable);
  home_->free(slab, Slab::kUsable, Slab::kSize);
}

void* Pool::take(uint64_t size) {
  const auto wanted = static_cast<uint32_t>(slot_size(size));
  Slab* slab = open_[wanted / kStep];
  if (slab == nullptr && (slab = add_slab(wanted)) == nullptr) return nullptr;
  uint32_t word = 0;
  while (slab->used[word] == ~uint64_t{0}) ++word;
  const auto bit = static_cast<uint32_t>(__builtin_ctzll(~slab->used[word]));
  slab->used[word] |= uint64_t{1} << bit;
  if (++slab->used_count == slab->slot_count) unlink(slab);
  used_bytes_ += wanted;
  char* slot = slab->slot(word * 64 + bit);
  ASAN_UNPOISON_MEMORY_REGION(slot, wanted);
  return slot;
}

void Pool::give(void* slot) {
  Slab* slab = Slab::of(slot);
  const auto offset = static_cast<uint64_t>(static_cast<char*>(slot) - slab->slot(0));
  const uint32_t i = slab->slot_at(offset);
  ASAN_POISON_MEMORY_REGION(slot, slab->slot_size);
  slab->used[i / 64] &= ~(uint64_t{1} << i % 64);
  used_bytes_ -= slab->slot_size;
  if (slab->used_count-- == slab->slot_count) link(slab);
  if (slab->used_count != 0) return;
  unlink(slab);
  if (spare_ == nullptr) {
    spare_ = slab;
  } else {
    free_slab(slab);
  }
}

void Pool::drop_spare() {
  if (spare_ != nullptr) free_slab(spare_);
  spare_ = nullptr;
}

bool Pool::holds(const Entry* entry) const {
  Slab* slab = Slab::of(entry);
  if (!addresses_.has(reinterpret_cast<uintptr_t>(slab))) return addresses_.has(block_id(entry));
  if (slab == spare_) return false;
  const auto* at = reinterpret_cast<const char*>(entry);
  if (at < slab->slot(0)) return false;
  const uint32_t i = slab->slot_at(static_cast<uint64_t>(at - slab->slot(0)));
  return i < slab->slot_count && slab->is_used(i) &&
         at == slab->slot(i) + Entry::offset(entry->parts);
}

size_t Pool::emptiest(Slab** out, size_t count) const {
  size_t found = 0;
  const auto used = [](const Slab* slab) { return slab->used_count * slab->slot_size; };
  addresses_.for_each([&](uintptr_t address) {
    if ((address & 1) != 0) return;
    auto* slab = reinterpret_cast<Slab*>(address);
    if (slab == spare_) return;
    size_t at = found < count ? found++ : count;
    for (; at > 0 && used(slab) < used(out[at - 1]); --at) {
      if (at < count) out[at] = out[at - 1];
    }
    if (at < count) out[at] = slab;
  });
  return found;
}

// ---- Entries that are pinned longer -----------------------------------------------------------

void Pool::give_late(Entry* entry) {
  // Its first word links what came back; nobody looks at the entry any more.
  Entry* first = late_.load(std::memory_order_relaxed);
  while (first != closed()) {
    entry->set_link(first);
    if (late_.compare_exchange_weak(first, entry, std::memory_order_acq_rel,
                                    std::memory_order_relaxed)) {
      return;
    }
  }
  // The slab of an entry stays until all that is lent has come back.
  home_->pinned_bytes.fetch_sub(entry->charge(), std::memory_order_relaxed);
  if (entry->has(Entry::kAlone)) free_block(entry);
  if (lent_.fetch_sub(1, std::memory_order_acq_rel) == 1) end();
}

void Pool::take_back(Entry* late) {
  while (late != nullptr) {
    Entry* entry = late;
    late = entry->link();
    home_->pinned_bytes.fetch_sub(entry->charge(), std::memory_order_relaxed);
    free_entry(entry);
    lent_.fetch_sub(1, std::memory_order_relaxed);
  }
}

void Pool::collect_late() {
  if (late_.load(std::memory_order_relaxed) == nullptr) return;
  take_back(late_.exchange(nullptr, std::memory_order_acquire));
}

void Pool::close() {
  take_back(late_.exchange(closed(), std::memory_order_acq_rel));
  drop_spare();
  if (lent_.fetch_sub(1, std::memory_order_acq_rel) == 1) end();
}

void Pool::end() {
  Home* home = home_;
  addresses_.for_each([&](uintptr_t address) {
    if ((address & 1) != 0) return;  // a block: freed with its last pin
    auto* slab = reinterpret_cast<Slab*>(address);
    ASAN_UNPOISON_MEMORY_REGION(slab, Slab::kUsable);
    home->free(slab, Slab::kUsable, Slab::kSize);
  });
  addresses_.close(*home);
  this->~Pool();
  home->free(this, sizeof(Pool), alignof(Pool));
  home->give_up();
}

}  // namespace coffer::memory
