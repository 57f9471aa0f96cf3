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
  MetaHead head;
  head.root = origin.root;
  head.created = origin.created;
  head.cost = static_cast<uint32_t>(std::min<int64_t>(origin.cost / 1000, UINT32_MAX));
  head.form = local ? kMetaCells : kMetaIds;
  head.flags = timed ? kMetaTimes : 0;
  head.count = static_cast<uint8_t>(origin.stamps.size());
  char* end = append(room_, head);
  if (timed) end = append(end, times);
  for (const Stamp& stamp : origin.stamps) {
    end = local ? append(end, CellStamp{stamp.cell, stamp.value})
                : append(end, IdStamp{stamp.id.low, stamp.id.high, stamp.value});
  }
  size_ = static_cast<size_t>(end - room_);
}

void MetaBuffer::copy(const void* meta, size_t size) {
  size_ = std::min(size, sizeof room_);
  if (size_ != 0) std::memcpy(room_, meta, size_);
}

bool MetaView::read(const void* meta, size_t size) {
  *this = {};
  if (size == 0) return true;
  const char* from = static_cast<const char*>(meta);
  if (size == sizeof head_.root) {
    std::memcpy(&head_.root, from, sizeof head_.root);
    return true;
  }
  if (size < sizeof head_) return false;
  std::memcpy(&head_, from, sizeof head_);
  from += sizeof head_;
  size -= sizeof head_;
  if ((head_.form != kMetaCells && head_.form != kMetaIds) || head_.zero != 0) return false;
  if ((head_.flags & kMetaTimes) != 0) {
    if (size < sizeof times_) return false;
    std::memcpy(&times_, from, sizeof times_);
    from += sizeof times_;
    size -= sizeof times_;
  }
  stamps_ = from;
  return size == head_.count * (head_.form == kMetaCells ? sizeof(CellStamp) : sizeof(IdStamp));
}

std::vector<Stamp> MetaView::stamps() const {
  std::vector<Stamp> stamps(head_.count);
  const char* from = stamps_;
  for (Stamp& stamp : stamps) {
    if (head_.form == kMetaCells) {
      CellStamp cell;
      std::memcpy(&cell, from, sizeof cell);
      stamp = {{}, cell.cell, cell.value};
      from += sizeof cell;
    } else {
      IdStamp id;
      std::memcpy(&id, from, sizeof id);
      stamp = {{id.low, id.high}, nullptr, id.value};
      from += sizeof id;
    }
  }
  return stamps;
}

}  // namespace coffer::core
