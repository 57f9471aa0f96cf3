/* coffer/value.h: the neutral value, a stream of events through one visitor.
 *
 * A value is never a tree of ours. Whoever has one (`coffer_value`) can play it into whoever wants
 * one
 * (`coffer_visitor`): a decoder plays bytes into the visitor of an encoder (transcoding), or into
 * the visitor of a binding that builds its own objects. Exactly one value is played per call. */
#ifndef COFFER_VALUE_H_
#define COFFER_VALUE_H_

#include "coffer/error.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Number of items of a list or map when it is not known beforehand. */
#define COFFER_COUNT_UNKNOWN UINT64_MAX

/* Typed extensions, played by `ext` as canonical bytes. Integers are little-endian. A visitor that
 * cannot hold one returns COFFER_UNSUPPORTED; a serializer may map it by option. 1024 and up are
 * free for applications. */
enum {
  COFFER_EXT_DECIMAL = 1, /* ASCII decimal text, e.g. "-12.50", "1E+3", "NaN" */
  COFFER_EXT_UUID = 2,    /* 16 bytes, network order */
  COFFER_EXT_DATE = 3,    /* int32 days since 1970-01-01, proleptic Gregorian */
  COFFER_EXT_TIME = 4, /* int64 nanoseconds since midnight; then, if zoned, int32 offset seconds */
  COFFER_EXT_DATETIME =
      5, /* int64 seconds since 1970-01-01 00:00 local, int32 nanoseconds: no zone */
  COFFER_EXT_DATETIME_TZ =
      6, /* int64 seconds since the epoch in UTC, int32 nanoseconds, int32 offset seconds */
  COFFER_EXT_DURATION = 7, /* int64 seconds (floor), int32 nanoseconds 0..999999999 */
  COFFER_EXT_APPLICATION = 1024
};

/* Kinds of list, played by `list_begin`. */
enum { COFFER_LIST = 0, COFFER_TUPLE = 1, COFFER_SET = 2, COFFER_FROZENSET = 3 };

/* The receiving side. All members are set; every function returns COFFER_OK to go on or a failure
 * to stop, which the player returns unchanged. Views are borrowed for the call. One thread at a
 * time. Append only.
 *
 * Order of events: a scalar is one event; a list is list_begin, items, list_end; a map is
 * map_begin, then key and value in turn (keys are full values), map_end. `count` is the number of
 * items of a list or of pairs of a map, or COFFER_COUNT_UNKNOWN: exact if stated, which the core
 * checks at the end, so a format that needs it first may write it at once; but a receiver must not
 * allocate what it merely claims.
 *
 * The core checks all of this between the two sides, whoever they are: a player that breaks it gets
 * COFFER_INVALID_ARGUMENT if it is the program, COFFER_PLUGIN_FAULT if it is a plugin. */
typedef struct coffer_visitor {
  uint32_t struct_size; /* sizeof(coffer_visitor) as compiled */
  uint32_t reserved;    /* zero */
  void* self;           /* passed back as first argument */
  coffer_status (*null)(void* self);
  coffer_status (*boolean)(void* self, uint8_t value); /* 0 or 1 */
  coffer_status (*i64)(void* self, int64_t value);
  coffer_status (*u64)(void* self, uint64_t value); /* only for values over INT64_MAX */
  coffer_status (*bigint)(void* self, const char* digits,
                          size_t n);                             /* "-?[0-9]+", beyond 64 bits */
  coffer_status (*f64)(void* self, double value);                /* NaN and infinities included */
  coffer_status (*text)(void* self, const char* utf8, size_t n); /* valid UTF-8, may contain NUL */
  coffer_status (*blob)(void* self, const void* data, size_t n);
  coffer_status (*list_begin)(void* self, uint64_t count,
                              uint32_t kind); /* COFFER_LIST, COFFER_TUPLE, ... */
  coffer_status (*list_end)(void* self);
  coffer_status (*map_begin)(void* self, uint64_t count);
  coffer_status (*map_end)(void* self);
  coffer_status (*ext)(void* self, uint32_t type, const void* data, size_t n); /* COFFER_EXT_* */
} coffer_visitor;

/* The playing side: `play` sends exactly one value into the visitor and returns COFFER_OK or the
 * first failure. It may be called more than once and plays the same value each time. Frozen. */
typedef struct coffer_value {
  void* self;
  coffer_status (*play)(void* self, const coffer_visitor* into, coffer_sink* sink);
} coffer_value;

/* What may be played before it stops with COFFER_TOO_LARGE. 0 in a field means the default named
 * there. Append only. */
typedef struct coffer_limits {
  uint32_t struct_size;
  uint32_t max_depth; /* nesting of lists and maps; default 128 */
  uint64_t max_items; /* scalars, lists and maps together; default 10 million */
  uint64_t max_bytes; /* of text, blob, bigint and ext together; default 1 GiB */
} coffer_limits;

#ifdef __cplusplus
}
#endif
#endif /* COFFER_VALUE_H_ */
