#include "plugins/stores/memory/hits.h"

#include <new>

namespace coffer::memory {

void HitRings::want(uint32_t lane) {
  if ((wanted_.load(std::memory_order_relaxed) & bit(lane)) == 0) {
    wanted_.fetch_or(bit(lane), std::memory_order_relaxed);
  }
}

void HitRings::make(const Home& home, uint64_t missing) {
  for (; missing != 0; missing &= missing - 1) {
    const uint32_t lane = static_cast<uint32_t>(__builtin_ctzll(missing));
    void* memory = home.alloc(sizeof(Ring), alignof(Ring));
    if (memory == nullptr) return;
    rings_[lane].store(new (memory) Ring, std::memory_order_release);
    present_ |= bit(lane);
    bytes_ += charge_of(sizeof(Ring));
  }
}

void HitRings::purge() {
  for_each([](Ring* ring) {
    for (std::atomic<Entry*>& slot : ring->slots) slot.store(nullptr, std::memory_order_relaxed);
  });
}

void HitRings::close(const Home& home) {
  for_each([&](Ring* ring) { home.free(ring, sizeof(Ring), alignof(Ring)); });
  present_ = 0;
}

}  // namespace coffer::memory
