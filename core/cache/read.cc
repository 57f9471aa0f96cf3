// Reading single keys: the hot path.
#include <algorithm>
#include <cstring>
#include <new>

#include "core/cache/cache.h"
#include "core/ref/entry.h"

using coffer::core::failed;
using coffer::core::Judgement;
using coffer::core::StoreKey;
using coffer::core::Verdict;

coffer_status coffer_cache::get_raw(const coffer_key& key, uint32_t flags, coffer_entry* out,
                                    coffer_sink& sink) {
  coffer_outcome outcome;
  coffer::core::Store& store = *store_;
  const coffer_status status = store.call(sink, [&] {
    return store.table().get(store.self(), &key, 1, flags, deadline(), out, &outcome, &sink);
  });
  return status == COFFER_OK ? outcome.status : status;
}

coffer_status coffer_cache::get_key(const coffer_key& key, uint32_t flags, coffer_entry* out,
                                    coffer_sink& sink) {
  coffer_status status = get_raw(key, flags, out, sink);
  if (status == COFFER_OK && !is_plain(out->meta_size)) status = inspect(key, flags, out);
  if ((flags & COFFER_GET_NO_USE) == 0) count_get(status, out->flags);
  return status;
}

coffer_status coffer_cache::get(std::string_view key, uint32_t flags, coffer_entry* out,
                                coffer_sink& sink) {
  StoreKey store_key;
  const coffer_status status = store_key.set(config_, key, sink);
  if (failed(status)) [[unlikely]]
    return status;
  return get_key(store_key.get(), flags, out, sink);
}

coffer_status coffer_cache::read_namespaced(std::string_view key, void* buffer, size_t capacity,
                                            coffer_read_info* info, coffer_sink& sink) noexcept {
  if (buffer == nullptr && capacity != 0) [[unlikely]] {
    return sink.fail(COFFER_INVALID_ARGUMENT,
                     "buffer is NULL, but its capacity is " + std::to_string(capacity));
  }
  StoreKey store_key;
  coffer_status status;
  try {
    status = store_key.set(config_, key, sink);
  } catch (const std::bad_alloc&) {
    status = sink.fail(COFFER_EXHAUSTED, "out of memory for a long key", COFFER_FAIL_RETRIABLE);
  }
  if (failed(status)) [[unlikely]]
    return status;
  return read_key(store_key.get(), buffer, capacity, info, sink);
}

coffer_status coffer_cache::end_read(coffer_status status, const coffer_key& key,
                                     const coffer_store_read& io, coffer_read_info* info,
                                     coffer_sink& sink) noexcept {
  try {
    if (status == COFFER_INVALID_STATE && store_->poisoned()) return store_->refuse(sink);
    if (status == COFFER_UNSUPPORTED) return read_pinned(key, io.buffer, io.capacity, info, sink);
  } catch (const std::bad_alloc&) {
    return sink.fail(COFFER_EXHAUSTED, "out of memory", COFFER_FAIL_RETRIABLE);
  }
  if (failed(status)) store_->note_failure(status, sink);
  if (status == COFFER_SHORT) {
    // Not counted: the caller comes again with more room. What there is no room for may be there no
    // more.
    if (!is_plain(io.meta_size)) return read_doubtful(key, io, info, sink);
    *info = io.info;
    return status;
  }
  count_get(status, 0);
  return status;
}

// Its meta says more than can be checked in a few instructions, or that it is not fresh.
coffer_status coffer_cache::read_doubtful(const coffer_key& key, const coffer_store_read& io,
                                          coffer_read_info* info, coffer_sink& sink) noexcept {
  try {
    if (io.info.size > io.capacity || io.meta_size > io.meta_capacity) {
      return read_pinned(key, io.buffer, io.capacity, info, sink);
    }
    const coffer::core::Judgement judged =
        judge(key, {io.meta, io.meta_size, io.info.expires_at}, io.info.version);
    if (judged.verdict != coffer::core::Verdict::kFresh) {
      count_get(COFFER_MISS, 0);
      return COFFER_MISS;
    }
    slide(key, judged.meta.times(), io.info.expires_at);
    *info = io.info;
    info->expires_at = judged.fresh_until;
    count_get(COFFER_OK, io.info.flags);
    return COFFER_OK;
  } catch (const std::bad_alloc&) {
    return sink.fail(COFFER_EXHAUSTED, "out of memory while an entry's freshness was checked",
                     COFFER_FAIL_RETRIABLE);
  }
}

// For stores that cannot copy, and for entries that can only be pinned.
coffer_status coffer_cache::read_pinned(const coffer_key& key, void* buffer, size_t capacity,
                                        coffer_read_info* info, coffer_sink& sink) {
  coffer_entry entry{};
  const coffer::core::EntryGuard guard(entry);
  coffer_status status = get_key(key, 0, &entry, sink);
  if (status != COFFER_OK) return status;
  *info = {entry.size, entry.version, entry.expires_at, entry.flags, entry.format};
  const coffer_object_ref ref = {entry.object, entry.object_type};
  if ((entry.flags & COFFER_ENTRY_OBJECT) != 0 &&
      (ref.type->flags & COFFER_OBJECT_DEFERRED_RELEASE) != 0) {
    info->size = sizeof ref;
    if (sizeof ref > capacity) {
      status = COFFER_SHORT;
    } else {
      std::memcpy(buffer, &ref, sizeof ref);
    }
  } else if ((entry.flags & COFFER_ENTRY_OBJECT) != 0) {
    status = sink.fail(COFFER_UNSUPPORTED,
                       "the entry holds a live object, which cannot be copied into a buffer; use "
                       "coffer_get, or coffer_entry_play to get its value");
  } else if (entry.size > capacity) {
    status = COFFER_SHORT;
  } else if (entry.size > 0) {
    std::memcpy(buffer, entry.data, entry.size);
  }
  return status;
}

// ---- Freshness ----------------------------------------------------------------------------------

uint64_t coffer_cache::root_of(const coffer_key& key) const {
  if (!store_->local()) return 0;
  const uint64_t root = root_->load(std::memory_order_acquire);
  if (root != coffer::core::kAskForRoot) [[likely]]
    return root;
  return store_->roots().use_of_key({static_cast<const char*>(key.data), key.size});
}

Judgement coffer_cache::judge(const coffer_key& key, const coffer::core::Evidence& evidence,
                              uint64_t version) {
  const Judgement judged = coffer::core::judge(*store_, root_of(key), evidence, deadline());
  if (judged.verdict == Verdict::kDead && store_->local())
    coffer::core::bury(*store_, key, version, deadline());
  return judged;
}

Judgement coffer_cache::judge_quietly(const coffer_key& key, const coffer_entry& entry) {
  return coffer::core::judge(*store_, root_of(key), {entry.meta, entry.meta_size, entry.expires_at},
                             deadline());
}

coffer_status coffer_cache::inspect(const coffer_key& key, uint32_t flags, coffer_entry* entry) {
  const Judgement judged =
      judge(key, {entry->meta, entry->meta_size, entry->expires_at}, entry->version);
  if (judged.verdict != Verdict::kFresh) {
    coffer::core::release_entry(*entry);
    return COFFER_MISS;
  }
  if ((flags & COFFER_GET_NO_USE) == 0) slide(key, judged.meta.times(), entry->expires_at);
  entry->expires_at = judged.fresh_until;
  return COFFER_OK;
}

void coffer_cache::slide(const coffer_key& key, const coffer::core::MetaTimes& times,
                         coffer_time expires_at) noexcept {
  if (times.sliding == 0) [[likely]]
    return;
  const coffer_ttl more = coffer::core::slide(times, expires_at, runtime()->now());
  if (more <= 0) return;
  coffer_sink ignored;  // it lives on for a while in any case
  touch_stored(key, more, ignored);
}

coffer_status coffer_cache::ttl_left(std::string_view key, coffer_ttl* out, coffer_sink& sink) {
  coffer_entry entry{};
  const coffer_status status = get(key, COFFER_GET_NO_VALUE | COFFER_GET_NO_USE, &entry, sink);
  if (status != COFFER_OK) return status;
  *out = COFFER_TTL_FOREVER;
  // The store found it alive: what is left is at least an instant, or 0 would read as "default".
  if (entry.expires_at != COFFER_NEVER)
    *out = std::max<int64_t>(1, entry.expires_at - runtime()->now());
  coffer::core::release_entry(entry);
  return COFFER_OK;
}
