/* coffer/scan.h: list the keys of a cache, a page at a time.
 *
 * A key that stays in the cache during the whole scan is reported exactly once; one that comes or
 * goes meanwhile may or may not be. A scan is used by one thread at a time and may be released at
 * any point. */
#ifndef COFFER_SCAN_H_
#define COFFER_SCAN_H_

#include "coffer/cache.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct coffer_scan coffer_scan;

enum {
  COFFER_SCAN_PREFIX = 0, /* keys that start with the pattern; an empty one means all */
  COFFER_SCAN_GLOB =
      1 /* '*' any run, '?' any byte, [a-z] [!x] sets, '\' quotes; the whole key must match */
};

/* Starts a scan over the handle's namespace; keys are reported without the namespace.
 * COFFER_UNSUPPORTED if the store cannot list its keys. [any-thread] */
COFFER_API coffer_status coffer_scan_open(coffer_cache* cache, int32_t kind, const void* pattern,
                                          size_t pattern_size, coffer_scan** out,
                                          coffer_error** error);

/* Fills up to `capacity` views of keys, valid until the next call on this scan, and their number.
 * COFFER_OK (the number may be 0 before the end), or COFFER_END once there are no more. */
COFFER_API coffer_status coffer_scan_next(coffer_scan* scan, coffer_bytes* keys, size_t capacity,
                                          size_t* count, coffer_error** error);

/* NULL is allowed. */
COFFER_API void coffer_scan_release(coffer_scan* scan);

#ifdef __cplusplus
}
#endif
#endif /* COFFER_SCAN_H_ */
