/* A small store that keeps every promise: one lock around one map. */
#ifndef COFFER_TESTS_BROKEN_GOOD_STORE_H_
#define COFFER_TESTS_BROKEN_GOOD_STORE_H_

#include "coffer/plugin/plugin.h"
#include "coffer/plugin/store_async.h"

#ifdef __cplusplus
extern "C" {
#endif

void good_store_fill(const char* id, coffer_plugin_info* info, coffer_store* table);
coffer_status good_store_create(const coffer_host* host, const coffer_store* table,
                                coffer_instance* out, coffer_sink* sink);

/* For faults that do something of their own before or after. */
const coffer_host* good_store_host(void* self);
extern const coffer_store good_store;
extern const coffer_store_async good_store_async;

/* Whether there is an entry, and its version. Does not count as use. */
uint64_t good_store_version(void* self, const coffer_key* key);

#ifdef __cplusplus
}
#endif
#endif /* COFFER_TESTS_BROKEN_GOOD_STORE_H_ */
