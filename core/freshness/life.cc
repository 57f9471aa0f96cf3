#include "core/freshness/life.h"

#include <algorithm>
#include <cmath>

namespace coffer::core {
namespace {

// Far longer than any program runs, and far from overflowing when added to the present.
constexpr coffer_ttl kLongest = INT64_MAX / 4;

bool finite(coffer_ttl ttl) { return ttl > 0 && ttl <= kLongest; }

coffer_ttl null_ttl(const LifeRules& rules) {
  if (rules.null_ttl != COFFER_TTL_DEFAULT) return rules.null_ttl;
  const double cap = static_cast<double>(rules.null_cap);
  const double share = finite(rules.ttl) ? rules.null_ratio * static_cast<double>(rules.ttl) : cap;
  return std::max(static_cast<int64_t>(std::min(cap, share)),
                  std::min(kShortestNull, rules.ttl > 0 ? rules.ttl : kShortestNull));
}

}  // namespace

Life life_of(const LifeRules& rules, const LifeRequest& request, coffer_time now, double random) {
  Life life;
  coffer_ttl ttl = request.ttl;
  if (ttl == COFFER_TTL_DEFAULT) ttl = request.null ? null_ttl(rules) : rules.ttl;
  if (!finite(ttl)) return life;
  ttl -= static_cast<coffer_ttl>(static_cast<double>(ttl) * rules.jitter * random);
  ttl = std::max<coffer_ttl>(ttl, 1);
  if (rules.sliding) {
    life.times.sliding = ttl;
    if (rules.max_age > 0) {
      life.times.cap = now + std::min(rules.max_age, kLongest);
      ttl = std::min(ttl, rules.max_age);
    }
  }
  const int64_t grace = request.grace != 0 ? request.grace : rules.grace;
  if (grace > 0) life.times.grace = std::min(grace, kLongest - ttl);
  life.ttl = ttl + life.times.grace;
  return life;
}

coffer_time last_served(const Life& life, coffer_time now) {
  if (life.times.sliding == 0) return life.ttl > 0 ? now + life.ttl : coffer_time{COFFER_NEVER};
  return life.times.cap == COFFER_NEVER ? coffer_time{COFFER_NEVER}
                                        : life.times.cap + life.times.grace;
}

bool refresh_early(coffer_time now, coffer_time fresh_until, int64_t cost, double early,
                   double random) {
  if (fresh_until == COFFER_NEVER || cost <= 0 || early <= 0) return false;
  return static_cast<double>(now) - static_cast<double>(cost) * early * std::log(random) >=
         static_cast<double>(fresh_until);
}

coffer_ttl slide(const MetaTimes& times, coffer_time expires_at, coffer_time now) {
  if (times.sliding == 0 || expires_at == COFFER_NEVER) return 0;
  coffer_time fresh_until = now + times.sliding;
  if (times.cap != COFFER_NEVER) fresh_until = std::min(fresh_until, times.cap);
  const coffer_time until = fresh_until + times.grace;
  return until - expires_at > times.sliding / 8 ? until - now : 0;
}

}  // namespace coffer::core
