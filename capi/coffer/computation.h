/* coffer/computation.h: which values a piece of work computes, so that nobody waits for itself.
 *
 * A computation that waits for a value (coffer_lease_wait, coffer_lease_notify) which is computed
 * by itself, or by another one that waits for it in turn, would wait until `hard` passes. Such a
 * wait is refused at once: COFFER_INVALID_STATE, with a message that names the keys of the cycle;
 * whoever has a stale entry and asked for it (a `soft` deadline, COFFER_ON_ERROR_STALE) gets that.
 * Keys are compared as they are stored, with their namespace, and together with their store,
 * however many handles there are on it.
 *
 * coffer_get_or_load does all this by itself. Programs that lead with coffer_fetch say what they
 * compute:
 *
 *   coffer_computation* mine;
 *   coffer_computation_begin(cache, &key, &lease, 1, &mine, NULL);
 *   coffer_computation* outer = coffer_computation_enter(mine);
 *   ... compute: what this thread waits for now, `mine` waits for ...
 *   coffer_computation_enter(outer);
 *   coffer_computation_end(mine);
 *   ... commit ...
 *
 * An event loop enters the computation of a task around each coffer_computation_begin and
 * coffer_lease_notify of that task. A computation that has others work for it hands them a
 * reference (coffer_computation_share) to enter on their threads. Work that the computation does
 * not wait for enters none: it may well wait for the computation.
 */
#ifndef COFFER_COMPUTATION_H_
#define COFFER_COMPUTATION_H_

#include "coffer/fetch.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The computation of one or more keys. It is part of the one in which it was begun, until it ends.
 */
typedef struct coffer_computation coffer_computation;

/* Begins the computation of `count` keys, as part of the one the calling thread is in, if any.
 * `leases` (may be NULL) are the leads they are computed for, 0 for none. COFFER_INVALID_STATE if
 * one of the keys is being computed by what this is a part of: then a cycle begins. `out` receives
 * a reference, for coffer_computation_end. [any-thread] */
COFFER_API coffer_status coffer_computation_begin(coffer_cache* cache, const coffer_bytes* keys,
                                                  const coffer_lease* leases, size_t count,
                                                  coffer_computation** out, coffer_error** error);

/* Nothing is waited for any more: commit or abandon the leases next. Gives back the reference.
 * Does nothing for NULL. [any-thread no-block] */
COFFER_API void coffer_computation_end(coffer_computation* computation);

/* Makes `computation`, or none if NULL, the one the calling thread is in. Returns the one before,
 * or NULL: enter that again afterwards. Takes and gives no reference: each must outlive the time
 * in which a thread is in it. [any-thread no-block] */
COFFER_API coffer_computation* coffer_computation_enter(coffer_computation* computation);

/* A reference to the computation the calling thread is in, or NULL: for other threads that work for
 * it. [any-thread no-block] */
COFFER_API coffer_computation* coffer_computation_share(void);

/* Gives back a reference of coffer_computation_share. Does nothing for NULL.
 * [any-thread no-block] */
COFFER_API void coffer_computation_release(coffer_computation* computation);

#ifdef __cplusplus
}
#endif
#endif /* COFFER_COMPUTATION_H_ */
