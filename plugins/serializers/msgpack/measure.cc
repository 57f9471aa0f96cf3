#include "plugins/serializers/msgpack/measure.h"

namespace coffer::msgpack {

bool Measure::enter() {
  ++(open_.empty() ? values_ : open_.back().values);
  return true;
}

void Measure::list(uint64_t count, uint32_t kind) { begin(count, kind, false); }
void Measure::map(uint64_t count) { begin(count, COFFER_LIST, true); }

void Measure::begin(uint64_t count, uint32_t kind, bool map) {
  Open open{0, out_.size(), kNoIndex, kind, map};
  if (count == COFFER_COUNT_UNKNOWN || is_typed(kind)) {
    open.index = measured_.size();
    measured_.push_back({});
  }
  open_.push_back(open);
}

void Measure::end() {
  if (open_.empty() || (open_.back().map && open_.back().values % 2 != 0)) return out_of_order();
  const Open open = open_.back();
  open_.pop_back();
  const uint64_t count = open.map ? open.values / 2 : open.values;
  if (count > kMostCount) return refuse("a list or map", "longer than MessagePack counts");
  char* const header = out_.room(kHeaderRoom);
  out_.keep(open.map ? put_map(header, count) : put_array(header, count));
  const uint64_t bytes = out_.size() - open.start;
  if (is_typed(open.kind)) {
    if (bytes > kMostCount) return refuse("a tuple or set", kTooLong);
    out_.keep(put_ext(out_.room(kHeaderRoom), kTuple, bytes));
  }
  if (open.index != kNoIndex) {
    measured_[open.index] = {static_cast<uint32_t>(count), static_cast<uint32_t>(bytes)};
  }
}

}  // namespace coffer::msgpack
