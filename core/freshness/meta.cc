#include "core/freshness/meta.h"

#include <algorithm>

namespace coffer::core {
namespace {

template <typename T>
char* append(char* to, const T& value) {
  std::memcpy(to, &value, sizeof value);
  return to + sizeof value;
}

}  // namespace

void MetaBuffer::set(const Origin& origin, bool local) {
  const MetaTimes& times = origin.times;
  const bool timed = times.grace != 0 || times.sliding != 0;
  if (!timed && origin.stamps.empty() && origin.cost == 0) {
    size_ = 0;
    if (origin.root != 0) size_ = static_cast<size_t>(append(room_, origin.root) - room_);
    return;
  }
  char* end = append(room_, origin.root);
  if (timed) end = append(end, times);
  const char* const stamps = end;
  for (const Stamp& stamp : origin.stamps) {
    end = local ? append(end, CellStamp{stamp.cell, stamp.value})
                : append(end, IdStamp{stamp.id.low, stamp.id.high, stamp.value});
  }
  MetaTail tail;
  tail.created = origin.created;
  tail.cost = static_cast<uint32_t>(std::min<int64_t>(origin.cost / 1000, UINT32_MAX));
  tail.shape = kMetaNoStamps;
  if (end != stamps)
    tail.shape = static_cast<uint32_t>(end - stamps) | (local ? kMetaCells : kMetaIds);
  if (timed) tail.shape |= kMetaTimes;
  size_ = static_cast<size_t>(append(end, tail) - room_);
}

void MetaBuffer::copy(const void* meta, size_t size) {
  size_ = std::min(size, sizeof room_);
  if (size_ != 0) std::memcpy(room_, meta, size_);
}

bool much_meta_is_present(const char* meta, size_t size, size_t capacity, MetaRoot root) noexcept {
  if (size > capacity) return false;
  MetaRoot written;
  std::memcpy(&written, meta, sizeof written);
  uint32_t shape;
  std::memcpy(&shape, meta + size - sizeof shape, sizeof shape);
  const size_t stamp_bytes = size - kMetaFrame;
  if (written != root || shape != stamp_bytes + kMetaCells || stamp_bytes % sizeof(CellStamp) != 0)
    return false;
  const auto* stamp = reinterpret_cast<const CellStamp*>(meta + sizeof written);
  const auto* const end = stamp + stamp_bytes / sizeof(CellStamp);
  return std::none_of(stamp, end, [](const CellStamp& each) { return has_moved(each); });
}

bool MetaView::read(const void* meta, size_t size) {
  *this = {};
  if (size == 0 || parse(static_cast<const char*>(meta), size)) return true;
  *this = {};
  return false;
}

bool MetaView::parse(const char* meta, size_t size) {
  if (size != sizeof root_ && size < kMetaFrame) return false;
  std::memcpy(&root_, meta, sizeof root_);
  if (size == sizeof root_) return true;
  std::memcpy(&tail_, meta + size - sizeof tail_, sizeof tail_);
  stamps_ = meta + sizeof root_;
  size -= kMetaFrame;
  if (is_timed()) {
    if (size < sizeof times_) return false;
    std::memcpy(&times_, stamps_, sizeof times_);
    stamps_ += sizeof times_;
    size -= sizeof times_;
  }
  stamp_bytes_ = size;
  const uint32_t shape = tail_.shape & ~kMetaTimes;
  if (size == 0) return shape == kMetaNoStamps;
  return (shape == size + kMetaCells || shape == size + kMetaIds) && size % stamp_size() == 0;
}

Stamp MetaView::stamp_at(const char* from) const {
  if (has_cells()) {
    CellStamp cell;
    std::memcpy(&cell, from, sizeof cell);
    return {{}, cell.cell, cell.value};
  }
  IdStamp id;
  std::memcpy(&id, from, sizeof id);
  return {{id.low, id.high}, nullptr, id.value};
}

std::vector<Stamp> MetaView::stamps() const {
  std::vector<Stamp> stamps;
  stamps.reserve(stamp_bytes_ / stamp_size());
  each_stamp([&](const Stamp& stamp) {
    stamps.push_back(stamp);
    return true;
  });
  return stamps;
}

}  // namespace coffer::core
