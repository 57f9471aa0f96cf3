/* coffer/error.h: what went wrong, for a person and for a program.
 *
 * A function that takes `coffer_error** error` always writes it: NULL on any outcome below 16, else
 * a new error that the caller owns and releases. Pass NULL if the status is enough. */
#ifndef COFFER_ERROR_H_
#define COFFER_ERROR_H_

#include "coffer/base.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct coffer_error coffer_error;

/* The status the failed call returned. NULL gives COFFER_OK. [any-thread] */
COFFER_API coffer_status coffer_error_status(const coffer_error* error);

/* COFFER_FAIL_* flags. [any-thread] */
COFFER_API uint32_t coffer_error_flags(const coffer_error* error);

/* How long to wait before a retry, in nanoseconds; 0 if unknown or not retriable. [any-thread] */
COFFER_API int64_t coffer_error_retry_after(const coffer_error* error);

/* One sentence in English: what failed, on what, what to do. UTF-8, lives as long as the error.
 * [any-thread] */
COFFER_API const char* coffer_error_message(const coffer_error* error);

/* A named detail ("plugin", "option", "path", "phase", "offset", ...) or NULL if the error has none
 * of that name. Lives as long as the error. [any-thread] */
COFFER_API const char* coffer_error_detail(const coffer_error* error, const char* name);

/* Frees the error. NULL is allowed. [any-thread] */
COFFER_API void coffer_error_release(coffer_error* error);

/* The failure slot of a call in progress: a callback of yours that was handed one says here why it
 * fails, and returns the same status. The last one counts. Opaque, owned by the core, valid for the
 * call. */
typedef struct coffer_sink coffer_sink;

/* Records a failure. `message` is copied, UTF-8. NULL sink is allowed. Returns `status`.
 * [any-thread] */
COFFER_API coffer_status coffer_sink_fail(coffer_sink* sink, coffer_status status, uint32_t flags,
                                          const char* message);

/* The name of a status without its prefix: "MISS", "TIMEOUT"; "UNKNOWN" for values of a later
 * release. Static. [any-thread] */
COFFER_API const char* coffer_status_name(coffer_status status);

#ifdef __cplusplus
}
#endif
#endif /* COFFER_ERROR_H_ */
