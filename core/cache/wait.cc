// Waiting for somebody else's computation.
#include <algorithm>

#include "core/cache/attempt.h"
#include "core/cache/cache.h"

using coffer::core::failed;
using coffer::core::Lease;
using coffer::core::LeaseNews;
using coffer::core::LeaseRequest;
using coffer::core::LoadedValue;
using coffer::core::Verdict;

namespace {

coffer_key key_of(const Lease& lease) {
  return {lease.line->key.data(), lease.line->key.size(), lease.line->hash};
}

coffer_status fail_as(const LeaseNews& news, coffer_sink& sink) {
  if (news.message == nullptr) return sink.fail(news.status, "the computation waited for failed");
  return sink.fail(news.status, "the computation waited for failed: " + *news.message);
}

}  // namespace

coffer_status coffer_cache::wait(coffer_lease id, int64_t timeout, coffer_fetched* out,
                                 coffer_sink& sink) {
  *out = {};
  LeaseRef lease;
  coffer_status status = store_->leases().find(id, lease, sink);
  const coffer_time until = timeout < 0 ? INT64_MAX : runtime()->now() + timeout;
  while (!failed(status)) {
    *out = {};  // of the round before: its entry has been released, its lease has ended
    const int64_t left = timeout < 0 ? -1 : std::max<int64_t>(until - runtime()->now(), 0);
    const LeaseNews news = store_->leases().wait(lease, left);
    switch (news.kind) {
      case LeaseNews::kNone:
        out->state = COFFER_FETCH_WAIT;
        out->lease = lease->id;
        return COFFER_OK;
      case LeaseNews::kLeads:
        out->state = COFFER_FETCH_LEAD;
        out->lease = lease->id;
        return COFFER_OK;
      case LeaseNews::kLead: return out->status = take_the_lead(lease, out, sink);
      case LeaseNews::kValue:
        out->state = COFFER_FETCH_HIT;
        LoadedValue::fill(news.value, &out->entry);
        return COFFER_OK;
      case LeaseNews::kFailed:
        if (news.value != nullptr) LoadedValue::fill(news.value, &out->entry);
        return out->status = fail_as(news, sink);
      case LeaseNews::kCycle:
        out->status = news.status;
        if (news.message == nullptr) return sink.fail(news.status, "the keys wait for each other");
        sink.fail(news.status, std::string(*news.message));
        sink.detail("cycle", *news.message);
        return news.status;
      case LeaseNews::kStale: status = take_stale(lease, out, sink); break;
      case LeaseNews::kStored: status = fetch_again(lease, 0, out, sink); break;
    }
    if (failed(status) || out->state != COFFER_FETCH_WAIT) break;
  }
  out->status = status;
  return status;
}

// Whoever led before did not store anything; but others may have.
coffer_status coffer_cache::take_the_lead(const LeaseRef& lease, coffer_fetched* out,
                                          coffer_sink& sink) {
  coffer::core::LeadAttempt attempt(store_->leases(), lease);
  const coffer_key key = key_of(*lease);
  Found found;
  coffer_status status = find(key, found, sink);
  if (failed(status)) return status;
  if (found.verdict == Verdict::kFresh && !lease->request.refresh) {
    store_->leases().satisfied(lease);
    out->state = COFFER_FETCH_HIT;
  } else {
    status = begin_lead(lease, key, found.version, sink);
    if (failed(status)) return status;
    attempt.succeed();
    out->state = COFFER_FETCH_LEAD;  // whether or not there is a stale entry
    out->lease = lease->id;
  }
  out->entry = std::exchange(found.entry, {});
  return COFFER_OK;
}

// The wait has lasted too long, or was for nothing: the stale entry will do. If it is gone by now,
// nothing will.
coffer_status coffer_cache::take_stale(const LeaseRef& lease, coffer_fetched* out,
                                       coffer_sink& sink) {
  Found found;
  const coffer_status status = find(key_of(*lease), found, sink);
  if (failed(status)) return status;
  switch (found.verdict) {
    case Verdict::kFresh: out->state = COFFER_FETCH_HIT; break;
    case Verdict::kStale: out->state = COFFER_FETCH_STALE; break;
    case Verdict::kDead: out->state = COFFER_FETCH_MISS; break;
  }
  out->entry = std::exchange(found.entry, {});
  return COFFER_OK;
}

// The value is in the store, says the leader. It may have left it by now, or be fresh no longer:
// then everything starts again, with a lease of another number.
coffer_status coffer_cache::fetch_again(LeaseRef& lease, uint32_t flags, coffer_fetched* out,
                                        coffer_sink& sink) {
  LeaseRequest request = lease->request;
  request.refreshes_early = false;
  const coffer_key key = key_of(*lease);
  Found found;
  const uint64_t stored = store_->leases().stored(key.hash);
  coffer_status status = find(key, found, sink);
  if (!failed(status)) status = answer(key, flags, std::move(request), stored, found, out, sink);
  // Whoever waited is told plainly that it is its turn.
  if (!failed(status) && out->state == COFFER_FETCH_STALE && out->lease != 0)
    out->state = COFFER_FETCH_LEAD;
  if (!failed(status) && out->state == COFFER_FETCH_WAIT) {
    coffer::core::release_entry(out->entry);
    status = store_->leases().find(out->lease, lease, sink);
  }
  return status;
}

coffer_status coffer_cache::notify(coffer_lease id, coffer_queue* queue, uint64_t tag,
                                   coffer_sink& sink) {
  LeaseRef lease;
  const coffer_status status = store_->leases().find(id, lease, sink);
  if (!failed(status)) store_->leases().notify(lease, queue, tag);
  return status;
}
