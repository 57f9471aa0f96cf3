// The way of a read: nothing here locks, allocates or writes a line that readers share.
//
// `read` itself is the commonest cases and nothing else, for every instruction counts there: the
// entry is where it is looked for first, and has neither expiry nor object nor, unless it depends
// on one thing or two, meta. Whatever is otherwise goes on in `read_on`, by a last call that costs
// the common case no register (and for that must not throw).
#include <cstring>

#include "plugins/stores/memory/store.h"

namespace coffer::memory {

// ---- Hits -------------------------------------------------------------------------------------

// False if there is more to do: `count_hit_slowly`.
template <int32_t kHits>
inline bool Shard::count_hit(uint32_t lane, Entry* entry) {
  if (kHits == COFFER_HITS_BATCH) return rings_.push(lane, entry);
  if (kHits == COFFER_HITS_RECENT) {
    if (recency_.is_recent(entry)) return true;
    if (!rings_.push(lane, entry)) return false;
    recency_.note(entry);
  }
  if (kHits == COFFER_HITS_BYTE) {
    std::atomic_ref<uint8_t> count(*static_cast<uint8_t*>(entry->node(*home_)));
    const uint8_t seen = count.load(std::memory_order_relaxed);
    if (seen < strategy_->hit_limit) count.store(seen + 1, std::memory_order_relaxed);
  }
  return true;
}

bool Shard::count_hit(uint32_t lane, Entry* entry) {
  switch (hit_mode_) {
    case COFFER_HITS_BATCH: return count_hit<COFFER_HITS_BATCH>(lane, entry);
    case COFFER_HITS_RECENT: return count_hit<COFFER_HITS_RECENT>(lane, entry);
    case COFFER_HITS_BYTE: return count_hit<COFFER_HITS_BYTE>(lane, entry);
    default: return true;
  }
}

// The thread's ring is full, or it has none yet.
// Whoever filled a ring empties it, so that a thread that is alone loses no hit.
void Shard::count_hit_slowly(uint32_t lane, Entry* entry) {
  rings_.want(lane);
  if (!lock_.try_lock()) return;  // the hit is lost: somebody is busy in this shard
  take_hits();
  if (entry->linked()) {
    void* node = entry->node(*home_);
    strategy_->hits(order_, &node, 1);
    recency_.note(entry);
    recency_.count(1, index_.size());
  }
  lock_.unlock();
}

// ---- Looking up -------------------------------------------------------------------------------

inline Entry* Shard::find(const coffer_key& key) const {
  Entry* entry = Index::find(index_.table(), key, key_offset_);
  return entry != nullptr && live(entry) ? entry : nullptr;
}

// The precise clock is asked only when the end is near or past.
inline bool Shard::live(const Entry* entry) const {
  const coffer_time at = entry->expires_at();
  return at == COFFER_NEVER || at > home_->now(COFFER_CLOCK_LATEST) || lives_on(at);
}

__attribute__((noinline)) bool Shard::lives_on(coffer_time expires_at) const noexcept {
  return expires_at > home_->now(COFFER_CLOCK_PRECISE);
}

// ---- Copies -----------------------------------------------------------------------------------

// A copy of usual size costs less than the call of one: both ends, which overlap in the middle.
template <size_t kHalf>
inline void copy_ends(char* to, const char* from, size_t size) {
  std::memcpy(to, from, kHalf);
  std::memcpy(to + size - kHalf, from + size - kHalf, kHalf);
}

constexpr size_t kUsual = 128;

__attribute__((always_inline)) inline void copy_usual(void* to, const char* from, size_t size) {
  char* out = static_cast<char*>(to);
  if (size > 64) {
    copy_ends<64>(out, from, size);
  } else if (size > 32) {
    copy_ends<32>(out, from, size);
  } else if (size > 16) {
    copy_ends<16>(out, from, size);
  } else if (size >= 8) {
    copy_ends<8>(out, from, size);
  } else {
    for (size_t i = 0; i < size; ++i) out[i] = from[i];
  }
}

inline void copy_bytes(void* to, const char* from, size_t size) {
  size <= kUsual ? copy_usual(to, from, size) : void(std::memcpy(to, from, size));
}

// The end of a read whose value is larger: a last call, too.
__attribute__((noinline)) coffer_status copy_large(void* to, const char* from, size_t size,
                                                   epoch::Slot* slot) noexcept {
  std::memcpy(to, from, size);
  epoch::leave(slot);
  return COFFER_OK;
}

// Any entry, or none. Ends what `slot` began.
__attribute__((noinline)) coffer_status Shard::read_any(Entry* entry, coffer_store_read* io,
                                                        epoch::Slot* slot) noexcept {
  coffer_status status = COFFER_MISS;
  if (entry != nullptr && live(entry)) {
    status = entry->has_object() ? copy_object(*entry, io) : copy(*entry, io);
    if (status == COFFER_OK && !count_hit(slot->lane, entry)) count_hit_slowly(slot->lane, entry);
  }
  epoch::leave(slot);
  return status;
}

inline coffer_status Shard::copy(const Entry& entry, coffer_store_read* io) const {
  const uint32_t size = entry.value_size;
  const Form form = entry.form();
  const uint32_t meta_size = form.meta_size;
  io->info.size = size;
  io->info.version = entry.version;
  io->info.expires_at = entry.expires_at();
  io->info.flags = form.flags;
  io->info.format = form.format;
  io->meta_size = meta_size;
  if (size > io->capacity) return COFFER_SHORT;
  const char* meta = entry.meta(key_offset_);
  if (meta_size <= io->meta_capacity) copy_bytes(io->meta, meta, meta_size);
  copy_bytes(io->buffer, meta + meta_size, size);
  return COFFER_OK;
}

// Of an entry that has Form alone and meta of usual size: what is in Form, and the meta, which
// begins there. Returns where the value begins.
__attribute__((always_inline)) inline const char* copy_form(const Entry& entry, const char* meta,
                                                            coffer_store_read* io) {
  static_assert(Entry::kUsualMetaLeast == 32 && Entry::kUsualMetaMost == 64);
  const Form& form = reinterpret_cast<const Form*>(&entry)[-1];
  const size_t size = form.meta_size;
  io->meta_size = form.meta_size;
  io->info.flags = form.flags;
  copy_ends<32>(static_cast<char*>(io->meta), meta, size);
  io->info.format = form.format;  // here, because gcc makes more of it right after the flags
  return meta + size;
}

// A live object is copied as a reference to it, which its binding may follow: while that drains
// nothing, nothing of the kind is released.
coffer_status Shard::copy_object(const Entry& entry, coffer_store_read* io) const {
  const coffer_object_ref ref = {entry.extra()->object, entry.extra()->type};
  if ((ref.type->flags & COFFER_OBJECT_DEFERRED_RELEASE) == 0) return COFFER_UNSUPPORTED;
  const coffer_status status = copy(entry, io);
  if (status != COFFER_OK) return status;
  io->info.size = sizeof ref;
  io->info.flags |= COFFER_ENTRY_OBJECT;
  if (sizeof ref > io->capacity) return COFFER_SHORT;
  std::memcpy(io->buffer, &ref, sizeof ref);
  return COFFER_OK;
}

// Not found quickly.
__attribute__((noinline)) coffer_status Shard::read_on(const coffer_key& key, coffer_store_read* io,
                                                       epoch::Slot* slot) noexcept {
  return read_any(Index::find(index_.table(), key, key_offset_), io, slot);
}

__attribute__((noinline)) coffer_status Shard::read_first(const coffer_key& key,
                                                          coffer_store_read* io) noexcept {
  epoch::Slot* slot = epoch::join();
  epoch::enter(slot);
  return read_on(key, io, slot);
}

template <int32_t kHits>
__attribute__((always_inline)) inline coffer_status Shard::read(const coffer_key& key,
                                                                coffer_store_read* io) {
  epoch::Slot* slot = epoch::t_slot;
  if (__builtin_expect(slot == nullptr, 0)) return read_first(key, io);
  epoch::enter(slot);
  Entry* entry = Index::find_quickly(index_.table(), key, key_offset_);
  if (__builtin_expect(entry == nullptr, 0)) return read_on(key, io, slot);
  const size_t size = entry->value_size;
  if (__builtin_expect(size > io->capacity, 0)) return read_any(entry, io, slot);
  const char* value = entry->key(key_offset_) + key.size;
  if (__builtin_expect(entry->parts != 0, 0)) {
    if (entry->parts != (Entry::kForm | Entry::kUsualMeta) ||
        io->meta_capacity < Entry::kUsualMetaMost) {
      return read_any(entry, io, slot);
    }
    value = copy_form(*entry, value, io);
  } else {
    io->info.flags = 0;
    io->info.format = COFFER_FORMAT_RAW;
    io->meta_size = 0;
  }
  // With a full ring the hit is not counted yet, so that `read_any` can begin anew.
  if (__builtin_expect(!count_hit<kHits>(slot->lane, entry), 0)) return read_any(entry, io, slot);
  io->info.size = size;
  io->info.version = entry->version;
  io->info.expires_at = COFFER_NEVER;
  if (size > kUsual) return copy_large(io->buffer, value, size, slot);
  copy_usual(io->buffer, value, size);
  epoch::leave(slot);
  return COFFER_OK;
}

template <int32_t kHits>
coffer_status read(void* self, const coffer_key* key, coffer_store_read* io,
                   coffer_sink*) noexcept {
  return static_cast<Store*>(self)->shard_of(key->hash).read<kHits>(*key, io);
}

template coffer_status read<COFFER_HITS_NONE>(void*, const coffer_key*, coffer_store_read*,
                                              coffer_sink*) noexcept;
template coffer_status read<COFFER_HITS_BYTE>(void*, const coffer_key*, coffer_store_read*,
                                              coffer_sink*) noexcept;
template coffer_status read<COFFER_HITS_BATCH>(void*, const coffer_key*, coffer_store_read*,
                                               coffer_sink*) noexcept;
template coffer_status read<COFFER_HITS_RECENT>(void*, const coffer_key*, coffer_store_read*,
                                                coffer_sink*) noexcept;

// ---- Pins -------------------------------------------------------------------------------------

coffer_status Shard::get(const coffer_key& key, uint32_t flags, coffer_entry* out) {
  const epoch::Reading reading;
  const bool with_value = (flags & COFFER_GET_NO_VALUE) == 0;
  Entry* entry = find(key);
  // A pin fails only if the entry left between being found and being pinned; the key may have
  // another one by then.
  while (entry != nullptr && (with_value || entry->meta_size() != 0) && !entry->pin()) {
    entry = find(key);
  }
  if (entry == nullptr) {
    *out = {};
    return COFFER_MISS;
  }
  describe(*home_, entry, out);
  if (with_value) {
    out->data = entry->value(key_offset_);
    if (entry->has_object()) {
      out->object = entry->extra()->object;
      out->object_type = entry->extra()->type;
    }
  }
  if (with_value || entry->meta_size() != 0) {
    out->owner = entry;
    out->release = unpin;
  }
  if ((flags & COFFER_GET_NO_USE) == 0 && !count_hit(reading.lane(), entry)) {
    count_hit_slowly(reading.lane(), entry);
  }
  return COFFER_OK;
}

}  // namespace coffer::memory
