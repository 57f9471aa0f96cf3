/* coffer/base.h: the words every other header uses: status, bytes, time, options.
 *
 * This header and all others need a C11 or C++11 compiler and include nothing but <stdint.h> and
 * <stddef.h>. */
#ifndef COFFER_BASE_H_
#define COFFER_BASE_H_

#include <stddef.h>
#include <stdint.h>

#if defined(_WIN32)
#define COFFER_API __declspec(dllimport)
#else
#define COFFER_API __attribute__((visibility("default")))
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Status -------------------------------------------------------------------------------------
 * 0 to 15 are outcomes: they allocate nothing and carry no error. 16 and up are failures: where a
 * function takes a `coffer_error** error` it also writes an error object that says what failed, on
 * what, and what to do. New values may be appended; treat an unknown one of 16 and up as
 * COFFER_INTERNAL. */
typedef int32_t coffer_status;
enum {
  COFFER_OK = 0,
  COFFER_MISS = 1,     /* nothing (fresh) under this key; never used for a cached null */
  COFFER_EXISTS = 2,   /* add: the key was there already, nothing was written */
  COFFER_CONFLICT = 3, /* compare-and-swap: the entry has another version, nothing was written */
  COFFER_SHORT =
      4, /* the caller's buffer is too small; the size needed was reported, nothing written */
  COFFER_END = 5,        /* a scan or a stream has no more items */
  COFFER_SUPERSEDED = 6, /* not stored: what the value was computed from has changed meanwhile */

  COFFER_INVALID_ARGUMENT = 16, /* an argument or option is wrong; the message names it */
  COFFER_INVALID_STATE =
      17,                  /* not possible now: closed, poisoned, already open with other options */
  COFFER_UNSUPPORTED = 18, /* the plugin at hand does not offer this */
  COFFER_TOO_LARGE = 19,   /* key, value or batch over a limit; the message states the limit */
  COFFER_EXHAUSTED = 20,   /* out of memory, disk, connections or queue space */
  COFFER_CANCELLED = 21,
  COFFER_TIMEOUT = 22,     /* the deadline passed */
  COFFER_UNAVAILABLE = 23, /* a remote store cannot be reached */
  COFFER_IO = 24,
  COFFER_CORRUPT = 25,      /* stored bytes cannot be decoded; the message has the offset */
  COFFER_DENIED = 26,       /* credentials or permissions */
  COFFER_NOT_FOUND = 27,    /* no such plugin, cache or file; not used for keys */
  COFFER_ABI_MISMATCH = 28, /* plugin and host share no ABI version */
  COFFER_PLUGIN_FAULT = 29, /* a plugin broke its contract or let an exception escape */
  COFFER_INTERNAL = 30
};

/* Flags of a failure (coffer_error_flags, coffer_outcome.flags). */
enum {
  COFFER_FAIL_RETRIABLE = 1u,     /* the same call may succeed later */
  COFFER_FAIL_MAYBE_APPLIED = 2u, /* a write may have happened although it was not confirmed */
  COFFER_FAIL_POISONED = 4u /* the plugin instance is unusable until its cache is opened again */
};

/* ---- Bytes --------------------------------------------------------------------------------------
 * A view that owns nothing. `data` may be NULL when `size` is 0. Inputs are borrowed for the call
 * only. Frozen. */
typedef struct coffer_bytes {
  const void* data;
  size_t size;
} coffer_bytes;

/* ---- Time ---------------------------------------------------------------------------------------
 * Instants are nanoseconds of the runtime's clock (coffer_runtime_now), durations are nanoseconds,
 * both int64. */
typedef int64_t coffer_time;
enum { COFFER_NEVER = 0 }; /* as an instant: no such moment ("does not expire") */

/* A time to live is a positive duration or one of these four. There is no zero trap: 0 is DEFAULT,
 * not "forever" and not "now". Other negative values are COFFER_INVALID_ARGUMENT. */
typedef int64_t coffer_ttl;
#define COFFER_TTL_DEFAULT ((coffer_ttl)0)  /* the cache's `ttl` option */
#define COFFER_TTL_FOREVER ((coffer_ttl)-1) /* no expiry */
#define COFFER_TTL_EXPIRED ((coffer_ttl)-2) /* no time at all: what is written is not there */
#define COFFER_TTL_KEEP \
  ((coffer_ttl)-3) /* the expiry the overwritten entry has; DEFAULT if there is none */

/* A deadline is a duration from now; 0 means the cache's `deadline` option. */
typedef int64_t coffer_deadline;

/* ---- Options ------------------------------------------------------------------------------------
 * One typed, named setting. Text (as found in URLs and files) is converted by the option's declared
 * type, so
 * {"bytes", TEXT "64MiB"} equals {"bytes", INT 67108864}. An unknown key or ill-typed value is an
 * error that names the nearest valid key or the expected form. Frozen. */
enum {
  COFFER_TYPE_TEXT = 1,  /* `text`, UTF-8 */
  COFFER_TYPE_INT = 2,   /* `i64`; as text: -12, 100k, 2M, 1G (powers of 1000) */
  COFFER_TYPE_FLOAT = 3, /* `f64` */
  COFFER_TYPE_BOOL = 4,  /* `i64` 0 or 1; as text: true/false, yes/no, on/off, 1/0 */
  COFFER_TYPE_SIZE = 5,  /* `i64` bytes; as text: 512, 64KiB, 1GiB (1024) or 10kB, 1MB (1000) */
  COFFER_TYPE_DURATION =
      6 /* `i64` nanoseconds; as text: 250ms, 5m, 1h30m, 90 (seconds), forever (-1) */
};
typedef struct coffer_option {
  const char* key;
  int32_t type;      /* which member below holds the value */
  uint32_t reserved; /* zero */
  int64_t i64;
  double f64;
  coffer_bytes text;
} coffer_option;

/* The outcome of one item of a batch. Frozen. */
typedef struct coffer_outcome {
  coffer_status status;
  uint32_t flags; /* COFFER_FAIL_* */
} coffer_outcome;

#ifdef __cplusplus
}
#endif
#endif /* COFFER_BASE_H_ */
