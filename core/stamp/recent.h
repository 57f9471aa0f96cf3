// When something last happened to dependencies that need not have a slot.
#ifndef COFFER_CORE_STAMP_RECENT_H_
#define COFFER_CORE_STAMP_RECENT_H_

#include <array>
#include <atomic>
#include <cstdint>

#include "core/dependency/dependency.h"

namespace coffer::core {

// Many ids share one place, so that it takes no more memory for more of them: it may say "more
// recently" than true, never "longer ago". [any-thread]
class Recent {
 public:
  void note(const DependencyId& id, uint64_t instant) {
    std::atomic<uint64_t>& place = place_of(id);
    uint64_t present = place.load(std::memory_order_relaxed);
    while (present < instant &&
           !place.compare_exchange_weak(present, instant, std::memory_order_seq_cst)) {
    }
  }
  uint64_t last(const DependencyId& id) const {
    return const_cast<Recent*>(this)->place_of(id).load(std::memory_order_seq_cst);
  }

 private:
  static constexpr size_t kPlaces = 1024;

  std::atomic<uint64_t>& place_of(const DependencyId& id) {
    return places_[(id.low ^ id.high >> 32) % kPlaces];
  }

  std::array<std::atomic<uint64_t>, kPlaces> places_{};
};

}  // namespace coffer::core

#endif  // COFFER_CORE_STAMP_RECENT_H_
