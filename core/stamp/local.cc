#include "core/stamp/local.h"

#include <algorithm>

namespace coffer::core {

LocalStamps::LocalStamps(size_t most_idle)
    : most_idle_(most_idle / kShards), store_tells_(most_idle == kStoreTells) {
  for (uint32_t i = 0; i < kShards; ++i) shards_[i] = std::make_unique<Shard>(i);
}

void LocalStamps::count_bytes(Shard& shard) noexcept {
  const size_t bytes = shard.slots.bytes();
  if (bytes == shard.counted) return;
  bytes_.fetch_add(bytes - shard.counted, std::memory_order_relaxed);
  shard.counted = bytes;
}

coffer_status LocalStamps::pin(std::span<const Dependency> dependencies, coffer_time,
                               std::vector<Stamp>& out, coffer_sink&) {
  out.reserve(out.size() + dependencies.size());
  for (const Dependency& dependency : dependencies) {
    Shard& shard = shard_of(dependency.id);
    const std::lock_guard lock(shard.mutex);
    const Slot* const slot = pin_slot(shard, dependency);
    out.push_back({dependency.id, &slot->stamp, slot->stamp.load(std::memory_order_relaxed)});
  }
  return COFFER_OK;
}

coffer_status LocalStamps::pin_late(std::span<const Dependency> dependencies, uint64_t began,
                                    coffer_time, std::vector<Stamp>& out, coffer_sink&) {
  coffer_status status = COFFER_OK;
  out.reserve(out.size() + dependencies.size());
  for (const Dependency& dependency : dependencies) {
    Shard& shard = shard_of(dependency.id);
    const std::lock_guard lock(shard.mutex);
    const Slot* const slot = pin_slot(shard, dependency);
    out.push_back({dependency.id, &slot->stamp, slot->stamp.load(std::memory_order_relaxed)});
    if (moved_since(*slot, dependency, began)) status = COFFER_SUPERSEDED;
  }
  return status;
}

Slot* LocalStamps::pin_slot(Shard& shard, const Dependency& dependency) {
  if (Slot* const slot = shard.slots.find(dependency.id); slot != nullptr) {
    shard.slots.pin(slot);
    return slot;
  }
  // The scheme first: an event that does not look at it has begun before, and then it does not
  // matter to us.
  SchemeUse* scheme = nullptr;
  if (!dependency.scheme.empty()) scheme = schemes_.use(dependency.space, dependency.scheme);
  try {
    Slot* const slot =
        shard.slots.create(dependency.id, scheme, make_stamp(shard), dependency.text);
    count_bytes(shard);
    return slot;
  } catch (...) {
    if (scheme != nullptr) schemes_.unuse(scheme);
    throw;
  }
}

// A slot that has stood for the dependency since before `began` knows by itself. Of one that is
// younger what is noted of all ids tells; but an event of rows notes the ids of those schemes only
// that were in use then.
bool LocalStamps::moved_since(const Slot& slot, const Dependency& dependency,
                              uint64_t began) const {
  const uint64_t stamp = slot.stamp.load(std::memory_order_relaxed);
  if (instant_of(stamp) <= began) return false;
  if (stamp != slot.born) return true;
  if (ids_.last(dependency.id) > began) return true;
  return slot.scheme != nullptr && slot.scheme->since() > began &&
         spaces_.last(dependency.space) > began;
}

void LocalStamps::unpin(std::span<const Stamp> stamps, coffer_time until) noexcept {
  for (const Stamp& stamp : stamps) {
    Shard& shard = shard_of(stamp.id);
    const std::lock_guard lock(shard.mutex);
    Slot* const slot = Slot::of(stamp.cell);
    // An entry with a stamp that has moved is served to nobody, so it needs no slot.
    if (until >= 0 && slot->stamp.load(std::memory_order_relaxed) == stamp.value) {
      slot->until = std::max(slot->until, until == COFFER_NEVER ? Slot::kForEver : until);
    }
    unpin_slot(shard, slot);
  }
}

void LocalStamps::unpin_slot(Shard& shard, Slot* slot) noexcept {
  if (shard.slots.unpin(slot) && shard.slots.idle() > most_idle_)
    reclaim(shard, shard.slots.oldest());
}

void LocalStamps::hold(const Stamp& stamp) noexcept {
  Shard& shard = shard_of(stamp);
  const std::lock_guard lock(shard.mutex);
  if (Slot* const slot = slot_of(stamp); slot != nullptr) shard.slots.pin(slot);
}

void LocalStamps::let_go(const Stamp& stamp) noexcept {
  Shard& shard = shard_of(stamp);
  const std::lock_guard lock(shard.mutex);
  if (Slot* const slot = slot_of(stamp); slot != nullptr) unpin_slot(shard, slot);
}

// Of a store that tells of its entries; NULL if the slot has been given up since. All that are in
// use are pinned, and what it is used for next has younger stamps.
Slot* LocalStamps::slot_of(const Stamp& stamp) {
  Slot* const slot = Slot::of(stamp.cell);
  return slot->pins > 0 && slot->born <= stamp.value ? slot : nullptr;
}

// As if it were pinned and given back. Of entries' stamps the ids are not known any more, but their
// slots are.
void LocalStamps::prolong(std::span<const Stamp> stamps, coffer_time until) noexcept {
  if (store_tells_) return;
  for (const Stamp& stamp : stamps) {
    Slot* const slot = Slot::of(stamp.cell);
    Shard& shard = shard_of(stamp);
    const std::lock_guard lock(shard.mutex);
    if (slot->stamp.load(std::memory_order_relaxed) != stamp.value) continue;
    shard.slots.pin(slot);
    slot->until = std::max(slot->until, until == COFFER_NEVER ? Slot::kForEver : until);
    shard.slots.unpin(slot);
  }
}

std::string LocalStamps::name(const Stamp& stamp) const {
  const Slot* const slot = Slot::of(stamp.cell);
  const std::lock_guard lock(shard_of(stamp).mutex);
  if (slot->born == 0 || slot->born > stamp.value) return "something that has been forgotten since";
  return std::string(slot->name());
}

coffer_status LocalStamps::check(std::span<const Stamp> stamps, coffer_time, size_t* which,
                                 coffer_sink&) {
  for (size_t i = 0; i < stamps.size(); ++i) {
    if (stamps[i].cell->load(std::memory_order_seq_cst) == stamps[i].value) continue;
    if (which != nullptr) *which = i;
    return COFFER_SUPERSEDED;
  }
  return COFFER_OK;
}

coffer_status LocalStamps::move(std::span<const DependencyId> tags_or_spaces, coffer_time,
                                coffer_sink&) {
  for (const DependencyId& id : tags_or_spaces) move_one(id);
  return COFFER_OK;
}

coffer_status LocalStamps::move_rows(std::span<const Row> rows, coffer_time, coffer_sink&) {
  for (const Row& row : rows) move_row(row);
  return COFFER_OK;
}

void LocalStamps::move_row(const Row& row) {
  const auto schemes = schemes_.look(row.space(), [&] { spaces_.note(row.space(), tick()); });
  move_one(*row.satisfied({}));
  if (schemes == nullptr) return;
  bool whole = false;
  for (const std::shared_ptr<const Scheme>& scheme : *schemes) {
    if (const auto id = row.satisfied(*scheme)) {
      move_one(*id);
    } else {
      whole = true;
    }
  }
  // A column is missing: any conjunction of some schemes might be satisfied. What depends on one
  // depends on its space.
  if (whole) move_one(row.space());
}

void LocalStamps::move_one(const DependencyId& id) {
  Shard& shard = shard_of(id);
  const std::lock_guard lock(shard.mutex);
  const uint64_t instant = tick();
  ids_.note(id, instant);
  ++shard.moves;
  Slot* const slot = shard.slots.find(id);
  if (slot == nullptr) return;
  if (slot->pins == 0) {
    reclaim(shard, slot);
    return;
  }
  slot->stamp.store(instant | shard.number, std::memory_order_seq_cst);
  slot->until = Slot::kNoEntry;  // what has the old stamp is dead
}

void LocalStamps::reclaim(Shard& shard, Slot* slot) noexcept {
  SchemeUse* const scheme = shard.slots.reclaim(slot, make_stamp(shard));
  count_bytes(shard);
  if (scheme != nullptr) schemes_.unuse(scheme);
}

void LocalStamps::maintain(coffer_time now) noexcept {
  for (const auto& owned : shards_) {
    Shard& shard = *owned;
    // So that a lock is never held for long, however many ended at once.
    constexpr int kAtOnce = 64;
    for (bool more = true; more;) {
      const std::lock_guard lock(shard.mutex);
      for (int i = 0; more && i < kAtOnce; ++i) {
        Slot* const slot = shard.slots.ended(now);
        more = slot != nullptr;
        if (more) reclaim(shard, slot);
      }
    }
  }
}

Stamps::Counts LocalStamps::count() const {
  Counts out;
  for (const auto& shard : shards_) {
    const std::lock_guard lock(shard->mutex);
    out.stamps += shard->slots.live();
    out.moves += shard->moves;
    out.bytes += sizeof *shard + shard->slots.bytes();
  }

  schemes_.count(out.schemes, out.spaces);
  out.bytes += sizeof *this;
  return out;
}

void LocalStamps::before_fork() {
  for (const auto& shard : shards_) shard->mutex.lock();
  schemes_.before_fork();
}

void LocalStamps::after_fork() {
  schemes_.after_fork();
  for (const auto& shard : shards_) shard->mutex.unlock();
}

}  // namespace coffer::core
