/* coffer/serializer.h: serializers by themselves: bytes to neutral value and back, without a cache.
 */
#ifndef COFFER_SERIALIZER_H_
#define COFFER_SERIALIZER_H_

#include "coffer/runtime.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct coffer_serializer_handle coffer_serializer_handle;

/* Opens the serializer plugin `name` with its own options. [any-thread] */
COFFER_API coffer_status coffer_serializer_open(coffer_runtime* runtime, const char* name,
                                                const coffer_option* options, size_t count,
                                                coffer_serializer_handle** out,
                                                coffer_error** error);

/* NULL is allowed. [any-thread] */
COFFER_API void coffer_serializer_release(coffer_serializer_handle* serializer);

/* The published format id (entry.format) and media type ("application/json"). [any-thread] */
COFFER_API uint32_t coffer_serializer_format(const coffer_serializer_handle* serializer);
COFFER_API const char* coffer_serializer_media_type(const coffer_serializer_handle* serializer);

/* Bytes that the library allocated. */
typedef struct coffer_buffer {
  void* data;
  size_t size;
} coffer_buffer;
COFFER_API void coffer_buffer_release(coffer_buffer* buffer);

/* Encodes one value; `*out` is the caller's to release. `limits` may be NULL: the defaults, the
 * same as for decoding, so that what was written can be read back (and a value that contains itself
 * is an error, not an endless loop). [any-thread] */
COFFER_API coffer_status coffer_encode(coffer_serializer_handle* serializer,
                                       const coffer_value* value, const coffer_limits* limits,
                                       coffer_buffer* out, coffer_error** error);

/* Where a long encoding goes, piece by piece. Frozen. */
typedef struct coffer_output {
  void* self;
  /* Takes `size` bytes, borrowed for the call. A failure ends the encoding, which returns it. One
   * thread at a time. */
  coffer_status (*write)(void* self, const void* data, size_t size);
} coffer_output;

/* As coffer_encode, but hands the bytes on as they come, in pieces of about 64 KiB: with a value
 * that is decoded from a file as it plays (coffer_decoding), memory does not grow with the value.
 * What was handed on before a failure is no whole value. [any-thread] */
COFFER_API coffer_status coffer_encode_to(coffer_serializer_handle* serializer,
                                          const coffer_value* value, const coffer_limits* limits,
                                          const coffer_output* out, coffer_error** error);

/* Decodes one value into `into`. `limits` may be NULL. COFFER_CORRUPT with detail "offset" for
 * malformed input. [any-thread] */
COFFER_API coffer_status coffer_decode(coffer_serializer_handle* serializer, const void* data,
                                       size_t size, const coffer_visitor* into,
                                       const coffer_limits* limits, coffer_error** error);

/* Bytes seen as a value that can be played into another serializer's coffer_encode: transcoding
 * without a tree. */
typedef struct coffer_decoding {
  coffer_serializer_handle* serializer;
  coffer_bytes bytes;
  const coffer_limits* limits; /* may be NULL */
} coffer_decoding;

/* `*out` borrows `decoding` and all it points to. [any-thread] */
COFFER_API void coffer_decoding_value(coffer_decoding* decoding, coffer_value* out);

#ifdef __cplusplus
}
#endif
#endif /* COFFER_SERIALIZER_H_ */
