/* coffer/cache.h: caches: open one, read and write single keys.
 *
 * All functions on an open cache are [any-thread]: any number of threads may share one handle,
 * readers never wait for each other. Keys and values are bytes; a key has 0 to COFFER_MAX_KEY
 * bytes. Inputs are borrowed for the call. */
#ifndef COFFER_CACHE_H_
#define COFFER_CACHE_H_

#include "coffer/entry.h"
#include "coffer/runtime.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct coffer_cache coffer_cache;

/* Longest key in bytes, the namespace prefix included. */
#define COFFER_MAX_KEY 65535

/* ---- Open ---------------------------------------------------------------------------------------
 * A URL names the store plugin and its options:
 * "memory://?capacity=100k&bytes=64MiB&strategy=lru&ttl=5m". Text in the place of a host gives the
 * store a name: within a runtime all handles on "memory://sessions" share one store, and opening it
 * again with other store options is COFFER_INVALID_STATE. Without a name the store is private to
 * the handle and those derived from it.
 *
 * Options belong to the cache (below), else to the store plugin (`coffer plugins explain NAME`
 * lists them); "strategy.x" goes to the strategy as "x", "serializer.x" to the serializer as "x".
 *   ttl         DURATION  time to live of entries put with COFFER_TTL_DEFAULT; default forever
 *   namespace   TEXT      prefix of all keys: stored as "namespace:key"; nested by '/'. Default
 *                         none: the whole store
 *   serializer  TEXT      plugin for coffer_put_value and coffer_entry_play; default "json"
 *   deadline    DURATION  how long a call may take on stores that can wait; default 5s
 *   max_value   SIZE      largest value accepted; default 64MiB
 *   scope       TEXT      whose tags and spaces the handle uses (coffer/dependency.h); default: the
 *                         namespace it was opened with, for all handles derived from it
 * What leaves the process (settled when a store is opened, for all handles on it):
 *   codec       TEXT      plugins that go over the bytes of entries, in this order: "zstd,aes_gcm";
 *                         default none. Each entry says which it went through, so those written
 *                         before a change can be read after it. "codec.zstd.level" goes to codec
 *                         zstd as "level". On stores of this process, too: what is compressed takes
 *                         less room, and each read makes a copy
 *   checksum    BOOL      entries carry a checksum; default no
 *   raw         BOOL      entries are bare values that any program can read or write, without null
 *                         flag, grace, sliding, dependencies and codecs; coffer_entry_play takes
 *                         them for what `serializer` writes; default no
 * An entry that cannot be read (damaged, forged, of a codec that is not at hand) counts as missing,
 * and is logged.
 * Time:
 *   null_ttl    DURATION  time to live of cached nulls put with COFFER_TTL_DEFAULT; default:
 *                         `null_ratio` (0.1) of `ttl`, at most `null_cap` (5m), at least 1s
 *   grace       DURATION  how long after its ttl an entry may still be served stale
 *                         (coffer/fetch.h); default 0
 *   jitter      FLOAT     up to this part of a ttl is taken off at random, so that what was put
 *                         together does not expire together; default 0
 *   sliding     BOOL      each use gives an entry its ttl anew, up to `max_age` (forever) after it
 *                         was put; default no
 *   early       FLOAT     weight of early refresh by what a value cost to compute (coffer/fetch.h),
 *                         0: none; default 1
 * Computing (coffer/fetch.h):
 *   hard        DURATION  how long a computation may take before the next in line takes over;
 *                         default 30s
 *   soft        DURATION  how long to rather wait for a computation than take a stale entry;
 *                         default 0
 *   on_error    TEXT      when a computation fails, those who wait "retry" (default), "fail" or
 *                         take the "stale" entry
 *   hit_for_miss DURATION after a computation that came to nothing (coffer_lease_decline), or that
 *                         failed, nobody waits for the key so long: all who miss it compute, side
 *                         by side, until one of them stores a value. 0: not beyond those who waited
 *                         then; default 10s
 *   throttle    DURATION  after a failed computation a stale entry is served so long before the
 *                         next; default 10s
 * Options given as an array win over those of the URL. `url` may be NULL if the array has "store".
 */
COFFER_API coffer_status coffer_cache_open(coffer_runtime* runtime, const char* url,
                                           const coffer_option* options, size_t count,
                                           coffer_cache** out, coffer_error** error);

/* Another handle on the same store, with cache options changed; a "namespace" is nested in the
 * present one. */
COFFER_API coffer_status coffer_cache_derive(coffer_cache* cache, const coffer_option* options,
                                             size_t count, coffer_cache** out,
                                             coffer_error** error);

/* Gives the handle back. Pinned entries stay valid. NULL is allowed. */
COFFER_API void coffer_cache_release(coffer_cache* cache);

/* ---- Read ---------------------------------------------------------------------------------------
 */

/* Pins the entry under `key` without copying. COFFER_OK and `*out` to release, or COFFER_MISS and a
 * cleared `*out`. A cached null is COFFER_OK with COFFER_ENTRY_NULL. Allocates nothing on an
 * in-process store. */
COFFER_API coffer_status coffer_get(coffer_cache* cache, const void* key, size_t key_size,
                                    coffer_entry* out, coffer_error** error);

/* What coffer_read tells beside the bytes. Frozen. */
typedef struct coffer_read_info {
  size_t size; /* of the value, also when the buffer was too small */
  uint64_t version;
  coffer_time expires_at; /* COFFER_NEVER or an instant */
  uint32_t flags;         /* COFFER_ENTRY_* */
  uint32_t format;
} coffer_read_info;

/* Copies the value into `buffer`: the fastest way for small values, since a hit writes no memory
 * that other readers use. COFFER_OK, COFFER_MISS, or COFFER_SHORT with info->size telling the room
 * needed and nothing written. A live object is copied as a coffer_object_ref if its type has
 * DEFERRED_RELEASE, else it is COFFER_UNSUPPORTED. */
COFFER_API coffer_status coffer_read(coffer_cache* cache, const void* key, size_t key_size,
                                     void* buffer, size_t capacity, coffer_read_info* info,
                                     coffer_error** error);

/* COFFER_OK if there is an entry, COFFER_MISS if not. Does not count as use of the entry. `info`
 * may be NULL. */
COFFER_API coffer_status coffer_exists(coffer_cache* cache, const void* key, size_t key_size,
                                       coffer_read_info* info, coffer_error** error);

/* The time left, in nanoseconds, or COFFER_TTL_FOREVER; COFFER_MISS if there is no entry. */
COFFER_API coffer_status coffer_ttl_left(coffer_cache* cache, const void* key, size_t key_size,
                                         coffer_ttl* out, coffer_error** error);

/* ---- Write --------------------------------------------------------------------------------------
 */

/* How a put treats an entry that is there already. */
enum {
  COFFER_PUT_SET = 0,     /* write in any case */
  COFFER_PUT_ADD = 1,     /* only if absent, else COFFER_EXISTS */
  COFFER_PUT_REPLACE = 2, /* only if present, else COFFER_MISS */
  COFFER_PUT_CAS =
      3 /* only if present with `expected_version`, else COFFER_CONFLICT or COFFER_MISS */
};

/* A flag of a put with COFFER_TTL_KEEP over an entry, and without dependencies of its own: the new
 * entry depends on what the overwritten one does. */
enum { COFFER_PUT_KEEP_DEPENDENCIES = 256u };

struct coffer_dependencies; /* coffer/dependency.h */

/* Everything a put can say beyond key and value. Start from all zero with struct_size set. Append
 * only. */
typedef struct coffer_put_options {
  uint32_t struct_size;
  int32_t mode;              /* COFFER_PUT_* */
  coffer_ttl ttl;            /* a duration or COFFER_TTL_* */
  uint64_t expected_version; /* for COFFER_PUT_CAS */
  uint32_t flags;  /* COFFER_ENTRY_NULL, COFFER_ENTRY_NEGATIVE, COFFER_PUT_KEEP_DEPENDENCIES or 0 */
  uint32_t format; /* COFFER_FORMAT_* or a serializer's id, if the bytes are already encoded */
  uint64_t weight; /* what the entry counts towards `bytes` beyond its own size, for objects */
  int64_t grace;   /* how long after its ttl it may be served stale; 0: `grace` option, -1: none */
  /* What the value depends on, may be NULL: as of this call. A value computed from what may change
   * meanwhile wants coffer_fetch, which takes note before the computation. */
  const struct coffer_dependencies* dependencies;
} coffer_put_options;

/* Writes bytes. `options` may be NULL: set, default ttl. `version` (may be NULL) receives the new
 * version.
 *
 * With COFFER_TTL_EXPIRED nothing is stored, and what the put would have overwritten is removed.
 * The status is that of any other put of this mode: COFFER_EXISTS for an add to an entry that is
 * there, which stays; COFFER_MISS or COFFER_CONFLICT where there is nothing to replace; else
 * COFFER_OK, with version 0. */
COFFER_API coffer_status coffer_put(coffer_cache* cache, const void* key, size_t key_size,
                                    const void* value, size_t value_size,
                                    const coffer_put_options* options, uint64_t* version,
                                    coffer_error** error);

/* Encodes a neutral value with the cache's serializer and writes the bytes. A value that plays null
 * becomes a cached null. */
COFFER_API coffer_status coffer_put_value(coffer_cache* cache, const void* key, size_t key_size,
                                          const coffer_value* value,
                                          const coffer_put_options* options, uint64_t* version,
                                          coffer_error** error);

/* Stores a live object; the store keeps one reference, taken by this call. COFFER_UNSUPPORTED if
 * the store is not in this process and the type has no `view`; with `view` the object is encoded
 * instead. */
COFFER_API coffer_status coffer_put_object(coffer_cache* cache, const void* key, size_t key_size,
                                           void* object, const coffer_object_type* type,
                                           const coffer_put_options* options, uint64_t* version,
                                           coffer_error** error);

/* Removes the entry: COFFER_OK if there was one, else COFFER_MISS. */
COFFER_API coffer_status coffer_delete(coffer_cache* cache, const void* key, size_t key_size,
                                       coffer_error** error);

/* Removes the entry only if it still has that version: COFFER_OK, COFFER_CONFLICT if it has another,
 * COFFER_MISS if there is none. A version of 0, which no entry has, is COFFER_INVALID_ARGUMENT. */
COFFER_API coffer_status coffer_delete_if(coffer_cache* cache, const void* key, size_t key_size,
                                          uint64_t version, coffer_error** error);

/* Ends the entry as if its time to live had passed, so that coffer_fetch serves it stale while
 * somebody computes it anew: for its grace, from now. Without a grace it is removed, and an entry
 * that lives for ever has none. A computation under way is not stored. COFFER_OK if there was a
 * fresh entry, else COFFER_MISS. */
COFFER_API coffer_status coffer_expire(coffer_cache* cache, const void* key, size_t key_size,
                                       coffer_error** error);

/* Gives the entry a new time to live from now: COFFER_OK or COFFER_MISS. The version does not
 * change. COFFER_TTL_EXPIRED removes the entry. */
COFFER_API coffer_status coffer_touch(coffer_cache* cache, const void* key, size_t key_size,
                                      coffer_ttl ttl, coffer_error** error);

/* Adds `delta` to an integer and returns the sum. Atomic. An absent key starts from `initial` (the
 * sum is then initial + delta) with time to live `ttl`; an existing one keeps its expiry and what
 * it depends on. With COFFER_TTL_EXPIRED the sum is returned and nothing is left under the key.
 *
 * It counts what any put has written: a value of any serializer that is an integer, or bytes that
 * are one as decimal text. The sum is kept as what it replaces was; that of an absent key or of a
 * live object as COFFER_FORMAT_INTEGER.
 *
 * Failures change nothing: COFFER_INVALID_STATE if the entry is not an integer, and with the detail
 * "reason" = "OVERFLOW" if it or the sum is not within 64 bits; COFFER_UNSUPPORTED if no plugin
 * knows its format. */
COFFER_API coffer_status coffer_incr(coffer_cache* cache, const void* key, size_t key_size,
                                     int64_t delta, int64_t initial, coffer_ttl ttl, int64_t* out,
                                     coffer_error** error);

/* As coffer_incr, of a counter that is there; COFFER_MISS if there is none. */
COFFER_API coffer_status coffer_incr_existing(coffer_cache* cache, const void* key, size_t key_size,
                                              int64_t delta, int64_t* out, coffer_error** error);

/* ---- Values -------------------------------------------------------------------------------------
 */

/* Plays an entry of this cache into `into`: an object through its view, encoded bytes through the
 * serializer of their format, raw bytes as one blob, a COFFER_FORMAT_INTEGER as i64, a cached null
 * as null. COFFER_UNSUPPORTED if no plugin knows the format. */
COFFER_API coffer_status coffer_entry_play(coffer_cache* cache, const coffer_entry* entry,
                                           const coffer_visitor* into, const coffer_limits* limits,
                                           coffer_error** error);

/* ---- Look ---------------------------------------------------------------------------------------
 */

/* Counters of a handle (first group) and of the store under it (second group). Append only: set
 * struct_size. */
typedef struct coffer_stats {
  uint32_t struct_size;
  uint32_t reserved;
  uint64_t gets, hits, null_hits, misses; /* gets = hits + misses; null_hits are among the hits */
  uint64_t puts, deletes, errors;

  uint64_t entries;    /* live now, expired ones not yet swept included */
  uint64_t bytes;      /* held now: entries, index and bookkeeping */
  uint64_t capacity;   /* entries allowed, 0 unlimited */
  uint64_t byte_limit; /* bytes allowed, 0 unlimited */
  uint64_t inserts, evictions, expirations;

  /* Of the handle: what coffer_fetch answered, and events. */
  uint64_t stale, leads, waits; /* stale are among the hits, leads and waits among the misses */
  uint64_t bypassed;            /* fetches of dirty transactions: neither hits nor misses */
  uint64_t superseded;          /* commits of values whose dependencies had moved */
  uint64_t tag_events, space_events, row_events, clears;
} coffer_stats;
COFFER_API coffer_status coffer_cache_stats(coffer_cache* cache, coffer_stats* out,
                                            coffer_error** error);

/* Plays the handle as one map: url (secrets masked), options, plugins, stats. */
COFFER_API coffer_status coffer_cache_describe(coffer_cache* cache, const coffer_visitor* into,
                                               coffer_error** error);

#ifdef __cplusplus
}
#endif
#endif /* COFFER_CACHE_H_ */
