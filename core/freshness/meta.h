// What core keeps beside a value to tell later whether it is still fresh.
//
// Nothing at all: an entry without dependencies or grace, in a namespace that was never cleared. 8 bytes: the root
// stamp of its namespace. Else a MetaHead, MetaTimes if its flag says so, and its stamps. In the byte order of the
// machine: for stores of this process; what leaves it is an envelope.
#ifndef COFFER_CORE_FRESHNESS_META_H_
#define COFFER_CORE_FRESHNESS_META_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <vector>

#include "coffer/base.h"
#include "core/stamp/stamps.h"

namespace coffer::core {

struct MetaHead {
  uint64_t root = 0;        // the root stamp of its namespace when its computation began
  coffer_time created = 0;  // when it was stored
  uint32_t cost = 0;        // microseconds it took to compute, UINT32_MAX and more alike
  uint8_t form = 0;
  uint8_t flags = 0;
  uint8_t count = 0;        // stamps
  uint8_t zero = 0;
};

struct MetaTimes {
  int64_t grace = 0;    // the last part of its life, in which it is served stale
  int64_t sliding = 0;  // each use gives it so much more time, 0: none
  coffer_time cap = 0;  // but not beyond this instant; COFFER_NEVER: no such bound
};

struct CellStamp {  // of a store in this process
  const std::atomic<uint64_t>* cell;
  uint64_t value;
};

struct IdStamp {  // of any other
  uint64_t low, high, value;
};

inline constexpr uint8_t kMetaCells = 1;  // forms
inline constexpr uint8_t kMetaIds = 2;
inline constexpr uint8_t kMetaTimes = 1;  // flag
inline constexpr size_t kMostMeta = sizeof(MetaHead) + sizeof(MetaTimes) + kMostDependencies * sizeof(IdStamp);
static_assert(kMostMeta <= 1024);

// How an entry came to be, to be kept beside it.
struct Origin {
  uint64_t root = 0;
  coffer_time created = 0;
  int64_t cost = 0;  // nanoseconds
  MetaTimes times;
  std::span<const Stamp> stamps;
};

// Holds encoded meta.
class MetaBuffer {
 public:
  // The shortest form that says it all. `local`: stamps as cells.
  void set(const Origin& origin, bool local);
  void copy(const void* meta, size_t size);
  coffer_bytes bytes() const { return {size_ != 0 ? room_ : nullptr, size_}; }

 private:
  size_t size_ = 0;
  alignas(8) char room_[kMostMeta];
};

// Reads what a MetaBuffer wrote; checks sizes, since a store gave it back.
class MetaView {
 public:
  // False if it is damaged.
  bool read(const void* meta, size_t size);

  uint64_t root() const { return head_.root; }
  const MetaHead& head() const { return head_; }
  const MetaTimes& times() const { return times_; }
  std::vector<Stamp> stamps() const;
  // When it stops being fresh, if the store drops it at `expires_at`.
  coffer_time fresh_until(coffer_time expires_at) const {
    return expires_at == COFFER_NEVER ? expires_at : expires_at - times_.grace;
  }

 private:
  MetaHead head_;
  MetaTimes times_;
  const char* stamps_ = nullptr;
};

// The check of a hit on a store of this process, without time: false if a stamp or the root has moved, or if only the
// slower MetaView can tell. `meta` holds size bytes and is aligned as MetaHead.
[[gnu::always_inline]] inline bool meta_is_present(const char* meta, size_t size, uint64_t root) {
  uint64_t written;
  std::memcpy(&written, meta, sizeof written);
  if (written != root) [[unlikely]] return false;
  if (size == sizeof written) return true;
  MetaHead head;
  std::memcpy(&head, meta, sizeof head);
  const auto* stamp = reinterpret_cast<const CellStamp*>(meta + sizeof head);
  const CellStamp* const end = stamp + head.count;
  // One comparison for: cells, no times, and the size that belongs to them.
  if (head.form != kMetaCells || head.flags != 0 || reinterpret_cast<const char*>(end) != meta + size) [[unlikely]] {
    return false;
  }
  for (; stamp != end; ++stamp) {
    if (stamp->cell->load(std::memory_order_acquire) != stamp->value) [[unlikely]] return false;
  }
  return true;
}

}  // namespace coffer::core

#endif  // COFFER_CORE_FRESHNESS_META_H_
