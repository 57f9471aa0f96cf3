#include "core/cache/entry_stamps.h"

#include "core/freshness/meta.h"

namespace coffer::core {
namespace {

template <typename Visit>
void each_cell(coffer_bytes meta, Visit&& visit) {
  MetaView view;
  if (!view.read(meta.data, meta.size) || !view.has_cells()) return;
  view.each_stamp([&](const Stamp& stamp) {
    visit(stamp);
    return true;
  });
}

}  // namespace

void EntryStamps::stored(coffer_bytes meta) noexcept {
  each_cell(meta, [this](const Stamp& stamp) { stamps_.hold(stamp); });
}

void EntryStamps::left(coffer_bytes meta) noexcept {
  each_cell(meta, [this](const Stamp& stamp) { stamps_.let_go(stamp); });
}

uint64_t EntryStamps::held(int32_t what) const noexcept {
  switch (what) {
    case COFFER_HELD_ENTRIES: return stamps_.held();
    case COFFER_HELD_PENDING: return leases_.bytes() + roots_.bytes();
    default: return 0;
  }
}

}  // namespace coffer::core
