// Keeping a shard within its bounds: what leaves, when its memory is free again, and housekeeping.
#include <sched.h>

#include <algorithm>

#include "coffer/plugin/guard.hpp"
#include "coffer/queue.h"
#include "plugins/stores/memory/shard.h"

namespace coffer::memory {
namespace {

constexpr size_t kVictims = 32;          // asked of the strategy at a time
constexpr int kSweepPerWrite = 4;        // expired entries looked at on the way
constexpr uint64_t kReclaimCount = 256;  // blocks in limbo worth an epoch
constexpr uint64_t kReclaimBytes = 1 << 20;
// Smaller shards have no slabs: a few slabs of each size would be much of what they may hold.
constexpr uint64_t kBytesForSlabs = 6 << 20, kEntriesForSlabs = 1024;
constexpr size_t kSlabsToEmpty = 8;  // at a time

}  // namespace

coffer_status Shard::open(void* strategy_self, coffer_sink* sink) {
  pool_ = Pool::make(home_, wants_slabs());
  if (pool_ == nullptr || !index_.open(*home_) || !limbo_.open(*home_)) {
    return plugin::fail(home_->host, sink, COFFER_EXHAUSTED,
                        "out of memory for a shard of a memory store");
  }
  reclaim_count_ = kReclaimCount;
  reclaim_bytes_ = limbo_limit();
  const uint64_t capacity = limits_.bytes != 0 ? limits_.bytes : limits_.entries;
  return strategy_->shard_create(strategy_self, capacity, &order_, sink);
}

void Shard::close() {
  if (index_.table() != nullptr) {
    take_hits();
    Aftermath aftermath(home_);
    index_.for_each(0, [&](Entry* entry, const Index::Place& place) {
      if (aftermath.full()) aftermath.settle();
      index_.erase(place);
      strategy_->remove(order_, entry->node(*home_), COFFER_REMOVE_DELETED);
      aftermath.keep(entry, 0);
      entry->refs.fetch_add(Entry::kLimbo - Entry::kLinked, std::memory_order_acq_rel);
      end_limbo(*home_, entry);
      return true;
    });
  }
  if (order_ != nullptr) strategy_->shard_destroy(order_);
  limbo_.close(*home_);
  wheel_.close(*home_);
  rings_.close(*home_);
  index_.close(*home_);
  if (pool_ != nullptr) pool_->close();
}

// What every change begins with. Returns the coarse time.
coffer_time Shard::begin(Aftermath* aftermath) {
  if (batches_) {
    rings_.provide(*home_, epoch::mine()->lane);
    take_hits();
  }
  const coffer_time now = home_->now(COFFER_CLOCK_COARSE);
  if (aftermath != nullptr && !wheel_.empty()) sweep(now, kSweepPerWrite, aftermath);
  return now;
}

void Shard::take_hits() {
  if (!batches_) return;
  rings_.drain(*home_, [&](void* const* nodes, size_t count) {
    strategy_->hits(order_, nodes, count);
    recency_.count(count, index_.size());
  });
}

// Returns whether there may be more.
bool Shard::sweep(coffer_time now, int budget, Aftermath* aftermath) {
  while (!aftermath->full()) {
    Entry* entry = wheel_.expired(now, &budget);
    if (entry == nullptr) return budget < 0;
    leave(entry, COFFER_REMOVE_EXPIRED, aftermath);
  }
  return true;
}

// ---- Bounds -----------------------------------------------------------------------------------

bool Shard::wants_slabs() const {
  return (limits_.bytes == 0 || limits_.bytes >= kBytesForSlabs) &&
         (limits_.entries == 0 || limits_.entries >= kEntriesForSlabs);
}

uint64_t Shard::fixed_bytes() const {
  return sizeof(Shard) + pool_->own_bytes() + charge_of(index_.bytes()) + rings_.bytes() +
         wheel_.bytes() + limbo_.own_bytes() + (order_ != nullptr ? strategy_->bytes(order_) : 0);
}

// Set aside for what is in limbo, so that not every eviction needs an epoch of its own, and for
// what is unused of slabs.
uint64_t Shard::reserve() const {
  if (limits_.bytes != 0 && wants_slabs()) return limits_.bytes / 8;
  return limbo_limit();
}

uint64_t Shard::limbo_limit() const {
  return limits_.bytes != 0 ? std::min(limits_.bytes / 32, kReclaimBytes) : kReclaimBytes;
}

// What is left of the byte limit for entries, those in the index included. What the host keeps for
// computations takes a quarter of it at most: no eviction would give that back.
int64_t Shard::room() const {
  const uint64_t pending =
      std::min(home_->held(COFFER_HELD_PENDING) / share_of_host_, limits_.bytes / 4);
  return static_cast<int64_t>(limits_.bytes) -
         static_cast<int64_t>(reserve() + fixed_bytes() + pending);
}

// What the host keeps for the entries of this shard: of what it keeps for all, the share that the
// shard has of all meta.
int64_t Shard::kept_by_host() const {
  if (meta_bytes_ == 0 || limits_.bytes == 0) return 0;
  const auto held = static_cast<double>(home_->held(COFFER_HELD_ENTRIES));
  const auto all = static_cast<double>(home_->meta_bytes.load(std::memory_order_relaxed));
  return static_cast<int64_t>(held * static_cast<double>(meta_bytes_) / std::max(all, 1.0));
}

void Shard::count_meta(int64_t bytes) {
  meta_bytes_ += static_cast<uint64_t>(bytes);
  home_->meta_bytes.fetch_add(static_cast<uint64_t>(bytes), std::memory_order_relaxed);
}

uint64_t Shard::most_for_one() {
  if (limits_.bytes == 0) return 0;
  std::lock_guard hold(lock_);
  return static_cast<uint64_t>(std::max<int64_t>(room(), 0));
}

// Would it be beyond a limit with so much more?
bool Shard::over(uint64_t entries, int64_t bytes) const {
  if (limits_.entries != 0 && index_.size() + entries > limits_.entries) return true;
  if (entries != 0 && index_full()) return true;
  return limits_.bytes != 0 && static_cast<int64_t>(live_bytes_) + kept_by_host() + bytes > room();
}

// By how much, in the strategy's units.
uint64_t Shard::need(uint64_t entries, int64_t bytes) const {
  int64_t need = 1;
  if (limits_.bytes != 0) {
    need = static_cast<int64_t>(live_bytes_) + kept_by_host() + bytes - room();
  } else if (limits_.entries != 0) {
    need = static_cast<int64_t>(index_.size() + entries - limits_.entries);
  }
  return static_cast<uint64_t>(std::max<int64_t>(need, 1));
}

// Lets entries other than `keep` leave until so much more fits: expired ones, then those that the
// strategy proposes, then, should it fail, any. Not `enough` if none are left.
Shard::Attempt Shard::make_room(uint64_t entries, int64_t bytes, Entry* keep, coffer_time now,
                                Aftermath* aftermath, bool* enough) {
  *enough = true;
  while (over(entries, bytes)) {
    if (!limits_.any()) {
      *enough = false;  // the index cannot grow, and nothing may be evicted
      return Attempt::kDone;
    }
    if (aftermath->full()) return Attempt::kAgain;
    if (sweep(now, kVictims, aftermath)) continue;
    if (!over(entries, bytes)) break;
    if (evict_proposed(entries, bytes, keep, aftermath)) continue;
    Entry* any = index_.any(keep);
    if (any == nullptr) {
      *enough = false;
      return Attempt::kDone;
    }
    leave(any, COFFER_REMOVE_EVICTED, aftermath);
  }
  return aftermath->full() ? Attempt::kAgain : Attempt::kDone;
}

// False if the strategy proposed nothing that could be evicted.
bool Shard::evict_proposed(uint64_t entries, int64_t bytes, Entry* keep, Aftermath* aftermath) {
  if (index_.size() == (keep != nullptr ? 1u : 0u)) return false;
  void* nodes[kVictims];
  // The entry to keep may be among the best: then the others must do.
  const uint64_t wanted = need(entries, bytes) + (keep != nullptr ? weigh(keep) : 0);
  const size_t count = strategy_->victims(order_, wanted, nodes, kVictims);
  if (count == 0 || count > kVictims) {
    report_strategy("victims named none of the entries it has, or more than there was room for");
    return false;
  }
  bool evicted = false;
  for (size_t i = 0; i < count && over(entries, bytes) && !aftermath->full(); ++i) {
    Index::Place place;
    Entry* entry = proposed(nodes[i], &place);
    if (entry == nullptr) {
      report_strategy("victims named a node twice, or one that is not an entry of the shard");
    } else if (entry != keep) {
      leave(entry, place, COFFER_REMOVE_EVICTED, aftermath);
      evicted = true;
    }
  }
  return evicted || aftermath->full();
}

// The entry of a node, NULL unless it is one of this shard. A strategy may name anything, so
// nothing is read before the pool has said that there is an entry.
Entry* Shard::proposed(void* node, Index::Place* place) const {
  const auto address = reinterpret_cast<uintptr_t>(node);
  if (address < home_->node_offset || (address - home_->node_offset) % Entry::kAlign != 0) {
    return nullptr;
  }
  auto* entry = reinterpret_cast<Entry*>(address - home_->node_offset);
  if (entry == nullptr || !pool_->holds(entry)) return nullptr;
  *place = index_.place_of(entry);
  return place->bucket != nullptr ? entry : nullptr;
}

void Shard::report_strategy(const char* what) {
  if (home_->strategy_reported.exchange(true, std::memory_order_relaxed)) return;
  home_->host->log(home_->host, COFFER_LOG_PLUGIN_MISBEHAVING, what, std::strlen(what));
}

void Shard::grow_index() {
  if (!index_.crowded()) return;
  const uint64_t count = index_.next_bucket_count(limits_.entries);
  // Within a byte limit it grows while there is room, rather than at the expense of entries; a
  // table that is really full evicts one for each that comes.
  const auto more = static_cast<int64_t>(charge_of(Table::size_for(count)));
  if (limits_.bytes != 0 && static_cast<int64_t>(live_bytes_) + kept_by_host() + more > room())
    return;
  Table* old = index_.rebuild(*home_, count);
  if (old == nullptr) return;
  while (!limbo_.add(*home_, old)) {
    reclaim();
    sched_yield();
  }
}

// ---- Leaving ----------------------------------------------------------------------------------

// Out of the index, the strategy and the wheel. The aftermath must not be full.
void Shard::leave(Entry* entry, int32_t reason, Aftermath* aftermath) {
  leave(entry, index_.place_of(entry), reason, aftermath);
}

void Shard::leave(Entry* entry, const Index::Place& place, int32_t reason, Aftermath* aftermath) {
  uint32_t event = 0;
  if (reason == COFFER_REMOVE_EVICTED) {
    ++evictions_;
    event = COFFER_EVENT_EVICT;
  } else if (reason == COFFER_REMOVE_EXPIRED) {
    ++expirations_;
    event = COFFER_EVENT_EXPIRE;
  }
  index_.erase(place);
  strategy_->remove(order_, entry->node(*home_), reason);
  if (entry->expires_at() != COFFER_NEVER) wheel_.remove(entry);
  retire(entry, event, aftermath);
}

// To limbo; it must be out of everything else.
void Shard::retire(Entry* entry, uint32_t event, Aftermath* aftermath) {
  live_bytes_ -= entry->charge();
  if (const uint32_t meta = entry->meta_size(); meta != 0) count_meta(-int64_t{meta});
  aftermath->keep(entry, event);
  entry->refs.fetch_add(Entry::kLimbo - Entry::kLinked, std::memory_order_acq_rel);
  while (!limbo_.add(*home_, entry)) {
    // Without memory to remember one more, those before it must go first; they only wait for
    // readers, who never wait.
    reclaim();
    sched_yield();
  }
}

void Shard::reclaim() {
  pool_->collect_late();
  // Twice: what waited for an older epoch, and what came since.
  for (int i = 0; i < 2 && limbo_.ripen(); ++i) {
    if (batches_) {
      take_hits();
      rings_.purge();
    }
    limbo_.release(*home_);
  }
  reclaim_count_ = limbo_.count() + kReclaimCount;
  reclaim_bytes_ = limbo_.bytes() + limbo_limit();
}

void Shard::reclaim_if_due() {
  if (limbo_.count() >= reclaim_count_ || limbo_.bytes() >= reclaim_bytes_) reclaim();
}

// Is more of the slabs unused than was set aside for it? That comes of entries that change in size:
// what left has made room for others of its size only.
bool Shard::too_slack() const {
  return limits_.bytes != 0 && pool_->slack() + limbo_.bytes() > reserve();
}

// Without the lock.
void Shard::tighten() {
  Aftermath aftermath(home_);
  for (bool more = true; more; aftermath.settle()) {
    std::lock_guard hold(lock_);
    begin(nullptr);
    reclaim();
    // While readers hold up what left, evicting more would not help.
    more = limbo_.count() == 0 && too_slack() && empty_slabs(&aftermath);
    reclaim();
  }
}

// Evicts what is left in the slabs that have the fewest entries. False if there was nothing.
bool Shard::empty_slabs(Aftermath* aftermath) {
  Slab* slabs[kSlabsToEmpty];
  const size_t count = pool_->emptiest(slabs, kSlabsToEmpty);
  bool any = false;
  index_.for_each(0, [&](Entry* entry, const Index::Place& place) {
    if (std::find(slabs, slabs + count, Slab::of(entry)) == slabs + count) return true;
    leave(entry, place, COFFER_REMOVE_EVICTED, aftermath);
    any = true;
    return !aftermath->full();
  });
  return any;
}

// ---- Housekeeping -----------------------------------------------------------------------------

bool Shard::maintain(coffer_time deadline) {
  constexpr int kPortion = 256;
  Aftermath aftermath(home_);
  for (bool more = true; more; aftermath.settle()) {
    if (deadline != COFFER_NEVER && home_->now(COFFER_CLOCK_PRECISE) >= deadline) return false;
    std::lock_guard hold(lock_);
    const coffer_time now = begin(nullptr);
    more = sweep(now, kPortion, &aftermath);
    if (more) continue;
    reclaim();
    if (index_.size() == 0) pool_->drop_spare();
  }
  return true;
}

Counters Shard::count() {
  std::lock_guard hold(lock_);
  pool_->collect_late();
  Counters counters;
  counters.entries = index_.size();
  counters.bytes = fixed_bytes() + live_bytes_ + limbo_.bytes() + pool_->slack();
  counters.inserts = inserts_;
  counters.evictions = evictions_;
  counters.expirations = expirations_;
  return counters;
}

}  // namespace coffer::memory
