// Stamps that this process has seen in a shared store, and when: a bounded memory that forgets.
#ifndef COFFER_CORE_STAMP_SEEN_H_
#define COFFER_CORE_STAMP_SEEN_H_

#include <array>
#include <cstdint>
#include <mutex>

#include "core/dependency/dependency.h"

namespace coffer::core {

// [any-thread]
class Seen {
 public:
  // Notes that `stamp` was present at `instant`. True if it was known to be present at `since`
  // already or before: stamps never come back, so it has not moved in between.
  bool note(const DependencyId& id, uint64_t stamp, uint64_t instant, uint64_t since) {
    const std::lock_guard lock(mutex_);
    Place& place = places_[id.low % kPlaces];
    if (place.id == id && place.stamp == stamp) return place.first <= since;
    place = {id, stamp, instant};
    return false;
  }

  void before_fork() { mutex_.lock(); }
  void after_fork() { mutex_.unlock(); }

 private:
  static constexpr size_t kPlaces = 4096;
  struct Place {
    DependencyId id;
    uint64_t stamp = 0;
    uint64_t first = 0;  // when it was first seen
  };

  std::mutex mutex_;
  std::array<Place, kPlaces> places_{};
};

}  // namespace coffer::core

#endif  // COFFER_CORE_STAMP_SEEN_H_
