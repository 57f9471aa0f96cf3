/* coffer/plugin/store.h: a store keeps entries under keys.
 *
 * The batch is the primitive: one call, `count` keys, an answer per item in `each`. If the call
 * itself returns a failure, `each` need not be written and nothing may have been pinned. All
 * functions are [any-thread]; calls overlap. `deadline` is an absolute instant of the host's
 * PRECISE clock, or COFFER_NEVER; a store that never waits ignores it.*/
#ifndef COFFER_PLUGIN_STORE_H_
#define COFFER_PLUGIN_STORE_H_

#include "coffer/cache.h"
#include "coffer/plugin/host.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Capabilities. A SHARED or PERSISTENT store gets entries in one piece (core/meta/entry.proto):
 * neither meta, flags, format nor objects go beside the value. A bit promises the functions and
 * behaviour named; without it they must be NULL or absent. */
enum {
  COFFER_STORE_COPY = 1u,        /* `read` is set */
  COFFER_STORE_SCAN = 2u,        /* scan_open, scan_next, scan_close are set */
  COFFER_STORE_OBJECTS = 4u,     /* keeps live objects: in this process */
  COFFER_STORE_BOUNDED = 8u,     /* evicts to stay within its limits */
  COFFER_STORE_SHARED = 16u,     /* other processes see the same entries */
  COFFER_STORE_PERSISTENT = 32u, /* entries outlive the process */
  COFFER_STORE_ASYNC = 64u       /* extension coffer.store.async/1 */
};

/* A key with its namespace, and its hash: equal keys come with equal hashes for as long as the
 * instance lives. Frozen. */
typedef struct coffer_key {
  const void* data;
  size_t size;
  uint64_t hash;
} coffer_key;

/* Flags of `get`. */
enum {
  COFFER_GET_NO_VALUE = 1u, /* all but data and object is wanted */
  COFFER_GET_NO_USE = 2u    /* do not count this as use of the entry */
};

/* Arguments and answer of `read`. Frozen. */
typedef struct coffer_store_read {
  void* buffer; /* in */
  size_t capacity;
  void* meta; /* in: room for the entry's meta, may be NULL with capacity 0 */
  uint32_t meta_capacity;
  uint32_t meta_size;    /* out: its size, also if it did not fit (then it was not copied) */
  coffer_read_info info; /* out */
} coffer_store_read;

/* One put. `ttl` is a positive duration, COFFER_TTL_FOREVER, or with COFFER_PUT_REPLACE and
 * COFFER_PUT_CAS also COFFER_TTL_KEEP: the new entry expires when the old one would have. If
 * `object` is set the core took a reference for the store: after COFFER_OK the store owns it and
 * gives it back by host->object_release when the entry is gone and unpinned; after any other answer
 * the core takes it back. Reserved is zero. Frozen: arrays are dense. */
typedef struct coffer_store_put {
  coffer_key key;
  coffer_bytes value;
  coffer_bytes meta; /* kept beside the value and returned with it, at most 1024 bytes */
  void* object;
  const coffer_object_type* object_type;
  coffer_ttl ttl;
  uint64_t expected_version;
  uint64_t weight; /* added to what the entry counts towards limits in bytes */
  uint32_t flags;  /* COFFER_ENTRY_* to keep */
  uint32_t format;
  int32_t mode; /* COFFER_PUT_*; outcomes OK, EXISTS, MISS, CONFLICT as described there */
  uint32_t reserved;
} coffer_store_put;

/* Append only. */
typedef struct coffer_store_stats {
  uint32_t struct_size;
  uint32_t reserved;
  uint64_t entries, bytes, capacity, byte_limit;
  uint64_t inserts, evictions, expirations;
} coffer_store_stats;

/* Append only. */
typedef struct coffer_store {
  uint32_t struct_size;
  uint32_t reserved;
  uint64_t caps; /* the same as in the plugin's info, less what the options turned off */

  /* Ends the instance. No call is in progress, but entries may still be pinned: they stay readable
   * (host->retain keeps what their release needs). */
  void (*destroy)(void* self);

  /* Pins entries: OK and out[i], or MISS and out[i] cleared. An entry is a miss from the instant
   * on at which it expires, by the host's PRECISE clock (coffer_plugin_has_ended). */
  coffer_status (*get)(void* self, const coffer_key* keys, size_t count, uint32_t flags,
                       coffer_time deadline, coffer_entry* out, coffer_outcome* each,
                       coffer_sink* sink);

  /* Copies one value: OK, MISS, SHORT (info filled, nothing copied), or UNSUPPORTED without a call
   * to host->fail if this entry can only be pinned (an object). Must be safe against concurrent
   * writes. Optional: COFFER_STORE_COPY. [no-block no-alloc] */
  coffer_status (*read)(void* self, const coffer_key* key, coffer_store_read* io,
                        coffer_sink* sink);

  /* Writes entries; versions[i] receives the new version where each[i] is OK. `versions` may be
   * NULL. */
  coffer_status (*put)(void* self, const coffer_store_put* items, size_t count,
                       coffer_time deadline, uint64_t* versions, coffer_outcome* each,
                       coffer_sink* sink);

  /* Removes entries: OK or MISS each. `versions` may be NULL; else versions[i], unless 0, is the
   * version the entry must have, or it stays and each[i] is CONFLICT. */
  coffer_status (*del)(void* self, const coffer_key* keys, const uint64_t* versions, size_t count,
                       coffer_time deadline, coffer_outcome* each, coffer_sink* sink);

  /* Gives entries a new time to live (ttls[i]: a positive duration or FOREVER): OK or MISS each.
   * The version stays. */
  coffer_status (*touch)(void* self, const coffer_key* keys, const coffer_ttl* ttls, size_t count,
                         coffer_time deadline, coffer_outcome* each, coffer_sink* sink);

  /* Removes every entry whose key starts with `prefix` (all if empty) and counts them. */
  coffer_status (*clear)(void* self, coffer_bytes prefix, coffer_time deadline, uint64_t* removed,
                         coffer_sink* sink);

  /* Lists keys that start with `prefix`, each stable key once. `scan_next` fills views that are
   * valid until the next call on this scan: OK with *n of them (0 is allowed), END when through.
   * Optional: COFFER_STORE_SCAN. One thread at a time per scan; a scan may outlive neither the
   * instance nor be used after scan_close. */
  coffer_status (*scan_open)(void* self, coffer_bytes prefix, void** scan, coffer_sink* sink);
  coffer_status (*scan_next)(void* self, void* scan, coffer_time deadline, coffer_bytes* keys,
                             size_t capacity, size_t* n, coffer_sink* sink);
  void (*scan_close)(void* self, void* scan);

  /* Sweeps expired entries, as much as fits before `deadline`. Called about once a second. May be
   * NULL. */
  void (*maintain)(void* self, coffer_time deadline);

  /* Fills `out` up to out->struct_size. */
  void (*stats)(void* self, coffer_store_stats* out);

  /* An optional interface by id, or NULL. May be NULL. */
  const void* (*extension)(void* self, const char* id);
} coffer_store;

#ifdef __cplusplus
}
#endif
#endif /* COFFER_PLUGIN_STORE_H_ */
