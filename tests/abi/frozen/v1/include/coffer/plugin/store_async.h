/* coffer/plugin/store_async.h: extension "coffer.store.async/1": a store that answers later. */
#ifndef COFFER_PLUGIN_STORE_ASYNC_H_
#define COFFER_PLUGIN_STORE_ASYNC_H_

#include "coffer/plugin/store.h"

#ifdef __cplusplus
extern "C" {
#endif

#define COFFER_STORE_ASYNC_ID "coffer.store.async/1"

enum { COFFER_ASYNC_GET = 1, COFFER_ASYNC_PUT = 2, COFFER_ASYNC_DEL = 3, COFFER_ASYNC_TOUCH = 4 };

/* One batch. The struct and all it points to stay valid until the store calls
 * host->complete(token). Append only. */
typedef struct coffer_store_batch {
  uint32_t struct_size;
  int32_t kind; /* COFFER_ASYNC_* */
  size_t count;
  coffer_time deadline;
  const coffer_key* keys;            /* GET, DEL, TOUCH */
  const uint64_t* expected_versions; /* DEL: as `versions` of coffer_store.del; may be NULL */
  const coffer_store_put* puts;      /* PUT */
  const coffer_ttl* ttls;            /* TOUCH */
  coffer_entry* entries;             /* GET: out */
  uint64_t* versions;                /* PUT: out, may be NULL */
  coffer_outcome* each;              /* out */
  coffer_sink* sink;
} coffer_store_batch;

/* Append only. */
typedef struct coffer_store_async {
  uint32_t struct_size;
  uint32_t reserved;

  /* Starts a batch. After COFFER_OK the store calls host->complete(token, status) exactly once,
   * from any thread, even before submit returns; after a failure never. [any-thread no-block] */
  coffer_status (*submit)(void* self, const coffer_store_batch* batch, uint64_t token);

  /* Asks to finish early; completion still arrives, as COFFER_CANCELLED or done. [any-thread
   * no-block] */
  void (*cancel)(void* self, uint64_t token);
} coffer_store_async;

#ifdef __cplusplus
}
#endif
#endif /* COFFER_PLUGIN_STORE_ASYNC_H_ */
