// A set of addresses: a hash table with open addressing, that keeps no holes.
#ifndef COFFER_PLUGINS_STORES_MEMORY_ADDRESSES_H_
#define COFFER_PLUGINS_STORES_MEMORY_ADDRESSES_H_

#include <cstdint>

#include "plugins/stores/memory/entry.h"

namespace coffer::memory {

class Addresses {
 public:
  // There will be room for one more. False without memory.
  bool make_room(const Home& home) { return (size_ + 1) * 4 <= capacity_ * 3 || grow(home); }
  // 0 is no address. There must be room.
  void add(uintptr_t address);
  // It must be there.
  void remove(uintptr_t address);
  bool has(uintptr_t address) const { return size_ != 0 && table_[find(address)] == address; }
  template <typename Visit>
  void for_each(Visit&& visit) const {
    for (uint64_t i = 0; i < capacity_; ++i) {
      if (table_[i] != 0) visit(table_[i]);
    }
  }
  void close(const Home& home);
  uint64_t bytes() const { return capacity_ != 0 ? charge_of(capacity_ * sizeof(uintptr_t)) : 0; }

 private:
  uint64_t home_of(uintptr_t address) const {
    return (static_cast<uint64_t>(address) * 0x9e3779b97f4a7c15u >> 32) & (capacity_ - 1);
  }
  // Where it is, or the empty place where it would be.
  uint64_t find(uintptr_t address) const {
    uint64_t at = home_of(address);
    while (table_[at] != 0 && table_[at] != address) at = (at + 1) & (capacity_ - 1);
    return at;
  }
  bool grow(const Home& home);

  uintptr_t* table_ = nullptr;
  uint64_t capacity_ = 0;  // a power of two, or 0
  uint64_t size_ = 0;
};

}  // namespace coffer::memory

#endif  // COFFER_PLUGINS_STORES_MEMORY_ADDRESSES_H_
