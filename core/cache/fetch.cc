// Fetching: a value, or the right to compute it.
#include <algorithm>
#include <new>
#include <vector>

#include "core/cache/attempt.h"
#include "core/cache/cache.h"
#include "core/cache/op.h"
#include "core/freshness/random.h"
#include "core/lease/point.h"

using coffer::core::failed;
using coffer::core::Judgement;
using coffer::core::LeaseRequest;
using coffer::core::LeaseTable;
using coffer::core::StoreKey;
using coffer::core::Verdict;

// ---- What the store has -------------------------------------------------------------------------

// Judges found.entry, which the store gave; releases it if it is dead.
void coffer_cache::look(const coffer_key& key, Found& found) {
  coffer_entry& entry = found.entry;
  found.version = entry.version;
  if (is_plain(entry.meta_size)) {
    found.verdict = Verdict::kFresh;
    return;
  }
  const Judgement judged =
      judge(key, {entry.meta, entry.meta_size, entry.expires_at}, entry.version);
  found.verdict = judged.verdict;
  found.times = judged.meta.times();
  found.created = judged.meta.created();
  found.cost = judged.meta.cost();
  if (judged.verdict == Verdict::kDead) return coffer::core::release_entry(entry);
  found.stored_until = entry.expires_at;
  entry.expires_at = judged.fresh_until;
  if (judged.verdict == Verdict::kStale) entry.flags |= COFFER_ENTRY_STALE;
}

coffer_status coffer_cache::find(const coffer_key& key, Found& found, coffer_sink& sink) {
  const coffer_status status = get_raw(key, 0, &found.entry, sink);
  if (status == COFFER_OK) look(key, found);
  return status;
}

// ---- What the caller gets -----------------------------------------------------------------------

coffer_status coffer_cache::request_of(const coffer_fetch_options& options, LeaseRequest& out,
                                       coffer_sink& sink) {
  out.hard = options.hard > 0 ? options.hard : config_.hard;
  out.soft = options.soft != 0 ? std::max<int64_t>(options.soft, 0) : config_.soft;
  out.on_error = options.on_error != COFFER_ON_ERROR_DEFAULT ? options.on_error : config_.on_error;
  out.txn = coffer::core::Ref<coffer_txn>::share(options.txn);
  return dependencies_of(options.dependencies, out.dependencies, sink);
}

coffer_status coffer_cache::fetch(std::string_view key, const coffer_fetch_options& options,
                                  coffer_fetched* out, coffer_sink& sink) {
  *out = {};
  runtime()->keep_house();
  StoreKey store_key;
  coffer_status status = store_key.set(config_, key, sink);
  if (!failed(status) && options.txn != nullptr && options.txn->is_dirty()) {
    out->state = COFFER_FETCH_MISS;
    count(kBypassed);
    return COFFER_OK;
  }
  if (!failed(status)) status = fetch_key(store_key.get(), options, out, sink);
  out->status = status;
  return status;
}

coffer_status coffer_cache::fetch_key(const coffer_key& key, const coffer_fetch_options& options,
                                      coffer_fetched* out, coffer_sink& sink) {
  const uint64_t stored = store_->leases().stored(key.hash);
  Found found;
  coffer_status status = find(key, found, sink);
  coffer::core::point("looked");
  if (!failed(status) && !is_hit(key, options, found, out)) {
    // What a lease needs is looked at only now: most fetches are hits.
    LeaseRequest request;
    status = request_of(options, request, sink);
    if (!failed(status))
      status = answer(key, options.flags, std::move(request), stored, found, out, sink);
  }
  if (failed(status)) {
    count(kErrors);
  } else {
    count_fetched(key, *out, found.created);
  }
  return status;
}

// A fresh entry that nobody is asked to compute anew.
bool coffer_cache::is_hit(const coffer_key& key, const coffer_fetch_options& options, Found& found,
                          coffer_fetched* out) {
  if (found.verdict != Verdict::kFresh) return false;
  const bool looks = (options.flags & COFFER_FETCH_LOOK) != 0;
  if (!looks && ((options.flags & COFFER_FETCH_REFRESH) != 0 || is_due(options.early, found)))
    return false;
  if (!looks) slide(key, found.times, found.stored_until);
  out->state = COFFER_FETCH_HIT;
  out->entry = std::exchange(found.entry, {});
  return true;
}

// Now and then a caller is asked to compute an entry anew before its time.
bool coffer_cache::is_due(double early, const Found& found) const {
  if (found.cost == 0 || found.times.sliding != 0) return false;
  if (early == 0) early = config_.life.early;
  return coffer::core::refresh_early(runtime()->now(), found.entry.expires_at, found.cost, early,
                                     coffer::core::uniform_random());
}

coffer_status coffer_cache::answer(const coffer_key& key, uint32_t flags, LeaseRequest request,
                                   uint64_t stored, Found& found, coffer_fetched* out,
                                   coffer_sink& sink) {
  const bool looks = (flags & COFFER_FETCH_LOOK) != 0;
  const bool refreshes = (flags & COFFER_FETCH_REFRESH) != 0 && !looks;
  if (found.verdict == Verdict::kFresh && !refreshes)
    return answer_early(key, std::move(request), found, out, sink);
  if (found.verdict == Verdict::kStale && (flags & COFFER_FETCH_NO_STALE) != 0) {
    coffer::core::release_entry(found.entry);
    found.verdict = Verdict::kDead;
  }
  request.has_stale = found.verdict != Verdict::kDead;
  request.refresh = refreshes;
  if (looks) {
    out->state = request.has_stale ? COFFER_FETCH_STALE : COFFER_FETCH_MISS;
    out->entry = std::exchange(found.entry, {});
    return COFFER_OK;
  }
  LeaseTable::Join join = LeaseTable::Join::kLine;
  if (request.has_stale && !refreshes) {
    join = request.soft > 0 ? LeaseTable::Join::kRested : LeaseTable::Join::kIdle;
  }
  return answer_with_lease(key, join, std::move(request), stored, found, out, sink);
}

// A fresh entry that is due; or that came while this caller waited for it.
coffer_status coffer_cache::answer_early(const coffer_key& key, LeaseRequest request, Found& found,
                                         coffer_fetched* out, coffer_sink& sink) {
  out->state = COFFER_FETCH_HIT;
  out->entry = std::exchange(found.entry, {});
  if (!request.refreshes_early) return COFFER_OK;
  // Whatever goes wrong with this, there is a fresh value.
  try {
    bool leads = false;
    const LeaseRef lease =
        store_->leases().enter(key, LeaseTable::Join::kIdle, std::move(request), &leads);
    if (lease != nullptr && !failed(begin_lead(lease, key, found.version, sink)))
      out->lease = lease->id;
  } catch (const std::bad_alloc&) {
  }
  return COFFER_OK;
}

coffer_status coffer_cache::answer_with_lease(const coffer_key& key, LeaseTable::Join join,
                                              LeaseRequest request, uint64_t stored, Found& found,
                                              coffer_fetched* out, coffer_sink& sink) {
  const bool has_entry = found.verdict != Verdict::kDead;
  bool leads = false;
  const LeaseRef lease = store_->leases().enter(key, join, std::move(request), &leads);
  coffer::core::point("entered");
  if (lease == nullptr) {
    out->state = COFFER_FETCH_STALE;
  } else if (!leads) {
    out->state = COFFER_FETCH_WAIT;
  } else {
    coffer::core::LeadAttempt attempt(store_->leases(), lease);
    // Somebody may have stored a value between our look at the store and our place in the line.
    if (!has_entry && store_->leases().stored(key.hash) != stored) {
      const coffer_status status = find(key, found, sink);
      if (failed(status)) return status;
      if (found.verdict == Verdict::kFresh) {
        store_->leases().satisfied(lease);
        out->state = COFFER_FETCH_HIT;
        out->entry = std::exchange(found.entry, {});
        return COFFER_OK;
      }
      coffer::core::release_entry(found.entry);
    }
    const coffer_status status = begin_lead(lease, key, found.version, sink);
    if (failed(status)) return status;
    attempt.succeed();
    out->state = has_entry ? COFFER_FETCH_STALE : COFFER_FETCH_LEAD;
  }
  if (lease != nullptr) out->lease = lease->id;
  out->entry = std::exchange(found.entry, {});
  return COFFER_OK;
}

// Takes note of everything the value will depend on, as it is before the computation begins. After
// a failure the lease has ended.
coffer_status coffer_cache::begin_lead(const LeaseRef& lease, const coffer_key& key, uint64_t seen,
                                       coffer_sink& sink) {
  coffer::core::LeadAttempt attempt(store_->leases(), lease);
  coffer::core::Stamps& stamps = store_->stamps();
  lease->began = stamps.now();
  lease->root = root_of(key);
  lease->seen = seen;
  lease->since = runtime()->now();
  const coffer_status status =
      lease->stamps.pin(stamps, lease->request.dependencies, deadline(), sink);
  coffer::core::point("pinned");
  if (failed(status)) {
    sink.prefix("fetch of key '" + coffer::core::printable_key(key) + "'");
    return status;
  }
  store_->leases().lead(lease);
  attempt.succeed();
  return COFFER_OK;
}

void coffer_cache::count_fetched(const coffer_key& key, const coffer_fetched& fetched,
                                 coffer_time created) {
  const bool null = (fetched.entry.flags & COFFER_ENTRY_NULL) != 0;
  const char* what = "miss";
  switch (fetched.state) {
    case COFFER_FETCH_HIT:
      count_get(COFFER_OK, fetched.entry.flags);
      what = null ? "null" : "hit";
      break;
    case COFFER_FETCH_STALE:
      count_get(COFFER_OK, fetched.entry.flags);
      count(kStale);
      what = "stale";
      break;
    case COFFER_FETCH_LEAD:
      count(kMisses);
      count(kLeads);
      what = "lead";
      break;
    case COFFER_FETCH_WAIT:
      count(kMisses);
      count(kWaits);
      what = "wait";
      break;
    default: count(kMisses);
  }
  if ((runtime()->hub().wanted() & COFFER_EVENT_READ) == 0) [[likely]]
    return;
  const coffer_time now = runtime()->now();
  const bool aged = created != 0 && fetched.entry.version != 0;
  runtime()->hub().key_event(
      now, COFFER_EVENT_READ, label(), {static_cast<const char*>(key.data), key.size},
      aged ? static_cast<uint64_t>(std::max<int64_t>(now - created, 0)) : 0, what);
}

// ---- Many ---------------------------------------------------------------------------------------

coffer_status coffer_cache::fetch_many(const coffer_bytes* keys, size_t count,
                                       const coffer_fetch_options& options, coffer_fetched* out,
                                       coffer_sink& sink) {
  std::fill_n(out, count, coffer_fetched{});
  runtime()->keep_house();
  LeaseRequest request;
  coffer_status status = request_of(options, request, sink);
  coffer::core::StoreKeys store_keys;
  if (!failed(status)) status = store_keys.set(config_, keys, sizeof *keys, count, sink);
  if (failed(status)) return status;
  if (request.txn && request.txn->is_dirty()) {
    for (size_t i = 0; i < count; ++i) out[i].state = COFFER_FETCH_MISS;
    counters_.add(kBypassed, count);
    return COFFER_OK;
  }
  std::vector<uint64_t> stored(count);
  for (size_t i = 0; i < count; ++i) stored[i] = store_->leases().stored(store_keys.data()[i].hash);
  std::vector<Found> found(count);
  std::vector<coffer_entry> entries(count);
  std::vector<coffer_outcome> outcomes(count, coffer_outcome{COFFER_INTERNAL, 0});
  status = store_->call(sink, [&] {
    return store_->table().get(store_->self(), store_keys.data(), count, 0, deadline(),
                               entries.data(), outcomes.data(), &sink);
  });
  if (failed(status)) {
    counters_.add(kErrors, count);
    return status;
  }
  for (size_t i = 0; i < count; ++i) {
    found[i].entry = outcomes[i].status == COFFER_OK ? entries[i] : coffer_entry{};
  }
  for (size_t i = 0; i < count; ++i) {
    const coffer_key& key = store_keys.data()[i];
    coffer_sink own;  // a key's failure is its answer, not that of the others
    status = outcomes[i].status;
    if (status == COFFER_OK) look(key, found[i]);
    if (!failed(status) && !is_hit(key, options, found[i], &out[i])) {
      try {
        status = answer(key, options.flags, request, stored[i], found[i], &out[i], own);
      } catch (const std::bad_alloc&) {
        status = COFFER_EXHAUSTED;
      }
    }
    out[i].status = failed(status) ? status : COFFER_OK;
    if (failed(status)) {
      this->count(kErrors);
    } else {
      count_fetched(key, out[i], found[i].created);
    }
  }
  return COFFER_OK;
}
