/* coffer/runtime.h: one loaded engine: its plugins, caches and clock.
 *
 * Most programs create one runtime and keep it. Several live side by side without noticing each
 * other. Handles are counted: a cache keeps its runtime alive, so releases may come in any order.
 */
#ifndef COFFER_RUNTIME_H_
#define COFFER_RUNTIME_H_

#include "coffer/error.h"
#include "coffer/value.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct coffer_runtime coffer_runtime;

/* The ABI of this library, major << 16 | minor, to compare with COFFER_ABI_VERSION of the header.
 * [any-thread] */
#define COFFER_ABI_VERSION 0x00010000u
COFFER_API uint32_t coffer_abi_version(void);

/* The release of this library, e.g. "1.0.0". Static. [any-thread] */
COFFER_API const char* coffer_version(void);

/* Creates a runtime. Options (all may be left out):
 *   plugin_path    TEXT      folders to search for plugins first, separated by ':'
 *   plugin_exclude TEXT      files in these folders that are passed over, as if they were not
 *                            there, separated by ':'
 *   plugin_files   BOOL      plugins may also be named by the path of their file, wherever a plugin
 *                            is named (coffer/plugins.h); default no, so that who writes a URL
 *                            cannot load any file
 *   clock          TEXT      "system" (default) or "manual": time moves only by
 *                            coffer_runtime_advance
 *   housekeeping   DURATION  how often expired entries are swept in the background, default 1s; 0
 *                            turns the thread off (then call coffer_runtime_maintain yourself)
 *   hash_seed      INT       fixes the seed of key hashes, which is random by default
 *   defaults       TEXT      cache options (coffer/cache.h) for every cache that is not given
 *                            others, as in a URL: "ttl=5m&jitter=0.1"
 *   workers        INT       threads that run submitted batches of stores that are not
 *                            asynchronous, default 2
 * On success `*out` is the caller's to release. [any-thread] */
COFFER_API coffer_status coffer_runtime_create(const coffer_option* options, size_t count,
                                               coffer_runtime** out, coffer_error** error);

/* Gives the handle back. Caches, entries and queues that are still open stay valid. NULL is
 * allowed. [any-thread] */
COFFER_API void coffer_runtime_release(coffer_runtime* runtime);

/* The runtime's clock, in nanoseconds. Positive, never goes back. [any-thread] */
COFFER_API coffer_time coffer_runtime_now(const coffer_runtime* runtime);

/* Moves a manual clock forward. COFFER_INVALID_STATE with the system clock, COFFER_INVALID_ARGUMENT
 * if negative. [any-thread] */
COFFER_API coffer_status coffer_runtime_advance(coffer_runtime* runtime, int64_t nanoseconds,
                                                coffer_error** error);

/* Does the housekeeping now: sweeps expired entries of every open store, delivers metrics events.
 * [any-thread] */
COFFER_API coffer_status coffer_runtime_maintain(coffer_runtime* runtime, coffer_error** error);

/* Plays the runtime as one map: version, plugins loaded, open caches with options (secrets masked)
 * and counters. [any-thread] */
COFFER_API coffer_status coffer_runtime_describe(coffer_runtime* runtime,
                                                 const coffer_visitor* into, coffer_error** error);

#ifdef __cplusplus
}
#endif
#endif /* COFFER_RUNTIME_H_ */
