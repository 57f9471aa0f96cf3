// What is decided before a value goes to the store: how long it lives, what it depends on, what is
// kept beside it.
#include <algorithm>

#include "core/cache/cache.h"
#include "core/dependency/root.h"
#include "core/freshness/random.h"

using coffer::core::Dependency;
using coffer::core::failed;
using coffer::core::Life;
using coffer::core::LifeRequest;
using coffer::core::LifeRules;
using coffer::core::Origin;

namespace {

// What is left of a time to live that is over, where a store takes positive ones only.
constexpr coffer_ttl kShortestTtl = 1;

}  // namespace

coffer_status coffer_cache::dependencies_of(const coffer_dependencies* from,
                                            std::vector<Dependency>& out, coffer_sink& sink) {
  if (store_->bare()) {
    if (from == nullptr || from->tag_count + from->row_count == 0) return COFFER_OK;
    return sink.fail(COFFER_UNSUPPORTED,
                     label() + " keeps bare values (raw=1), which cannot depend on anything");
  }
  if (!store_->local() && out.empty()) coffer::core::add_roots(config_.space, out);
  return coffer::core::resolve_dependencies(store_->spaces(), config_.scope, from, out, sink);
}

// The common case: nothing but a time to live.
bool coffer_cache::is_plain(const coffer_key& key, const Put& put) const {
  const LifeRules& rules = config_.life;
  return put.options.dependencies == nullptr && put.options.grace <= 0 && rules.grace == 0 &&
         !rules.sliding && store_->local() && root_of(key) == 0;
}

Life coffer_cache::life_of(const LifeRequest& request, coffer_time now) const {
  const double random = config_.life.jitter > 0 ? coffer::core::uniform_random() : 0;
  return coffer::core::life_of(config_.life, request, now, random);
}

coffer_ttl coffer_cache::plain_ttl(const coffer_put_options& options) const {
  if (options.ttl == COFFER_TTL_KEEP) return COFFER_TTL_KEEP;
  return life_of({options.ttl, -1, (options.flags & COFFER_ENTRY_NULL) != 0}, 0).ttl;
}

coffer_status coffer_cache::plan(const coffer_key& key, const Put& put, Plan& out,
                                 coffer_sink& sink) {
  const coffer_put_options& options = put.options;
  if (is_plain(key, put)) {
    out.ttl = plain_ttl(options);
    return COFFER_OK;
  }
  const coffer_time now = runtime()->now();
  const Life life =
      life_of({options.ttl, options.grace, (options.flags & COFFER_ENTRY_NULL) != 0}, now);
  out.ttl = life.ttl;
  Origin origin;
  origin.root = root_of(key);
  origin.created = now;
  origin.times = life.times;
  std::vector<Dependency> dependencies;
  coffer_status status = dependencies_of(options.dependencies, dependencies, sink);
  if (!failed(status)) status = out.stamps.pin(store_->stamps(), dependencies, deadline(), sink);
  if (failed(status)) {
    sink.prefix("put of key '" + coffer::core::printable_key(key) + "'");
    return status;
  }
  origin.stamps = out.stamps.list();
  out.until = last_served(life, now);
  keep_beside(origin, out);
  return COFFER_OK;
}

void coffer_cache::keep_beside(const Origin& origin, Plan& out) {
  if (store_->bare()) return;
  out.meta.set(origin, store_->local());
  if (out.meta.bytes().size > 0) store_->note_stale();
}

// A plan for a put over an entry whose life, and whatever else is asked for, the new one takes on.
coffer_status coffer_cache::plan_over(const coffer_key& key, const Put& put,
                                      const coffer_entry& entry,
                                      const coffer::core::Judgement& judged, Plan& out,
                                      coffer_sink& sink) {
  if (put.options.ttl != COFFER_TTL_KEEP) return plan(key, put, out, sink);
  out.ttl = COFFER_TTL_KEEP;
  if (!store_->local()) {
    // What leaves the process says itself how long it lives.
    out.ttl = COFFER_TTL_FOREVER;
    if (entry.expires_at != COFFER_NEVER)
      out.ttl = std::max<coffer_ttl>(kShortestTtl, entry.expires_at - runtime()->now());
  }
  if ((put.options.flags & COFFER_PUT_KEEP_DEPENDENCIES) != 0) {
    out.meta.copy(entry.meta, entry.meta_size);
    return COFFER_OK;
  }
  Origin origin;
  origin.root = root_of(key);
  origin.created = runtime()->now();
  origin.times = judged.meta.times();
  std::vector<Dependency> dependencies;
  coffer_status status = dependencies_of(put.options.dependencies, dependencies, sink);
  if (!failed(status)) status = out.stamps.pin(store_->stamps(), dependencies, deadline(), sink);
  if (failed(status)) return status;
  origin.stamps = out.stamps.list();
  out.until = origin.times.sliding != 0 ? origin.times.cap : entry.expires_at;
  keep_beside(origin, out);
  return COFFER_OK;
}

coffer_store_put coffer_cache::store_put(const coffer_key& key, const Put& put, coffer_ttl ttl,
                                         coffer_bytes meta) {
  coffer_store_put item{};
  item.key = key;
  item.value = put.value;
  item.meta = meta;
  item.object = put.object;
  item.object_type = put.object_type;
  item.ttl = ttl;
  item.expected_version = put.options.expected_version;
  item.weight = put.options.weight;
  item.flags = (put.options.flags & (COFFER_ENTRY_NULL | COFFER_ENTRY_NEGATIVE)) |
               (put.object != nullptr ? uint32_t{COFFER_ENTRY_OBJECT} : 0);
  item.format = put.options.format;
  item.mode = put.options.mode;
  return item;
}
