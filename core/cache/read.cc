// Reading single keys: the hot path.
#include <algorithm>
#include <cstring>

#include "core/cache/cache.h"

using coffer::core::failed;
using coffer::core::StoreKey;

void coffer_cache::count_get(coffer_status status, uint32_t entry_flags) {
  if (status == COFFER_OK) [[likely]] {
    counters_.add(kHits);
    if ((entry_flags & COFFER_ENTRY_NULL) != 0) [[unlikely]] counters_.add(kNullHits);
  } else {
    counters_.add(status == COFFER_MISS ? kMisses : kErrors);
  }
}

coffer_status coffer_cache::get(std::string_view key, uint32_t flags, coffer_entry* out, coffer_sink& sink) {
  StoreKey store_key;
  coffer_status status = store_key.set(config_, key, sink);
  if (failed(status)) [[unlikely]] return status;
  coffer_outcome outcome;
  const coffer_store& table = store_->table();
  status = store_->call(sink, [&] {
    return table.get(store_->self(), &store_key.get(), 1, flags, deadline(), out, &outcome, &sink);
  });
  if (status == COFFER_OK) [[likely]] status = outcome.status;
  if ((flags & COFFER_GET_NO_USE) == 0) count_get(status, out->flags);
  return status;
}

coffer_status coffer_cache::read(std::string_view key, void* buffer, size_t capacity, coffer_read_info* info,
                                 coffer_sink& sink) {
  if (!store_->has(COFFER_STORE_COPY)) [[unlikely]] return read_pinned(key, buffer, capacity, info, sink);
  StoreKey store_key;
  coffer_status status = store_key.set(config_, key, sink);
  if (failed(status)) [[unlikely]] return status;
  coffer_store_read io;
  io.buffer = buffer;
  io.capacity = capacity;
  io.meta = nullptr;
  io.meta_capacity = 0;
  const coffer_store& table = store_->table();
  status = store_->call(sink, [&] { return table.read(store_->self(), &store_key.get(), &io, &sink); });
  if (status == COFFER_OK) [[likely]] {
    *info = io.info;
    count_get(COFFER_OK, io.info.flags);
    return COFFER_OK;
  }
  if (status == COFFER_UNSUPPORTED) return read_pinned(key, buffer, capacity, info, sink);
  if (status == COFFER_SHORT) {
    *info = io.info;  // not counted: the caller comes again with more room
    return status;
  }
  count_get(status, 0);
  return status;
}

coffer_status coffer_cache::read_pinned(std::string_view key, void* buffer, size_t capacity, coffer_read_info* info,
                                        coffer_sink& sink) {
  coffer_entry entry{};
  coffer_status status = get(key, 0, &entry, sink);
  if (status != COFFER_OK) return status;
  *info = {entry.size, entry.version, entry.expires_at, entry.flags, entry.format};
  if ((entry.flags & COFFER_ENTRY_OBJECT) != 0) {
    status = sink.fail(COFFER_UNSUPPORTED, "the entry holds a live object, which cannot be copied into a buffer; use "
                                           "coffer_get, or coffer_entry_play to get its value");
  } else if (entry.size > capacity) {
    status = COFFER_SHORT;
  } else if (entry.size > 0) {
    std::memcpy(buffer, entry.data, entry.size);
  }
  coffer_entry_release(&entry);
  return status;
}

coffer_status coffer_cache::ttl_left(std::string_view key, coffer_ttl* out, coffer_sink& sink) {
  coffer_entry entry{};
  const coffer_status status = get(key, COFFER_GET_NO_VALUE | COFFER_GET_NO_USE, &entry, sink);
  if (status != COFFER_OK) return status;
  *out = COFFER_TTL_FOREVER;
  // The store found it alive: what is left is at least an instant, or 0 would read as "default".
  if (entry.expires_at != COFFER_NEVER) *out = std::max<int64_t>(1, entry.expires_at - runtime()->now());
  coffer_entry_release(&entry);
  return COFFER_OK;
}
