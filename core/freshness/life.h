// How long a value lives: the rules of time to live, nulls, jitter, grace, sliding and early
// refresh.
#ifndef COFFER_CORE_FRESHNESS_LIFE_H_
#define COFFER_CORE_FRESHNESS_LIFE_H_

#include <cstdint>

#include "coffer/base.h"
#include "core/freshness/meta.h"

namespace coffer::core {

// The options of a cache handle that are about time.
struct LifeRules {
  coffer_ttl ttl = COFFER_TTL_FOREVER;
  coffer_ttl null_ttl = COFFER_TTL_DEFAULT;  // DEFAULT: by null_ratio and null_cap
  double null_ratio = 0.1;
  int64_t null_cap = 300'000'000'000;
  int64_t grace = 0;
  double jitter = 0;  // up to this part of a ttl is taken off, at random
  bool sliding = false;
  int64_t max_age = COFFER_TTL_FOREVER;  // of sliding entries, however often they are used
  double early = 1;                      // beta of early refresh, 0: none
};

// What is asked for one value.
struct LifeRequest {
  coffer_ttl ttl = COFFER_TTL_DEFAULT;
  int64_t grace = 0;  // 0: as the rules say, negative: none
  bool null = false;
};

struct Life {
  coffer_ttl ttl = COFFER_TTL_FOREVER;  // until the store drops it, grace included
  MetaTimes times;
};

// Nulls are kept as long as min(cap, ratio * ttl), but no less than this (ZCache's rule and
// numbers).
inline constexpr int64_t kShortestNull = 1'000'000'000;

// `ttl` is not EXPIRED and not KEEP. `random` is uniform in (0, 1].
Life life_of(const LifeRules& rules, const LifeRequest& request, coffer_time now, double random);

// The last instant at which an entry put now may be served, however often it is used; COFFER_NEVER:
// there is none.
coffer_time last_served(const Life& life, coffer_time now);

// Whether to compute a value anew already, although it is fresh until `fresh_until`: the longer it
// took to compute and the nearer the end, the likelier, so that of many callers one is early enough
// and few are. (Vattani, Chierichetti, Lowenstein: Optimal Probabilistic Cache Stampede Prevention,
// VLDB 2015; `early` is its beta.)
bool refresh_early(coffer_time now, coffer_time fresh_until, int64_t cost, double early,
                   double random);

// How much longer a sliding entry lives if it is used now; 0 if it is not worth a write: an eighth
// of its time is.
coffer_ttl slide(const MetaTimes& times, coffer_time expires_at, coffer_time now);

}  // namespace coffer::core

#endif  // COFFER_CORE_FRESHNESS_LIFE_H_
