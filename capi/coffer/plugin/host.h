/* coffer/plugin/host.h: what the host gives a plugin.
 *
 * The table is constant while the plugin's instance lives. All functions are [any-thread] and may
 * be called from threads of the plugin, except inside functions tagged [no-host-call]. */
#ifndef COFFER_PLUGIN_HOST_H_
#define COFFER_PLUGIN_HOST_H_

#include "coffer/queue.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Clocks of `now`, in nanoseconds of the runtime's time. PRECISE is the present instant. The other
 * two cost a fraction of it and bound it: COARSE <= PRECISE <= LATEST, and LATEST is less than a
 * second ahead.
 *
 * A store never serves an entry at or after its end, by PRECISE. It need not read PRECISE to know
 * that most entries live: one that ends after LATEST does. Only for the others does it ask
 * PRECISE, as coffer_plugin_has_ended does. What has ended by COARSE has ended: enough to sweep. */
enum { COFFER_CLOCK_COARSE = 0, COFFER_CLOCK_PRECISE = 1, COFFER_CLOCK_LATEST = 2 };

/* Append only. */
typedef struct coffer_host {
  uint32_t struct_size;
  uint32_t abi_version;
  void* self; /* the host's own */

  /* An optional interface of the host by id ("coffer.host.strategies/1"), or NULL. Static while the
   * instance lives. */
  const void* (*extension)(const struct coffer_host* host, const char* id);

  /* Says why the present call fails: once, before returning the same status. `flags` are
   * COFFER_FAIL_*. The message is copied; it says what failed, on what, and what to do. */
  void (*fail)(const struct coffer_host* host, coffer_sink* sink, coffer_status status,
               uint32_t flags, const char* message, size_t size);

  /* Adds a named detail to the failure just reported. Copied. */
  void (*fail_detail)(const struct coffer_host* host, coffer_sink* sink, const char* name,
                      const char* value, size_t size);

  /* Logs one line; severities as in coffer/queue.h. Cheap if nobody listens. [no-block] */
  void (*log)(const struct coffer_host* host, int32_t severity, const char* message, size_t size);

  /* The present time in nanoseconds, COFFER_CLOCK_*. [no-block] */
  coffer_time (*now)(const struct coffer_host* host, int32_t clock);

  /* Memory, counted by the host. `align` is a power of two. NULL when out of memory; then fail with
   * EXHAUSTED. `free` takes the same size and align again, and NULL. */
  void* (*alloc)(const struct coffer_host* host, size_t size, size_t align);
  void (*free)(const struct coffer_host* host, void* memory, size_t size, size_t align);

  /* Gives back a store's reference on an object; see coffer_store_put. Not while holding a lock. */
  void (*object_release)(const struct coffer_host* host, const coffer_object_type* type,
                         void* object);

  /* Which of COFFER_EVENT_EVICT and COFFER_EVENT_EXPIRE somebody listens to, and delivery of one.
   * [no-block] */
  uint32_t (*events_wanted)(const struct coffer_host* host);
  void (*event)(const struct coffer_host* host, uint32_t kind, const void* key, size_t key_size);

  /* Holds the host beyond the end of the instance, and gives that back: for a store whose entries
   * are still pinned when `destroy` is called and that needs `free` or `object_release` later.
   * Calls are counted. */
  void (*retain)(const struct coffer_host* host);
  void (*release)(const struct coffer_host* host);

  /* Reports that the batch `token` of coffer.store.async/1 is done; exactly once per token. */
  void (*complete)(const struct coffer_host* host, uint64_t token, coffer_status status);
} coffer_host;

/* Says why the present call fails, in one expression: `return coffer_plugin_fail(host, sink,
 * COFFER_CORRUPT, "...");` C++ has the same with flags in coffer/plugin/guard.hpp. */
static inline coffer_status coffer_plugin_fail(const coffer_host* host, coffer_sink* sink,
                                               coffer_status status, const char* message) {
  size_t size = 0;
  while (message[size] != '\0') ++size;
  host->fail(host, sink, status, 0, message, size);
  return status;
}

/* Whether an entry with that `expires_at` has ended: 1 or 0. Reads the precise clock only when the
 * end is near or past. */
static inline int coffer_plugin_has_ended(const coffer_host* host, coffer_time expires_at) {
  if (expires_at == COFFER_NEVER || expires_at > host->now(host, COFFER_CLOCK_LATEST)) return 0;
  return expires_at <= host->now(host, COFFER_CLOCK_PRECISE);
}

#ifdef __cplusplus
}
#endif
#endif /* COFFER_PLUGIN_HOST_H_ */
