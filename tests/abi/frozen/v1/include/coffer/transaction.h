/* coffer/transaction.h: a cache beside a database transaction.
 *
 * What a transaction has written nobody else may see before it commits, and what it reads may never
 * be seen at all if it rolls back. So a dirty transaction neither reads nor writes the cache, and
 * its events wait until it commits. A transaction is a handle that is passed along, not a property
 * of a thread: it may be used from any thread, one at a time or several. Order for a caller: commit
 * the database first, then coffer_txn_commit. */
#ifndef COFFER_TRANSACTION_H_
#define COFFER_TRANSACTION_H_

#include "coffer/cache.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct coffer_txn coffer_txn;

/* Begins one. `*out` is the caller's to release. [any-thread no-block] */
COFFER_API coffer_status coffer_txn_begin(coffer_runtime* runtime, coffer_txn** out,
                                          coffer_error** error);

/* Opens a savepoint within it; savepoints nest. [any-thread no-block] */
COFFER_API coffer_status coffer_txn_savepoint(coffer_txn* txn, coffer_error** error);

/* Ends the innermost savepoint, or, with none open, the transaction.
 * commit: what was queued since moves to the level around it; at the outermost it is played now:
 * all of it, even if some fails, and the first failure is returned. rollback: it is dropped, and
 * the level is no longer dirty. COFFER_INVALID_STATE once the transaction has ended. [any-thread]
 */
COFFER_API coffer_status coffer_txn_commit(coffer_txn* txn, coffer_error** error);
COFFER_API coffer_status coffer_txn_rollback(coffer_txn* txn, coffer_error** error);

/* Says that the transaction has written to the database: until the level ends it bypasses the
 * cache. [any-thread no-block] */
COFFER_API coffer_status coffer_txn_mark_dirty(coffer_txn* txn, coffer_error** error);

/* 1 if any open level is dirty, else 0. [any-thread no-block] */
COFFER_API int32_t coffer_txn_is_dirty(const coffer_txn* txn);

/* Between the two, events given to this transaction are dropped: for bulk work after which the
 * caller invalidates once. They nest. resume without suspend is COFFER_INVALID_STATE. [any-thread
 * no-block] */
COFFER_API coffer_status coffer_txn_suspend_events(coffer_txn* txn, coffer_error** error);
COFFER_API coffer_status coffer_txn_resume_events(coffer_txn* txn, coffer_error** error);

/* Gives the handle back; what has not been committed is dropped. NULL is allowed. [any-thread] */
COFFER_API void coffer_txn_release(coffer_txn* txn);

#ifdef __cplusplus
}
#endif
#endif /* COFFER_TRANSACTION_H_ */
