#include "plugins/stores/memory/addresses.h"

#include <algorithm>

namespace coffer::memory {

bool Addresses::grow(const Home& home) {
  const uint64_t capacity = capacity_ == 0 ? 16 : capacity_ * 2;
  auto* table =
      static_cast<uintptr_t*>(home.alloc(capacity * sizeof(uintptr_t), alignof(uintptr_t)));
  if (table == nullptr) return false;
  std::fill(table, table + capacity, 0);
  Addresses bigger;
  bigger.table_ = table;
  bigger.capacity_ = capacity;
  for_each([&](uintptr_t address) { bigger.table_[bigger.find(address)] = address; });
  const uint64_t size = size_;
  close(home);
  table_ = table;
  capacity_ = capacity;
  size_ = size;
  return true;
}

void Addresses::add(uintptr_t address) {
  table_[find(address)] = address;
  ++size_;
}

// Whatever lies behind it and could lie nearer to its home moves up, so that no search ends early.
void Addresses::remove(uintptr_t address) {
  uint64_t hole = find(address);
  const uint64_t mask = capacity_ - 1;
  for (uint64_t at = (hole + 1) & mask; table_[at] != 0; at = (at + 1) & mask) {
    const uint64_t from_home = (at - home_of(table_[at])) & mask;
    if (from_home < ((at - hole) & mask)) continue;
    table_[hole] = table_[at];
    hole = at;
  }
  table_[hole] = 0;
  --size_;
}

void Addresses::close(const Home& home) {
  if (table_ != nullptr) home.free(table_, capacity_ * sizeof(uintptr_t), alignof(uintptr_t));
  table_ = nullptr;
  capacity_ = size_ = 0;
}

}  // namespace coffer::memory
