// Where the present stamp of one dependency stands, in this process.
#ifndef COFFER_CORE_STAMP_SLOT_H_
#define COFFER_CORE_STAMP_SLOT_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>

#include "coffer/base.h"
#include "core/dependency/dependency.h"

namespace coffer::core {

class SchemeUse;

// Entries point to `stamp` for as long as they like and read it without a lock: so its memory can be
// read while its Stamps live (SlotPages), and whatever it is used for next, its stamp is a new one.
struct Slot {
  static constexpr coffer_time kNoEntry = std::numeric_limits<coffer_time>::min();
  static constexpr coffer_time kForEver = std::numeric_limits<coffer_time>::max();
  static constexpr uint32_t kNotQueued = std::numeric_limits<uint32_t>::max();

  std::atomic<uint64_t> stamp{0};
  // All below is guarded by the mutex of the shard.
  uint64_t born = 0;  // its first stamp since it stands for `id`
  DependencyId id;
  char* text = nullptr;         // for people; stands until the slot is used for something else
  SchemeUse* scheme = nullptr;  // of a conjunction: keeps its scheme in use
  Slot* next = nullptr;         // in its bucket, or in the list of free ones
  Slot* older = nullptr;        // neighbours in the list of idle ones
  Slot* younger = nullptr;
  coffer_time until =
      kNoEntry;       // the last instant at which an entry with the present stamp may be served
  uint32_t pins = 0;  // 0: idle
  uint32_t queued = kNotQueued;  // where it stands in the queue of idle ones with an end
  uint32_t text_size = 0;

  std::string_view name() const { return {text, text_size}; }

  // The slot whose stamp a cell is.
  static Slot* of(const std::atomic<uint64_t>* cell) {
    static_assert(offsetof(Slot, stamp) == 0);
    return reinterpret_cast<Slot*>(const_cast<std::atomic<uint64_t>*>(cell));
  }
};

}  // namespace coffer::core

#endif  // COFFER_CORE_STAMP_SLOT_H_
