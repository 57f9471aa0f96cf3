/* coffer/queue.h: what the core has to tell: completions, events, logs, metrics.
 *
 * The core never calls into a program from threads of its own. It puts events into queues; a
 * program polls one when it likes, or waits for its file descriptor in an event loop. */
#ifndef COFFER_QUEUE_H_
#define COFFER_QUEUE_H_

#include "coffer/cache.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct coffer_queue coffer_queue;

/* Kinds of event, also the bits of a subscription mask. */
enum {
  COFFER_EVENT_COMPLETION =
      1u, /* a batch submitted with this queue is done: tag, status, error, results */
  COFFER_EVENT_LOG = 2u,      /* severity, text */
  COFFER_EVENT_EVICT = 4u,    /* key left for lack of room */
  COFFER_EVENT_EXPIRE = 8u,   /* key was swept after its time */
  COFFER_EVENT_CLEAR = 16u,   /* a namespace was cleared: key is the namespace */
  COFFER_EVENT_METRICS = 32u, /* one per open cache at each housekeeping: stats */
  COFFER_EVENT_OBJECTS = 64u, /* objects wait for coffer_object_drain: object_type */
  COFFER_EVENT_DROPPED =
      128u, /* the queue was full: number of events lost before this one (not completions) */
  COFFER_EVENT_LEASE =
      256u, /* coffer_lease_wait has an answer: tag, number the lease; never dropped either */
  COFFER_EVENT_INVALIDATE =
      512u, /* stamps moved: key is the tag or space, text "tag", "space" or "row" */
  COFFER_EVENT_READ =
      1024u /* a key was fetched: key, text "hit", "null", "stale", "lead", "wait" or "miss", number
               the entry's age in nanoseconds; many: subscribe to it for debugging */
};

/* Severities of COFFER_EVENT_LOG. */
enum {
  COFFER_LOG_DEBUG = 0,
  COFFER_LOG_INFO = 1,
  COFFER_LOG_WARNING = 2,
  COFFER_LOG_ERROR = 3,
  COFFER_LOG_PLUGIN_MISBEHAVING = 4
};

struct coffer_result; /* coffer/batch.h */

/* One event. Views and pointers belong to the event, until coffer_event_release. Append only. */
typedef struct coffer_event {
  uint32_t struct_size;
  uint32_t kind;                         /* one COFFER_EVENT_* */
  uint64_t tag;                          /* COMPLETION, LEASE: as given with the call */
  coffer_time at;                        /* when it happened */
  coffer_status status;                  /* COMPLETION */
  int32_t severity;                      /* LOG */
  const char* cache;                     /* name of the cache or store it is about, or "" */
  coffer_bytes key;                      /* EVICT, EXPIRE, CLEAR, INVALIDATE, READ */
  coffer_bytes text;                     /* LOG, INVALIDATE, READ */
  uint64_t number;                       /* DROPPED, LEASE, READ */
  const coffer_stats* stats;             /* METRICS */
  const coffer_object_type* object_type; /* OBJECTS */
  struct coffer_result* results;         /* COMPLETION */
  size_t result_count;
  coffer_error* error; /* COMPLETION: NULL or why the batch as a whole failed */
  void* owner;         /* private */
} coffer_event;

/* Creates a queue that keeps at most `capacity` events (0: 65536) besides completions, which are
 * never dropped. [any-thread] */
COFFER_API coffer_status coffer_queue_create(coffer_runtime* runtime, size_t capacity,
                                             coffer_queue** out, coffer_error** error);

/* Chooses what the queue hears of the runtime: a mask of COFFER_EVENT_*, replacing the former one.
 * COMPLETION comes always, LOG only from `severity` up. [any-thread] */
COFFER_API void coffer_queue_subscribe(coffer_queue* queue, uint32_t mask, int32_t severity);

/* A file descriptor that is readable while the queue has events; the queue's own, do not read or
 * close it. [any-thread] */
COFFER_API int coffer_queue_fd(const coffer_queue* queue);

/* Takes up to `capacity` events, waiting up to `timeout` nanoseconds for the first (0: not at all,
 * -1: for ever). Returns their number. Each struct's struct_size must be set before the call, or be
 * 0 for this header's size. [any-thread] */
COFFER_API size_t coffer_queue_poll(coffer_queue* queue, coffer_event* out, size_t capacity,
                                    int64_t timeout);

/* Frees what an event carries (its results' entries too, unless they were moved out and zeroed).
 * [any-thread] */
COFFER_API void coffer_event_release(coffer_event* event);

/* Closes the queue. Batches still running complete into nothing. NULL is allowed. [any-thread] */
COFFER_API void coffer_queue_release(coffer_queue* queue);

#ifdef __cplusplus
}
#endif
#endif /* COFFER_QUEUE_H_ */
