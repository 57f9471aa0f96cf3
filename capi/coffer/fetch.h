/* coffer/fetch.h: get a value, or the right to compute it.
 *
 * On a miss exactly one caller gets a lease and computes; the others wait for it, or go on with a
 * stale value. The lease holds the stamps of the value's dependencies as they were before the
 * computation began, and a commit stores only if none has moved: what was computed from data that
 * changed meanwhile goes back to its own caller and to nobody else. Whoever drops a lease, or holds
 * it beyond its deadline, loses it to the next in line.
 *
 *   coffer_fetch  ->  HIT    use the entry
 *                     STALE  use the entry; with a lease: compute a new one, too
 *                     LEAD   compute, then coffer_lease_commit or coffer_lease_abandon
 *                     WAIT   coffer_lease_wait, or coffer_lease_notify and later coffer_lease_wait
 *                     MISS   compute, and store nothing
 */
#ifndef COFFER_FETCH_H_
#define COFFER_FETCH_H_

#include "coffer/invalidate.h"
#include "coffer/queue.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A lease is a number, 0 for none, valid for the cache (or any handle on the same store) that gave
 * it, until it is released. Using one that has ended is an error that says so, never undefined
 * behaviour. */
typedef uint64_t coffer_lease;

/* States of a fetched key. */
enum {
  COFFER_FETCH_HIT =
      1, /* `entry` is fresh. With a lease: the caller is asked to compute it anew early */
  COFFER_FETCH_STALE =
      2, /* `entry` is past its time but within its grace. With a lease: compute it anew */
  COFFER_FETCH_LEAD = 3, /* no entry; `lease` is the caller's to commit or abandon */
  COFFER_FETCH_WAIT =
      4, /* somebody else computes; `lease` is a place in the line; `entry` a stale one, or none */
  COFFER_FETCH_MISS =
      5 /* no entry and no lease: asked for with COFFER_FETCH_LOOK, or in a dirty transaction */
};

/* Flags of a fetch. */
enum {
  COFFER_FETCH_LOOK = 1u, /* never take a lease: HIT, STALE or MISS */
  COFFER_FETCH_REFRESH =
      2u, /* compute anew although the entry is fresh: STALE (of what is there), LEAD or WAIT */
  COFFER_FETCH_NO_STALE = 4u /* a stale entry is no entry */
};

/* What a caller in line does when the computation fails. */
enum {
  COFFER_ON_ERROR_DEFAULT = 0, /* the cache's `on_error` option */
  COFFER_ON_ERROR_RETRY = 1,   /* computes */
  COFFER_ON_ERROR_FAIL = 2,    /* gets the same error */
  COFFER_ON_ERROR_STALE = 3    /* gets the stale entry if there is one, else the error */
};

/* Everything a fetch can say beyond its key. Start from all zero with struct_size set. Append only.
 */
typedef struct coffer_fetch_options {
  uint32_t struct_size;
  uint32_t flags;                          /* COFFER_FETCH_* */
  int32_t on_error;                        /* COFFER_ON_ERROR_* */
  uint32_t reserved;                       /* zero */
  const coffer_dependencies* dependencies; /* of the value to compute; may be NULL */
  coffer_txn* txn;                         /* may be NULL */
  int64_t soft; /* how long to rather wait for a computation than take a stale entry; 0: `soft`
                   option, -1: none */
  int64_t hard; /* how long the lease is good for once it leads; 0: the cache's `hard` option */
  double early; /* weight of early refresh (beta); 0: the cache's `early` option, negative: none */
} coffer_fetch_options;

/* One fetched key. Frozen. */
typedef struct coffer_fetched {
  coffer_status status; /* of this key, in coffer_fetch_many; COFFER_OK, or why it failed */
  int32_t state;        /* COFFER_FETCH_*, 0 after a failure */
  coffer_lease lease;   /* or 0 */
  coffer_entry entry;   /* with HIT and STALE, and with WAIT and LEAD if there is a stale one: the
                           caller's to release */
} coffer_fetched;

/* Fetches one key. `options` may be NULL. [any-thread] */
COFFER_API coffer_status coffer_fetch(coffer_cache* cache, const void* key, size_t key_size,
                                      const coffer_fetch_options* options, coffer_fetched* out,
                                      coffer_error** error);

/* Fetches many: one read of the store, then a lease for each miss. A caller commits what it leads
 * before it waits for anything, or two such callers may wait for each other. The same key twice
 * leads once. Every item has a status of its own; the call's status only tells whether it ran at
 * all. [any-thread] */
COFFER_API coffer_status coffer_fetch_many(coffer_cache* cache, const coffer_bytes* keys,
                                           size_t count, const coffer_fetch_options* options,
                                           coffer_fetched* out, coffer_error** error);

/* ---- Waiting ------------------------------------------------------------------------------------
 */

/* Waits until the place in line means something: COFFER_OK and a state of
 *   HIT    the lease has ended, out->lease is 0, the entry is the leader's
 *   STALE  it has ended, too: the soft deadline passed, or by on_error
 *   MISS   the same, and the stale entry is gone by now: compute, and store nothing
 *   LEAD   out->lease leads now: compute; the entry, if any, is a stale one
 *   WAIT   `timeout` nanoseconds have passed (0: do not wait, -1: as long as it takes); go on with
 *          out->lease
 * or, by COFFER_ON_ERROR_FAIL, the leader's failure, and the lease has ended; out->entry
 * is that failure as an object, to be released, if there is one (coffer_lease_abandon_with). It is
 * COFFER_INVALID_STATE, with a detail "cycle", if the computation this thread is in would wait for
 * itself (coffer/computation.h). out->lease may have another number than `lease`, which has ended
 * then: use it from here on. [any-thread] */
COFFER_API coffer_status coffer_lease_wait(coffer_cache* cache, coffer_lease lease, int64_t timeout,
                                           coffer_fetched* out, coffer_error** error);

/* Puts one COFFER_EVENT_LEASE with `tag` into `queue` as soon as coffer_lease_wait would have an
 * answer, which may be now. Once for each call; a later one replaces the former. [any-thread
 * no-block] */
COFFER_API coffer_status coffer_lease_notify(coffer_cache* cache, coffer_lease lease,
                                             coffer_queue* queue, uint64_t tag,
                                             coffer_error** error);

/* ---- Computing ----------------------------------------------------------------------------------
 */

/* What becomes of a committed value. */
enum {
  COFFER_COMMIT_STORE = 0,  /* it is stored; by COFFER_TTL_EXPIRED only given to those who wait */
  COFFER_COMMIT_DECLINE = 1 /* it is its caller's alone, as by coffer_lease_decline */
};

/* A computed value, and what the computation found out about it. Start from all zero with
 * struct_size set. Append only. */
typedef struct coffer_commit {
  uint32_t struct_size;
  uint32_t flags;     /* COFFER_ENTRY_NULL, COFFER_ENTRY_NEGATIVE or 0 */
  coffer_bytes value; /* encoded as `format`; or */
  void* object;       /* a live object with object_type; or */
  const coffer_object_type* object_type;
  const coffer_value* neutral; /* a neutral value, for the cache's serializer */
  uint32_t format;
  uint32_t mode;   /* COFFER_COMMIT_* */
  uint64_t weight; /* as in coffer_put_options */
  coffer_ttl
      ttl; /* a duration or COFFER_TTL_*; EXPIRED: hand it to those who wait, and store nothing.
              An entry that is there stays as long as it lives */
  int64_t grace; /* how long after its ttl it may be served stale; 0: the cache's `grace` option,
                    -1: none */
  const coffer_dependencies*
      dependencies; /* found only now, besides those of the fetch; may be NULL */
} coffer_commit;

/* Stores the value and ends the lease: COFFER_OK; or COFFER_SUPERSEDED if a dependency moved, the
 * key was written or deleted, the namespace was cleared, the transaction became dirty, or another
 * took over the lead since the lease began: then nothing is stored and the next in line computes.
 * `out` (may be NULL) receives the value as an entry of the caller's, stored or not. After any
 * other failure the lease still leads. [any-thread] */
COFFER_API coffer_status coffer_lease_commit(coffer_cache* cache, coffer_lease lease,
                                             const coffer_commit* commit, coffer_entry* out,
                                             coffer_error** error);

/* The same for many leases of one cache, with one write to the store. `each` receives their
 * statuses; `commits` are laid out `stride` bytes apart. [any-thread] */
COFFER_API coffer_status coffer_lease_commit_many(coffer_cache* cache, const coffer_lease* leases,
                                                  const coffer_commit* commits, size_t stride,
                                                  size_t count, coffer_outcome* each,
                                                  coffer_error** error);

/* Ends the lease because the computation came to nothing that could be stored: the answer is
 * private, too large, or there is none. Those in line do not queue for the same again: each takes
 * its stale entry, or is told LEAD at once, and all of them compute side by side. For the cache's
 * `hit_for_miss` nobody waits for this key: a fetch that misses gives LEAD to everybody, until one
 * of them stores a value (the others are superseded then). A store remembers at most 4096 such
 * keys, and forgets the oldest first. (As hit-for-miss in Varnish.) [any-thread no-block] */
COFFER_API coffer_status coffer_lease_decline(coffer_cache* cache, coffer_lease lease,
                                              coffer_error** error);

/* Ends the lease because the computation failed. Those in line do as their on_error says: `status`
 * (16 or more) and `message` are what FAIL gives them; those that RETRY compute at once, side by
 * side, and if the lease was fetched to RETRY nobody waits for this key for the cache's
 * `hit_for_miss`, as after coffer_lease_decline. A stale entry is served without a new attempt for the cache's `throttle`.
 * [any-thread no-block] */
COFFER_API coffer_status coffer_lease_abandon(coffer_cache* cache, coffer_lease lease,
                                              coffer_status status, const char* message,
                                              coffer_error** error);

/* The same, with the failure as an object, too: those in line that FAIL receive it as the entry of
 * coffer_lease_wait, beside `status` and `message`. A binding hands an exception on like this.
 * [any-thread no-block] */
COFFER_API coffer_status coffer_lease_abandon_with(coffer_cache* cache, coffer_lease lease,
                                                   coffer_status status, const char* message,
                                                   void* object, const coffer_object_type* type,
                                                   coffer_error** error);

/* Moves the lead's deadline to `duration` nanoseconds from now. [any-thread no-block] */
COFFER_API coffer_status coffer_lease_extend(coffer_cache* cache, coffer_lease lease,
                                             int64_t duration, coffer_error** error);

/* Leaves the line, or drops the lead: the next one computes. For leases that have ended, and for 0,
 * it does nothing. [any-thread no-block] */
COFFER_API void coffer_lease_release(coffer_cache* cache, coffer_lease lease);

/* ---- In one call ----------------------------------------------------------------------------- */

/* Computes a value on the calling thread and commits it to `lease` with coffer_lease_commit. A
 * failure it returns (and describes with coffer_sink_fail) becomes the failure of
 * coffer_get_or_load; returning COFFER_OK without a commit is a miss, and the lease is declined. */
typedef coffer_status (*coffer_loader)(void* user, coffer_cache* cache, coffer_lease lease,
                                       coffer_sink* sink);

/* Gets the entry under a key, computing it with `load` if need be, or waiting for whoever does:
 * COFFER_OK and an entry to release (a stale one has COFFER_ENTRY_STALE), COFFER_MISS if nothing
 * was committed, or the failure of the computation. A value that was superseded while it was
 * computed is returned to this caller only. COFFER_INVALID_STATE if this thread is computing the
 * same key already. [any-thread] */
COFFER_API coffer_status coffer_get_or_load(coffer_cache* cache, const void* key, size_t key_size,
                                            const coffer_fetch_options* options, coffer_loader load,
                                            void* user, coffer_entry* out, coffer_error** error);

/* ---- Looking ------------------------------------------------------------------------------------
 */

/* Plays, as one map, why the entry under a key is fresh, stale or missing: what it depends on and
 * which of that has moved, which time has passed, who computes it now. [any-thread] */
COFFER_API coffer_status coffer_explain(coffer_cache* cache, const void* key, size_t key_size,
                                        const coffer_visitor* into, coffer_error** error);

#ifdef __cplusplus
}
#endif
#endif /* COFFER_FETCH_H_ */
