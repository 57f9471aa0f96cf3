/* coffer/invalidate.h: events that end cached values.
 *
 * After COFFER_OK no value computed before the event is served to anyone who asks from now on, also
 * none whose computation is still running. The cost does not depend on how many entries that ends.
 * With a transaction
 * (`txn`, may be NULL) the event waits for its commit. On a failure the caller should try again:
 * what the event did not reach may be served. All functions are [any-thread]. */
#ifndef COFFER_INVALIDATE_H_
#define COFFER_INVALIDATE_H_

#include "coffer/dependency.h"
#include "coffer/transaction.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Ends what depends on any of the tags. */
COFFER_API coffer_status coffer_invalidate_tags(coffer_cache* cache, coffer_txn* txn,
                                                const coffer_bytes* tags, size_t count,
                                                coffer_error** error);

/* Ends what depends on any row of the space: after a bulk write, or one whose rows are not known.
 */
COFFER_API coffer_status coffer_invalidate_space(coffer_cache* cache, coffer_txn* txn,
                                                 coffer_bytes space, coffer_error** error);

/* A row of the space was inserted (`old_row` NULL), changed, or deleted (`new_row` NULL): ends what
 * depends on conjunctions that either state satisfies. A row should have all columns that
 * conditions use; if one is missing, everything that depends on the space ends, for it might
 * matter. Costs as much as there are different sets of columns in use as conditions on the space.
 */
COFFER_API coffer_status coffer_row_event(coffer_cache* cache, coffer_txn* txn, coffer_bytes space,
                                          const coffer_cells* old_row, const coffer_cells* new_row,
                                          coffer_error** error);

/* Removes the entry under a key, as coffer_delete does, once the transaction commits. */
COFFER_API coffer_status coffer_txn_delete(coffer_cache* cache, coffer_txn* txn, const void* key,
                                           size_t key_size, coffer_error** error);

/* Ends every entry of the handle's namespace and of those nested in it (of the whole store if it
 * has none), and every computation under way. At once, whatever transactions are open. The memory
 * is given back in the background. */
COFFER_API coffer_status coffer_clear(coffer_cache* cache, coffer_error** error);

/* Removes, one by one, the entries whose keys start with `prefix` (in this handle's namespace), and
 * counts them; `removed` may be NULL. Costs as much as there are entries in the store; unlike the
 * events above, it keeps nobody from storing a value that was being computed under such a key by
 * another process meanwhile. */
COFFER_API coffer_status coffer_remove_prefix(coffer_cache* cache, const void* prefix,
                                              size_t prefix_size, uint64_t* removed,
                                              coffer_error** error);

#ifdef __cplusplus
}
#endif
#endif /* COFFER_INVALIDATE_H_ */
