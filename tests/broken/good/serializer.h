/* A small serializer that keeps every promise: a tag, then a length or eight bytes, then the bytes.
 * It holds every value there is. */
#ifndef COFFER_TESTS_BROKEN_GOOD_SERIALIZER_H_
#define COFFER_TESTS_BROKEN_GOOD_SERIALIZER_H_

#include "coffer/plugin/plugin.h"

#ifdef __cplusplus
extern "C" {
#endif

void good_serializer_fill(const char* id, coffer_plugin_info* info, coffer_serializer* table);
coffer_status good_serializer_create(const coffer_host* host, const coffer_serializer* table,
                                     coffer_instance* out, coffer_sink* sink);

/* For faults that do something of their own before or after. An instance's self is its host. */
extern const coffer_serializer good_serializer;

#ifdef __cplusplus
}
#endif
#endif /* COFFER_TESTS_BROKEN_GOOD_SERIALIZER_H_ */
