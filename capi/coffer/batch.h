/* coffer/batch.h: many operations in one call, at once or later.
 *
 * A store sees consecutive operations of one kind as one batch: N keys, one round trip. Operations
 * on the same key act in order. Every operation has an answer of its own; the call's own status
 * only tells whether the batch ran. */
#ifndef COFFER_BATCH_H_
#define COFFER_BATCH_H_

#include "coffer/queue.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
  COFFER_OP_GET = 1, /* result.entry */
  COFFER_OP_PUT = 2, /* value, put; result.version */
  COFFER_OP_DELETE = 3,
  COFFER_OP_TOUCH = 4,  /* put.ttl */
  COFFER_OP_EXISTS = 5, /* result.entry without bytes */
  COFFER_OP_INCR = 6    /* number = delta, initial, put.ttl; result.number. With put.mode
                           COFFER_PUT_REPLACE only a counter that is there, else COFFER_MISS */
};

/* One operation. Start from all zero with struct_size set. Append only: arrays carry a stride. */
typedef struct coffer_op {
  uint32_t struct_size;
  int32_t kind; /* COFFER_OP_* */
  coffer_bytes key;
  coffer_bytes value;
  void* object; /* PUT: instead of value, with object_type */
  const coffer_object_type* object_type;
  int64_t number;
  int64_t initial;
  coffer_put_options put; /* its struct_size may be 0: all defaults */
} coffer_op;

/* The answer to one operation. Frozen. */
typedef struct coffer_result {
  coffer_status status;
  uint32_t flags; /* COFFER_FAIL_* */
  uint64_t version;
  int64_t number;
  coffer_entry entry; /* GET: the caller's to release */
} coffer_result;

/* Runs `count` operations laid out `stride` bytes apart and writes `count` results. [any-thread] */
COFFER_API coffer_status coffer_run(coffer_cache* cache, const coffer_op* ops, size_t count,
                                    size_t stride, coffer_result* results, coffer_error** error);

/* The same without waiting: keys and values are copied, and exactly one COFFER_EVENT_COMPLETION
 * with `tag` arrives in `queue`, unless this call fails. [any-thread no-block] */
COFFER_API coffer_status coffer_submit(coffer_cache* cache, const coffer_op* ops, size_t count,
                                       size_t stride, coffer_queue* queue, uint64_t tag,
                                       coffer_error** error);

#ifdef __cplusplus
}
#endif
#endif /* COFFER_BATCH_H_ */
