// The way of a write: make the new block, take the lock, judge, make room, link.
#include <limits>

#include "plugins/stores/memory/shard.h"

namespace coffer::memory {
namespace {

// What an entry takes of the index, for strategies that weigh in bytes.
constexpr uint64_t kIndexShare = 12;

coffer_time after(coffer_time now, coffer_ttl ttl) {
  constexpr coffer_time kLast = std::numeric_limits<coffer_time>::max();
  return ttl > kLast - now ? kLast : now + ttl;
}

coffer_status judge(const coffer_store_put& item, const Entry* old) {
  switch (item.mode) {
    case COFFER_PUT_ADD: return old != nullptr ? COFFER_EXISTS : COFFER_OK;
    case COFFER_PUT_REPLACE: return old == nullptr ? COFFER_MISS : COFFER_OK;
    case COFFER_PUT_CAS:
      if (old == nullptr) return COFFER_MISS;
      return old->version != item.expected_version ? COFFER_CONFLICT : COFFER_OK;
    default: return COFFER_OK;
  }
}

EntrySpec spec_of(const coffer_store_put& item) {
  EntrySpec spec = {};
  spec.key = item.key;
  spec.value = item.value;
  spec.meta = item.meta;
  spec.object = item.object;
  spec.object_type = item.object_type;
  spec.weight = item.weight;
  spec.flags = item.flags;
  spec.format = item.format;
  spec.can_expire = item.ttl != COFFER_TTL_FOREVER;
  return spec;
}

}  // namespace

struct Shard::Write {
  const coffer_store_put* item;
  const EntrySpec* spec;
  Entry* fresh = nullptr;            // made already
  coffer_status unmade = COFFER_OK;  // why it cannot be made: too large, or no memory
  coffer_status status = COFFER_OK;
  uint64_t version = 0;
  bool slack = false;  // there is to `tighten`
};

// What left may still hold memory.
Entry* Shard::make_alone(const EntrySpec& spec) {
  Entry* entry = make_entry(pool_, spec);
  if (entry != nullptr) return entry;
  {
    std::lock_guard hold(lock_);
    reclaim();
  }
  return make_entry(pool_, spec);
}

// The same under the lock.
Entry* Shard::make_in_slab(const EntrySpec& spec) {
  Entry* entry = make_entry(pool_, spec);
  if (entry != nullptr) return entry;
  reclaim();
  return make_entry(pool_, spec);
}

// Under the lock: the write came to nothing.
void Shard::unmake(Write* write) {
  if (write->fresh == nullptr || write->spec->alone()) return;
  free_entry(write->fresh);
  write->fresh = nullptr;
}

coffer_status Shard::put(const coffer_store_put& item, uint64_t* version) {
  EntrySpec spec = spec_of(item);
  spec.plan(*pool_);
  Write write{&item, &spec};
  // Keeps the sums below from overflowing, too.
  const uint64_t most = limits_.bytes != 0 ? limits_.bytes : uint64_t{1} << 62;
  if (item.value.size > std::numeric_limits<uint32_t>::max() || item.weight > most ||
      spec.charge + item.weight > most) {
    write.unmade = COFFER_TOO_LARGE;
  } else if (spec.alone()) {
    write.fresh = make_alone(spec);  // not under the lock: it may be large
    if (write.fresh == nullptr) write.unmade = COFFER_EXHAUSTED;
  }
  Aftermath aftermath(home_);
  while (try_put(&write, &aftermath) == Attempt::kAgain) aftermath.settle();
  if (write.status != COFFER_OK && write.fresh != nullptr) free_block(write.fresh);
  if (write.slack) tighten();
  if (write.status == COFFER_OK && version != nullptr) *version = write.version;
  return write.status;
}

// The entry under the key if it has not expired; if it has, it leaves.
Entry* Shard::find_live(const coffer_key& key, Index::Place* place, Aftermath* aftermath) {
  Entry* entry = index_.find(key, key_offset_, place);
  if (entry == nullptr || entry->expires_at() == COFFER_NEVER) return entry;
  if (!entry->expired(home_->now(COFFER_CLOCK_PRECISE))) return entry;
  leave(entry, COFFER_REMOVE_EXPIRED, aftermath);
  return nullptr;
}

Shard::Attempt Shard::try_put(Write* write, Aftermath* aftermath) {
  std::lock_guard hold(lock_);
  const Attempt attempt = put_locked(write, aftermath);
  if (attempt == Attempt::kDone && write->status != COFFER_OK) unmake(write);
  write->slack = too_slack();
  return attempt;
}

Shard::Attempt Shard::put_locked(Write* write, Aftermath* aftermath) {
  const EntrySpec& spec = *write->spec;
  const coffer_time now = begin(aftermath);
  if (aftermath->full()) return Attempt::kAgain;
  const coffer_store_put& item = *write->item;
  Index::Place place;
  Entry* old = find_live(item.key, &place, aftermath);
  write->status = judge(item, old);
  if (write->status != COFFER_OK) return Attempt::kDone;
  // Two may leave below, besides those that make_room takes: the old entry now, or when replaced.
  if (aftermath->full()) return Attempt::kAgain;

  bool fits = write->unmade == COFFER_OK;
  if (!fits) write->status = write->unmade;
  if (fits && (spec.parts & Entry::kTimer) != 0 && !wheel_.open(*home_, now)) {
    write->status = COFFER_EXHAUSTED;
    return Attempt::kDone;
  }
  // Known before anything else is evicted for it in vain.
  const auto charge = static_cast<int64_t>(spec.charge + spec.weight);
  if (fits && limits_.bytes != 0 && charge > room()) {
    fits = false;
    write->status = COFFER_TOO_LARGE;
  }
  if (fits && !spec.alone() && write->fresh == nullptr) write->fresh = make_in_slab(spec);
  if (fits && (spec.alone() ? !pool_->expect() : write->fresh == nullptr)) {
    write->status = COFFER_EXHAUSTED;
    return Attempt::kDone;
  }
  if (fits) {
    if (old == nullptr) grow_index();
    const int64_t more = charge - static_cast<int64_t>(old ? old->charge() : 0);
    if (make_room(old == nullptr ? 1 : 0, more, old, now, aftermath, &fits) == Attempt::kAgain) {
      return Attempt::kAgain;
    }
    if (!fits) write->status = COFFER_EXHAUSTED;
  }
  if (!fits) {
    // The caller wanted the old value gone, so it must not be served on. Without memory it is as
    // if the call had never been.
    if (old != nullptr && write->status == COFFER_TOO_LARGE) {
      leave(old, COFFER_REMOVE_DELETED, aftermath);
    }
    reclaim_if_due();
    return Attempt::kDone;
  }

  Entry* const fresh = write->fresh;
  if (spec.alone()) pool_->adopt(fresh);
  write->version = ++version_;
  fresh->version = version_;
  if (fresh->has(Entry::kTimer)) {
    coffer_time expires_at = COFFER_NEVER;
    if (item.ttl > 0) expires_at = after(home_->now(COFFER_CLOCK_PRECISE), item.ttl);
    if (item.ttl == COFFER_TTL_KEEP && old != nullptr) expires_at = old->expires_at();
    set_expiry(fresh, expires_at);
  }
  if (old == nullptr) {
    ++inserts_;
    link_new(fresh, item.key.hash, now);
  } else {
    link_over(old, place, fresh, item.key.hash, now, aftermath);
  }
  reclaim_if_due();
  return Attempt::kDone;
}

void Shard::set_expiry(Entry* entry, coffer_time expires_at) {
  std::atomic<coffer_time>& at = entry->timer()->expires_at;
  if (at.load(std::memory_order_relaxed) != COFFER_NEVER) wheel_.remove(entry);
  at.store(expires_at, std::memory_order_relaxed);
  if (expires_at != COFFER_NEVER) wheel_.add(entry);
}

uint64_t Shard::weigh(const Entry* entry) const {
  return limits_.bytes != 0 ? entry->charge() + kIndexShare : 1;
}

coffer_node_info Shard::node_info(const Entry* entry, uint64_t hash, coffer_time now) const {
  return {hash, weigh(entry), entry->expires_at(), now};
}

// Before readers find it.
void Shard::tell_stored(const Entry* entry) {
  const uint32_t meta = entry->meta_size();
  if (meta == 0) return;
  count_meta(meta);
  if (home_->entries != nullptr) home_->entries->stored(home_->host, entry->meta(*home_));
}

void Shard::link_new(Entry* entry, uint64_t hash, coffer_time now) {
  tell_stored(entry);
  recency_.note(entry);
  recency_.count(1, index_.size());
  const coffer_node_info info = node_info(entry, hash, now);
  strategy_->insert(order_, entry->node(*home_), &info);
  index_.insert(hash, entry);
  live_bytes_ += entry->charge();
}

void Shard::link_over(Entry* old, const Index::Place& place, Entry* entry, uint64_t hash,
                      coffer_time now, Aftermath* aftermath) {
  tell_stored(entry);
  recency_.note(entry);
  recency_.count(1, index_.size());
  const coffer_node_info info = node_info(entry, hash, now);
  strategy_->replace(order_, old->node(*home_), entry->node(*home_), &info, 1);
  // One store: a reader finds the old entry or the new one, never neither.
  index_.replace(place, hash, entry);
  live_bytes_ += entry->charge();
  if (old->expires_at() != COFFER_NEVER) wheel_.remove(old);
  retire(old, 0, aftermath);
}

coffer_status Shard::del(const coffer_key& key, uint64_t version) {
  Aftermath aftermath(home_);
  std::lock_guard hold(lock_);
  begin(nullptr);
  Index::Place place;
  Entry* entry = find_live(key, &place, &aftermath);
  coffer_status status = COFFER_MISS;
  if (entry != nullptr) {
    status = version != 0 && entry->version != version ? COFFER_CONFLICT : COFFER_OK;
  }
  if (status == COFFER_OK) leave(entry, place, COFFER_REMOVE_DELETED, &aftermath);
  reclaim_if_due();
  return status;
}

coffer_status Shard::touch(const coffer_key& key, coffer_ttl ttl) {
  Aftermath aftermath(home_);
  coffer_status status = COFFER_OK;
  while (try_touch(key, ttl, &aftermath, &status) == Attempt::kAgain) aftermath.settle();
  return status;
}

Shard::Attempt Shard::try_touch(const coffer_key& key, coffer_ttl ttl, Aftermath* aftermath,
                                coffer_status* status) {
  std::lock_guard hold(lock_);
  const coffer_time now = begin(nullptr);
  if (aftermath->full()) return Attempt::kAgain;
  Index::Place place;
  Entry* entry = find_live(key, &place, aftermath);
  *status = entry != nullptr ? COFFER_OK : COFFER_MISS;
  if (entry == nullptr) return Attempt::kDone;
  const coffer_time expires_at = ttl > 0 ? after(home_->now(COFFER_CLOCK_PRECISE), ttl) : kNever;
  if (expires_at != COFFER_NEVER) {
    if (!wheel_.open(*home_, now)) {
      *status = COFFER_EXHAUSTED;
      return Attempt::kDone;
    }
    if (!entry->has(Entry::kTimer)) {
      return touch_without_timer(key, entry, place, expires_at, now, aftermath, status);
    }
  }
  if (entry->has(Entry::kTimer)) set_expiry(entry, expires_at);
  const coffer_node_info info = node_info(entry, key.hash, now);
  strategy_->replace(order_, entry->node(*home_), entry->node(*home_), &info, 1);
  return Attempt::kDone;
}

// The entry was put to stay for ever and has no room for an instant: a copy with such room takes
// its place, and keeps its version.
Shard::Attempt Shard::touch_without_timer(const coffer_key& key, Entry* old,
                                          const Index::Place& place, coffer_time expires_at,
                                          coffer_time now, Aftermath* aftermath,
                                          coffer_status* status) {
  EntrySpec spec = {};
  spec.key = key;
  spec.value = {old->value(key_offset_), old->value_size};
  const Form form = old->form();
  spec.meta = {old->meta(key_offset_), form.meta_size};
  spec.weight = old->weight();
  spec.flags = form.flags;
  spec.format = form.format;
  spec.can_expire = true;
  spec.plan(*pool_);
  const int64_t more = static_cast<int64_t>(spec.charge + spec.weight - old->charge());
  bool enough = !spec.alone() || pool_->expect();
  if (enough && make_room(0, more, old, now, aftermath, &enough) == Attempt::kAgain) {
    return Attempt::kAgain;
  }
  if (aftermath->full()) return Attempt::kAgain;
  Entry* copy = enough ? make_entry(pool_, spec) : nullptr;
  if (copy == nullptr) {
    *status = COFFER_EXHAUSTED;
    return Attempt::kDone;
  }
  if (spec.alone()) pool_->adopt(copy);
  copy->version = old->version;
  set_expiry(copy, expires_at);
  link_over(old, place, copy, key.hash, now, aftermath);
  reclaim_if_due();
  return Attempt::kDone;
}

uint64_t Shard::clear(coffer_bytes prefix) {
  // In portions, so that others get their turn.
  constexpr uint64_t kPortion = 1024;
  uint64_t removed = 0;
  uint64_t next = 0;
  const Table* seen = nullptr;
  Aftermath aftermath(home_);
  for (bool through = false; !through; aftermath.settle()) {
    std::lock_guard hold(lock_);
    begin(nullptr);
    const coffer_time present = home_->now(COFFER_CLOCK_PRECISE);
    if (index_.table() != seen) next = 0;  // it grew meanwhile: positions mean nothing any more
    seen = index_.table();
    uint64_t portion = 0;
    next = index_.for_each(next, [&](Entry* entry, const Index::Place& place) {
      if (!has_prefix(entry, prefix)) return true;
      if (aftermath.full() || portion == kPortion) return false;
      const bool expired = entry->expired(present);
      leave(entry, place, expired ? COFFER_REMOVE_EXPIRED : COFFER_REMOVE_DELETED, &aftermath);
      if (!expired) ++removed;
      ++portion;
      return true;
    });
    through = next == seen->bucket_count;
    reclaim_if_due();
  }
  return removed;
}

}  // namespace coffer::memory
