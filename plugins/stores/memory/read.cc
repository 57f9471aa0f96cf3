// The way of a read: nothing here locks, allocates or writes a line that readers share.
#include <cstring>

#include "plugins/stores/memory/shard.h"

namespace coffer::memory {

inline Entry* Shard::find(const epoch::Reading&, const coffer_key& key) const {
  Entry* entry = Index::find(index_.table(), key, key_offset_);
  if (entry == nullptr) return nullptr;
  if (__builtin_expect(entry->has(Entry::kTimer), 0)) {
    const coffer_time at = entry->timer()->expires_at.load(std::memory_order_relaxed);
    if (at != COFFER_NEVER && at <= home_->now(COFFER_CLOCK_COARSE)) return nullptr;
  }
  return entry;
}

inline void Shard::count_hit(const epoch::Reading& reading, Entry* entry) {
  switch (strategy_->hit_mode) {
    case COFFER_HITS_BYTE: {
      std::atomic_ref<uint8_t> count(*static_cast<uint8_t*>(entry->node(*home_)));
      const uint8_t seen = count.load(std::memory_order_relaxed);
      if (seen < strategy_->hit_limit) count.store(seen + 1, std::memory_order_relaxed);
      break;
    }
    case COFFER_HITS_BATCH:
      if (__builtin_expect(!rings_.push(reading.number(), entry), 0)) {
        count_hit_slowly(reading, entry);
      }
      break;
    default:
      break;
  }
}

void Shard::count_hit_slowly(const epoch::Reading& reading, Entry* entry) {
  rings_.want(reading.number());
  if (!lock_.try_lock()) return;  // a hit is lost: some writer is busy in this shard
  take_hits();
  if (entry->linked()) {
    void* node = entry->node(*home_);
    strategy_->hits(order_, &node, 1);
  }
  lock_.unlock();
}

coffer_status Shard::read(const coffer_key& key, coffer_store_read* io) {
  const epoch::Reading reading;
  Entry* entry = find(reading, key);
  if (entry == nullptr) return COFFER_MISS;
  if (__builtin_expect(entry->has_object(), 0)) return COFFER_UNSUPPORTED;
  io->info.size = entry->value_size;
  io->info.version = entry->version;
  io->info.flags = entry->flags;
  io->info.expires_at = entry->expires_at();
  io->info.format = entry->format();
  io->meta_size = entry->meta_size;
  if (entry->value_size > io->capacity) return COFFER_SHORT;
  const char* value = entry->key(key_offset_) + entry->key_size;
  if (entry->value_size != 0) std::memcpy(io->buffer, value, entry->value_size);
  if (entry->meta_size != 0 && entry->meta_size <= io->meta_capacity) {
    std::memcpy(io->meta, value + entry->value_size, entry->meta_size);
  }
  count_hit(reading, entry);
  return COFFER_OK;
}

coffer_status Shard::get(const coffer_key& key, uint32_t flags, coffer_entry* out) {
  const epoch::Reading reading;
  Entry* entry;
  // A pin fails only if the entry left between being found and being pinned; the key may have
  // another one by then.
  do {
    entry = find(reading, key);
    if (entry == nullptr) {
      *out = {};
      return COFFER_MISS;
    }
    if ((flags & COFFER_GET_NO_VALUE) != 0 && entry->meta_size == 0) {
      describe(*home_, entry, out);
      break;
    }
    if (entry->pin()) {
      describe(*home_, entry, out);
      if ((flags & COFFER_GET_NO_VALUE) == 0) {
        out->data = entry->key(key_offset_) + entry->key_size;
        if (entry->has_object()) {
          out->object = entry->extra()->object;
          out->object_type = entry->extra()->type;
        }
      }
      out->owner = entry;
      out->release = unpin;
      break;
    }
  } while (true);
  if ((flags & COFFER_GET_NO_USE) == 0) count_hit(reading, entry);
  return COFFER_OK;
}

}  // namespace coffer::memory
