// Writing single keys.
#include "core/cache/cache.h"
#include "core/lease/point.h"
#include "core/object/objects.h"
#include "core/ref/entry.h"

using coffer::core::failed;
using coffer::core::Judgement;
using coffer::core::StoreKey;
using coffer::core::Verdict;

coffer_status coffer_cache::check_ttl(std::string_view key, coffer_ttl ttl,
                                      coffer_sink& sink) const {
  if (ttl >= COFFER_TTL_KEEP) [[likely]]
    return COFFER_OK;
  return sink.fail(COFFER_INVALID_ARGUMENT,
                   "ttl of key '" + std::string(key.substr(0, 64)) + "' is " + std::to_string(ttl) +
                       "; it may be a positive duration in nanoseconds or COFFER_TTL_*");
}

coffer_status coffer_cache::check_put(std::string_view key, const Put& put,
                                      coffer_sink& sink) const {
  const coffer_put_options& options = put.options;
  const auto refuse = [&](coffer_status status, const std::string& what) {
    return sink.fail(status, "put of key '" + std::string(key.substr(0, 64)) + "': " + what);
  };
  if (options.mode < COFFER_PUT_SET || options.mode > COFFER_PUT_CAS) [[unlikely]] {
    return refuse(COFFER_INVALID_ARGUMENT,
                  "mode is " + std::to_string(options.mode) + "; it must be COFFER_PUT_*");
  }
  constexpr uint32_t kFlags =
      COFFER_ENTRY_NULL | COFFER_ENTRY_NEGATIVE | COFFER_PUT_KEEP_DEPENDENCIES;
  if ((options.flags & ~kFlags) != 0) [[unlikely]] {
    return refuse(COFFER_INVALID_ARGUMENT,
                  "flags may hold only COFFER_ENTRY_NULL, COFFER_ENTRY_NEGATIVE and "
                  "COFFER_PUT_KEEP_DEPENDENCIES");
  }
  if ((options.flags & COFFER_PUT_KEEP_DEPENDENCIES) != 0 &&
      (options.ttl != COFFER_TTL_KEEP || options.dependencies != nullptr)) [[unlikely]] {
    return refuse(COFFER_INVALID_ARGUMENT,
                  "COFFER_PUT_KEEP_DEPENDENCIES needs COFFER_TTL_KEEP and no dependencies");
  }
  if (options.grace < -1) [[unlikely]] {
    return refuse(COFFER_INVALID_ARGUMENT,
                  "grace is " + std::to_string(options.grace) +
                      "; it may be a duration in nanoseconds, 0 for the default or -1 for none");
  }
  constexpr uint32_t kKept = COFFER_ENTRY_NULL | COFFER_ENTRY_NEGATIVE;
  if (store_->bare() && ((options.flags & kKept) != 0 || options.grace > 0)) [[unlikely]] {
    return refuse(COFFER_UNSUPPORTED,
                  label() + " keeps bare values (raw=1), which have neither flags nor grace");
  }
  if ((options.flags & COFFER_ENTRY_NULL) != 0 && put.value.size != 0) [[unlikely]] {
    return refuse(COFFER_INVALID_ARGUMENT, "a null has no bytes");
  }
  if (put.value.size > config_.max_value) [[unlikely]] {
    return refuse(COFFER_TOO_LARGE, "value of " + std::to_string(put.value.size) +
                                        " bytes is over max_value of " +
                                        std::to_string(config_.max_value));
  }
  return check_ttl(key, options.ttl, sink);
}

coffer_status coffer_cache::put_item(const coffer_store_put& item, uint64_t* version,
                                     coffer_sink& sink) {
  if (item.object != nullptr) coffer::core::retain_object(item.object_type, item.object);
  uint64_t new_version = 0;
  coffer_outcome outcome{};
  const coffer_store& table = store_->table();
  coffer_status status = store_->call(sink, [&] {
    return table.put(store_->self(), &item, 1, deadline(), &new_version, &outcome, &sink);
  });
  if (status == COFFER_OK) status = outcome.status;
  if (status == COFFER_OK) {
    if (version != nullptr) *version = new_version;
  } else if (item.object != nullptr) {
    // Not stored, so the reference taken for the store is ours again.
    coffer::core::release_object(item.object_type, item.object);
  }
  return status;
}

coffer_status coffer_cache::put_planned(const coffer_key& key, const Put& put, Plan& plan,
                                        uint64_t* version, coffer_sink& sink) {
  const coffer_status status =
      put_item(store_put(key, put, plan.ttl, plan.meta.bytes()), version, sink);
  if (status == COFFER_OK) plan.stamps.used_until(plan.until);
  return status;
}

coffer_status coffer_cache::put(std::string_view key, const Put& put, uint64_t* version,
                                coffer_sink& sink) {
  if (version != nullptr) *version = 0;
  if (store_->bare() && (put.options.flags & COFFER_ENTRY_NULL) != 0) [[unlikely]] {
    return put_bare_null(key, put.options, version, sink);
  }
  coffer_status status = check_put(key, put, sink);
  if (failed(status)) [[unlikely]]
    return status;
  runtime()->keep_house();
  if (put.options.mode == COFFER_PUT_SET && put.options.ttl == COFFER_TTL_EXPIRED) [[unlikely]] {
    status = remove(key, sink);
    return status == COFFER_MISS ? COFFER_OK : status;
  }
  StoreKey store_key;
  status = store_key.set(config_, key, sink);
  if (failed(status)) [[unlikely]]
    return status;
  // Whoever computes this key now does so from what was true before.
  store_->leases().supersede(store_key.get());
  coffer::core::point("superseded");
  status = put_by_mode(store_key.get(), put, version, sink);
  if (status == COFFER_OK) [[likely]]
    count(kPuts);
  if (failed(status)) [[unlikely]]
    count(kErrors);
  return status;
}

coffer_status coffer_cache::put_by_mode(const coffer_key& key, const Put& put, uint64_t* version,
                                        coffer_sink& sink) {
  if (put.options.ttl == COFFER_TTL_EXPIRED) [[unlikely]]
    return put_expired(key, put, sink);
  const bool keeps_ttl = put.options.ttl == COFFER_TTL_KEEP;
  switch (put.options.mode) {
    case COFFER_PUT_SET: {
      if (keeps_ttl) return put_keeping_ttl(key, put, version, sink);
      Plan planned;
      const coffer_status status = plan(key, put, planned, sink);
      return failed(status) ? status : put_planned(key, put, planned, version, sink);
    }
    case COFFER_PUT_ADD: return put_if_absent(key, put, version, sink);
    default: return put_over(key, put, version, sink);
  }
}

// Nothing is written; what would have been overwritten leaves, and nothing else.
coffer_status coffer_cache::put_expired(const coffer_key& key, const Put& put, coffer_sink& sink) {
  const int32_t mode = put.options.mode;
  for (;;) {
    coffer_entry entry{};
    coffer_status status = get_raw(key, COFFER_GET_NO_VALUE | COFFER_GET_NO_USE, &entry, sink);
    if (failed(status)) return status;
    const bool there = status == COFFER_OK;
    const bool fresh = there && judge_quietly(key, entry).verdict == Verdict::kFresh;
    const uint64_t version = entry.version;
    coffer::core::release_entry(entry);
    if (mode == COFFER_PUT_ADD && fresh) return COFFER_EXISTS;
    if (mode >= COFFER_PUT_REPLACE && !fresh) return COFFER_MISS;
    if (mode == COFFER_PUT_CAS && version != put.options.expected_version) return COFFER_CONFLICT;
    if (!there) return COFFER_OK;
    status = delete_stored(key, version, sink);
    // CONFLICT, MISS: somebody else was faster. Look again.
    if (status != COFFER_CONFLICT && status != COFFER_MISS) return status;
  }
}

// A store can keep the expiry only of an entry that is there: so replace it, or add it with the
// default. Between the two another caller may add or remove it, which decides the next round.
coffer_status coffer_cache::put_keeping_ttl(const coffer_key& key, const Put& put,
                                            uint64_t* version, coffer_sink& sink) {
  Put replacing = put;
  replacing.options.mode = COFFER_PUT_REPLACE;
  Put adding = put;
  adding.options.mode = COFFER_PUT_ADD;
  coffer_status status;
  do {
    status = put_over(key, replacing, version, sink);
    if (status == COFFER_MISS) status = put_if_absent(key, adding, version, sink);
  } while (status == COFFER_EXISTS);
  return status;
}

// What the store still has may be fresh no more, which is as good as absent: then it is
// overwritten, and nothing else.
coffer_status coffer_cache::put_if_absent(const coffer_key& key, const Put& put, uint64_t* version,
                                          coffer_sink& sink) {
  Put adding = put;
  if (put.options.ttl == COFFER_TTL_KEEP) adding.options.ttl = COFFER_TTL_DEFAULT;
  Plan planned;
  coffer_status status = plan(key, adding, planned, sink);
  if (failed(status)) return status;
  for (;;) {
    status = put_planned(key, adding, planned, version, sink);
    if (status != COFFER_EXISTS || !store_->may_be_stale()) return status;
    coffer_entry entry{};
    status = get_raw(key, COFFER_GET_NO_VALUE | COFFER_GET_NO_USE, &entry, sink);
    if (failed(status)) return status;
    if (status == COFFER_MISS) continue;
    const bool fresh = judge_quietly(key, entry).verdict == Verdict::kFresh;
    Put replacing = adding;
    replacing.options.mode = COFFER_PUT_CAS;
    replacing.options.expected_version = entry.version;
    coffer::core::release_entry(entry);
    if (fresh) return COFFER_EXISTS;
    status = put_planned(key, replacing, planned, version, sink);
    if (status != COFFER_CONFLICT && status != COFFER_MISS) return status;
  }
}

// REPLACE and CAS: the entry that is there must be fresh.
coffer_status coffer_cache::put_over(const coffer_key& key, const Put& put, uint64_t* version,
                                     coffer_sink& sink) {
  if (!store_->may_be_stale()) {
    Plan planned;
    const coffer_status status = plan(key, put, planned, sink);
    return failed(status) ? status : put_planned(key, put, planned, version, sink);
  }
  for (;;) {
    coffer_entry entry{};
    coffer_status status = get_raw(key, COFFER_GET_NO_VALUE | COFFER_GET_NO_USE, &entry, sink);
    if (status != COFFER_OK) return status;
    const Judgement judged = judge_quietly(key, entry);
    Put over = put;
    over.options.mode = COFFER_PUT_CAS;
    over.options.expected_version = entry.version;
    Plan planned;
    if (judged.verdict != Verdict::kFresh) {
      status = COFFER_MISS;
    } else if (put.options.mode == COFFER_PUT_CAS &&
               put.options.expected_version != entry.version) {
      status = COFFER_CONFLICT;
    } else {
      status = plan_over(key, put, entry, judged, planned, sink);
    }
    coffer::core::release_entry(entry);
    if (status != COFFER_OK) return status;
    status = put_planned(key, over, planned, version, sink);
    if (status != COFFER_CONFLICT || put.options.mode == COFFER_PUT_CAS) return status;
  }
}

coffer_status coffer_cache::touch(std::string_view key, coffer_ttl ttl, coffer_sink& sink) {
  coffer_status status = check_ttl(key, ttl, sink);
  if (failed(status)) return status;
  if (ttl == COFFER_TTL_EXPIRED) return remove(key, sink);
  if (ttl == COFFER_TTL_KEEP) {
    return sink.fail(COFFER_INVALID_ARGUMENT,
                     "touch with COFFER_TTL_KEEP would change nothing; give a new time to live");
  }
  StoreKey store_key;
  status = store_key.set(config_, key, sink);
  if (failed(status)) return status;
  status = touch_key(store_key.get(), ttl, sink);
  if (failed(status)) count(kErrors);
  return status;
}

coffer_status coffer_cache::touch_key(const coffer_key& key, coffer_ttl ttl, coffer_sink& sink) {
  coffer_put_options options{};
  options.ttl = ttl;
  coffer_ttl left = plain_ttl(options);
  if (store_->may_be_stale()) {
    coffer_entry entry{};
    const coffer_status status =
        get_raw(key, COFFER_GET_NO_VALUE | COFFER_GET_NO_USE, &entry, sink);
    if (status != COFFER_OK) return status;
    const Judgement judged = judge_quietly(key, entry);
    const std::vector<coffer::core::Stamp> stamps =
        judged.meta.stamps();  // before what is judged goes
    coffer::core::release_entry(entry);
    if (judged.verdict != Verdict::kFresh) return COFFER_MISS;
    // What is kept beside it says how much of its life is grace.
    if (left > 0) left += judged.meta.times().grace;
    // Its stamps were kept for its life as it was.
    if (!stamps.empty()) {
      store_->stamps().prolong(stamps,
                               left > 0 ? runtime()->now() + left : coffer_time{COFFER_NEVER});
    }
  }
  return touch_stored(key, left, sink);
}

coffer_status coffer_cache::touch_stored(const coffer_key& key, coffer_ttl left,
                                         coffer_sink& sink) {
  coffer_outcome outcome{};
  const coffer_store& table = store_->table();
  const coffer_status status = store_->call(sink, [&] {
    return table.touch(store_->self(), &key, &left, 1, deadline(), &outcome, &sink);
  });
  return status == COFFER_OK ? outcome.status : status;
}
