// What core keeps beside a value to tell later whether it is still fresh.
//
// Nothing at all: an entry without dependencies or grace, in a namespace that was never cleared. 8
// bytes: the root stamp of its namespace. Else that, MetaTimes if it has such, its stamps, and a
// MetaTail. In the byte order of the machine: for stores of this process; what leaves it is an
// envelope.
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

using MetaRoot = uint64_t;  // the root stamp of its namespace when its computation began

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

// It stands last, where a reader who has the size finds it whatever else is there.
struct MetaTail {
  coffer_time created = 0;  // when it was stored
  uint32_t cost = 0;        // microseconds it took to compute, UINT32_MAX and more alike
  uint32_t shape = 0;       // bytes of the stamps, a multiple of 8, and below that what they are
};

inline constexpr uint32_t kMetaCells = 1;
inline constexpr uint32_t kMetaIds = 2;
inline constexpr uint32_t kMetaTimes = 4;
inline constexpr uint32_t kMetaNoStamps =
    0x5eed0000;  // not 0, which is found anywhere in damaged meta
inline constexpr size_t kMetaFrame = sizeof(MetaRoot) + sizeof(MetaTail);
inline constexpr size_t kMostMeta =
    kMetaFrame + sizeof(MetaTimes) + kMostDependencies * sizeof(IdStamp);
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
  // False if it is damaged: then it says nothing.
  bool read(const void* meta, size_t size);

  uint64_t root() const { return root_; }
  coffer_time created() const { return tail_.created; }
  int64_t cost() const { return int64_t{tail_.cost} * 1000; }  // nanoseconds
  const MetaTimes& times() const { return times_; }
  bool is_timed() const { return (tail_.shape & kMetaTimes) != 0; }
  bool has_stamps() const { return stamp_bytes_ != 0; }
  bool has_cells() const { return (tail_.shape & kMetaCells) != 0; }
  std::vector<Stamp> stamps() const;
  // Calls visit(stamp) for each until it returns false; true if it never did. Needs no memory.
  template <typename Visit>
  bool each_stamp(Visit&& visit) const {
    for (size_t at = 0; at < stamp_bytes_; at += stamp_size()) {
      if (!visit(stamp_at(stamps_ + at))) return false;
    }
    return true;
  }
  // When it stops being fresh, if the store drops it at `expires_at`.
  coffer_time fresh_until(coffer_time expires_at) const {
    return expires_at == COFFER_NEVER ? expires_at : expires_at - times_.grace;
  }

 private:
  bool parse(const char* meta, size_t size);
  Stamp stamp_at(const char* from) const;
  size_t stamp_size() const { return has_cells() ? sizeof(CellStamp) : sizeof(IdStamp); }

  MetaRoot root_ = 0;
  MetaTail tail_;
  MetaTimes times_;
  const char* stamps_ = nullptr;
  size_t stamp_bytes_ = 0;
};

[[gnu::always_inline]] inline bool has_moved(const CellStamp& stamp) {
  return stamp.cell->load(std::memory_order_acquire) != stamp.value;
}

// As meta_is_present, for what is larger than usual.
[[gnu::noinline]] bool much_meta_is_present(const char* meta, size_t size, size_t capacity,
                                            MetaRoot root) noexcept;

// The check of a hit on a store of this process, without time: false if a stamp or the root has
// moved, or if only the slower MetaView can tell. `meta` is aligned as CellStamp; it holds `size`
// bytes, at least those of a root, that a MetaBuffer wrote, or nothing if they are more than
// `capacity` (at least that of two stamps).
[[gnu::always_inline]] inline bool meta_is_present(const char* meta, size_t size, size_t capacity,
                                                   MetaRoot root) {
  constexpr size_t kOne = kMetaFrame + sizeof(CellStamp), kTwo = kOne + sizeof(CellStamp);
  if (size > kTwo) [[unlikely]]
    return much_meta_is_present(meta, size, capacity, root);
  MetaRoot written;
  std::memcpy(&written, meta, sizeof written);
  if (written != root) [[unlikely]]
    return false;
  const char* const end = meta + size;
  uint32_t shape;
  std::memcpy(&shape, end - sizeof shape, sizeof shape);
  // One comparison for: cells, no times, and the size that belongs to them. (No shape is as large
  // as a size below that of the frame makes it.)
  if (shape != size - kMetaFrame + kMetaCells) [[unlikely]] {
    return size == sizeof written || (size == kMetaFrame && shape == kMetaNoStamps);
  }
  const auto* const stamps_end = reinterpret_cast<const CellStamp*>(end - sizeof(MetaTail));
  if (has_moved(stamps_end[-1])) [[unlikely]]
    return false;
  return size == kOne || !has_moved(stamps_end[-2]);
}

}  // namespace coffer::core

#endif  // COFFER_CORE_FRESHNESS_META_H_
