// Ends of single entries: always, of one version only, or but for their grace.
#include "core/cache/cache.h"
#include "core/lease/point.h"
#include "core/ref/entry.h"

using coffer::core::EntryGuard;
using coffer::core::failed;
using coffer::core::Judgement;
using coffer::core::StoreKey;
using coffer::core::Verdict;

// Whoever computes the key now does so from what was true before: that is said first.
template <typename End>
coffer_status coffer_cache::end_key(std::string_view key, coffer_sink& sink, End&& end) {
  StoreKey store_key;
  coffer_status status = store_key.set(config_, key, sink);
  if (failed(status)) return status;
  store_->leases().supersede(store_key.get());
  coffer::core::point("superseded");
  status = end(store_key.get());
  if (failed(status)) count(kErrors);
  return status;
}

coffer_status coffer_cache::delete_stored(const coffer_key& key, uint64_t version,
                                          coffer_sink& sink) {
  coffer_outcome outcome{};
  const coffer_store& table = store_->table();
  const uint64_t* const versions = version != 0 ? &version : nullptr;
  const coffer_status status = store_->call(sink, [&] {
    return table.del(store_->self(), &key, versions, 1, deadline(), &outcome, &sink);
  });
  return status == COFFER_OK ? outcome.status : status;
}

coffer_status coffer_cache::remove(std::string_view key, coffer_sink& sink) {
  const coffer_status status =
      end_key(key, sink, [&](const coffer_key& stored) { return remove_key(stored, sink); });
  if (status == COFFER_OK) count(kDeletes);
  return status;
}

coffer_status coffer_cache::remove_key(const coffer_key& key, coffer_sink& sink) {
  // Of other processes' stores it is not worth a question first whether the entry was fresh.
  bool fresh = true;
  if (store_->local() && store_->may_be_stale()) {
    coffer_entry entry{};
    const EntryGuard guard(entry);
    if (get_raw(key, COFFER_GET_NO_VALUE | COFFER_GET_NO_USE, &entry, sink) == COFFER_OK)
      fresh = judge_quietly(key, entry).verdict == Verdict::kFresh;
  }
  const coffer_status status = delete_stored(key, 0, sink);
  return status == COFFER_OK && !fresh ? COFFER_MISS : status;
}

coffer_status coffer_cache::remove_if(std::string_view key, uint64_t version, coffer_sink& sink) {
  if (version == 0) {
    return sink.fail(COFFER_INVALID_ARGUMENT,
                     "delete_if of key '" + std::string(key.substr(0, 64)) +
                         "': the version is 0, which no entry has; give that of coffer_get");
  }
  const coffer_status status = end_key(
      key, sink, [&](const coffer_key& stored) { return remove_version(stored, version, sink); });
  if (status == COFFER_OK) count(kDeletes);
  return status;
}

coffer_status coffer_cache::remove_version(const coffer_key& key, uint64_t version,
                                           coffer_sink& sink) {
  bool fresh = true;
  if (store_->may_be_stale()) {
    coffer_entry entry{};
    const EntryGuard guard(entry);
    const coffer_status status =
        get_raw(key, COFFER_GET_NO_VALUE | COFFER_GET_NO_USE, &entry, sink);
    if (status != COFFER_OK) return status;
    fresh = judge_quietly(key, entry).verdict == Verdict::kFresh;
    if (!fresh && entry.version != version) return COFFER_MISS;
  }
  const coffer_status status = delete_stored(key, version, sink);
  return status == COFFER_OK && !fresh ? COFFER_MISS : status;
}

coffer_status coffer_cache::expire(std::string_view key, coffer_sink& sink) {
  return end_key(key, sink, [&](const coffer_key& stored) { return expire_key(stored, sink); });
}

coffer_status coffer_cache::expire_key(const coffer_key& key, coffer_sink& sink) {
  if (!store_->may_be_stale()) return remove_key(key, sink);
  coffer_ttl grace = 0;
  {
    coffer_entry entry{};
    const EntryGuard guard(entry);
    const coffer_status status =
        get_raw(key, COFFER_GET_NO_VALUE | COFFER_GET_NO_USE, &entry, sink);
    if (status != COFFER_OK) return status;
    const Judgement judged = judge_quietly(key, entry);
    if (judged.verdict != Verdict::kFresh) return COFFER_MISS;
    grace = judged.meta.times().grace;
  }
  // The last part of an entry's life in the store is its grace.
  return grace > 0 ? touch_stored(key, grace, sink) : remove_key(key, sink);
}
