// Ends of single entries under a condition, or for a while only.
#include "core/cache/cache.h"
#include "core/lease/point.h"
#include "core/ref/entry.h"

using coffer::core::failed;
using coffer::core::Judgement;
using coffer::core::StoreKey;
using coffer::core::Verdict;

coffer_status coffer_cache::remove_if(std::string_view key, uint64_t version, coffer_sink& sink) {
  if (version == 0) {
    return sink.fail(COFFER_INVALID_ARGUMENT,
                     "delete_if of key '" + std::string(key.substr(0, 64)) +
                         "': the version is 0, which no entry has; give that of coffer_get");
  }
  StoreKey store_key;
  coffer_status status = store_key.set(config_, key, sink);
  if (failed(status)) return status;
  store_->leases().supersede(store_key.get());
  coffer::core::point("superseded");
  status = remove_version(store_key.get(), version, sink);
  if (status == COFFER_OK) count(kDeletes);
  if (failed(status)) count(kErrors);
  return status;
}

coffer_status coffer_cache::remove_version(const coffer_key& key, uint64_t version,
                                           coffer_sink& sink) {
  bool fresh = true;
  if (store_->may_be_stale()) {
    coffer_entry entry{};
    const coffer_status status =
        get_raw(key, COFFER_GET_NO_VALUE | COFFER_GET_NO_USE, &entry, sink);
    if (status != COFFER_OK) return status;
    fresh = judge_quietly(key, entry).verdict == Verdict::kFresh;
    const bool same = entry.version == version;
    coffer::core::release_entry(entry);
    if (!fresh && !same) return COFFER_MISS;
  }
  coffer_outcome outcome{};
  const coffer_store& table = store_->table();
  const coffer_status status = store_->call(sink, [&] {
    return table.del(store_->self(), &key, &version, 1, deadline(), &outcome, &sink);
  });
  if (status != COFFER_OK || outcome.status != COFFER_OK)
    return status != COFFER_OK ? status : outcome.status;
  return fresh ? COFFER_OK : COFFER_MISS;
}

coffer_status coffer_cache::expire(std::string_view key, coffer_sink& sink) {
  StoreKey store_key;
  coffer_status status = store_key.set(config_, key, sink);
  if (failed(status)) return status;
  store_->leases().supersede(store_key.get());
  coffer::core::point("superseded");
  status = expire_key(store_key.get(), sink);
  if (failed(status)) count(kErrors);
  return status;
}

coffer_status coffer_cache::expire_key(const coffer_key& key, coffer_sink& sink) {
  if (!store_->may_be_stale()) return remove_key(key, sink);
  coffer_entry entry{};
  coffer_status status = get_raw(key, COFFER_GET_NO_VALUE | COFFER_GET_NO_USE, &entry, sink);
  if (status != COFFER_OK) return status;
  const Judgement judged = judge_quietly(key, entry);
  // The last part of an entry's life in the store is its grace.
  const coffer_ttl left = judged.meta.times().grace;
  coffer::core::release_entry(entry);
  if (judged.verdict != Verdict::kFresh) return COFFER_MISS;
  if (left <= 0) return remove_key(key, sink);
  coffer_outcome outcome{};
  const coffer_store& table = store_->table();
  status = store_->call(sink, [&] {
    return table.touch(store_->self(), &key, &left, 1, deadline(), &outcome, &sink);
  });
  return status == COFFER_OK ? outcome.status : status;
}
