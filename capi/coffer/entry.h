/* coffer/entry.h: one cached entry, pinned.
 *
 * The caller provides the struct, the store fills it. It stays readable, and its bytes never
 * change, until coffer_entry_release, whatever happens to the key, the cache handle or the runtime
 * meanwhile. It may be moved with memcpy and released on any thread, exactly once. Frozen: stores
 * and consumers share this one shape. */
#ifndef COFFER_ENTRY_H_
#define COFFER_ENTRY_H_

#include "coffer/object.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Flags of an entry. */
enum {
  COFFER_ENTRY_NULL = 1u,     /* a cached null: found, and the value is "nothing" */
  COFFER_ENTRY_OBJECT = 2u,   /* `object` holds a live object; `data` may be empty */
  COFFER_ENTRY_NEGATIVE = 4u, /* a cached failure, for bindings that cache errors */
  COFFER_ENTRY_STALE = 8u     /* past its freshness, served by request */
};

/* Formats of the value bytes. A serializer has its own published id from 16 up; 0 to 15 belong to
 * the core. */
enum {
  COFFER_FORMAT_RAW = 0,
  COFFER_FORMAT_INTEGER = 1 /* an int64 as decimal text: "-?[0-9]+", as coffer_incr writes it */
};

typedef struct coffer_entry {
  const void* data; /* the value */
  size_t size;
  const void* meta; /* what the core keeps beside the value; opaque to stores and consumers */
  uint32_t meta_size;
  uint32_t flags;         /* COFFER_ENTRY_* */
  uint32_t format;        /* COFFER_FORMAT_* or a serializer's id */
  uint32_t reserved;      /* zero */
  uint64_t version;       /* changes with every write of the key, never 0, never reused for it */
  coffer_time expires_at; /* COFFER_NEVER or the instant it stops being served */
  void* object;           /* with COFFER_ENTRY_OBJECT: valid while pinned */
  const coffer_object_type* object_type; /* with COFFER_ENTRY_OBJECT */
  void* owner;                           /* private to whoever filled the struct */
  void (*release)(void* owner);          /* NULL: nothing to release */
} coffer_entry;

/* Unpins the entry and clears the struct, so that a second call does nothing. NULL is allowed.
 * [any-thread] */
COFFER_API void coffer_entry_release(coffer_entry* entry);

#ifdef __cplusplus
}
#endif
#endif /* COFFER_ENTRY_H_ */
