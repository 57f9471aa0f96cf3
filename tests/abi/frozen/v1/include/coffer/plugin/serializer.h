/* coffer/plugin/serializer.h: a serializer turns a neutral value into bytes and back. */
#ifndef COFFER_PLUGIN_SERIALIZER_H_
#define COFFER_PLUGIN_SERIALIZER_H_

#include "coffer/plugin/host.h"
#include "coffer/value.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
  COFFER_SERIALIZER_DETERMINISTIC = 1u, /* equal values give equal bytes */
  COFFER_SERIALIZER_TEXT = 2u           /* the bytes are readable text */
};

/* Where encoded bytes go. Valid for the call. Frozen. */
typedef struct coffer_writer {
  void* self;
  /* Room for at least `size` more bytes, or NULL (then return COFFER_EXHAUSTED or COFFER_TOO_LARGE
   * as `status`). Room reserved before and not kept is gone. Reserve what will be written, or up to
   * 64 KiB more. */
  void* (*reserve)(void* self, size_t size, coffer_status* status);
  /* Keeps the first `size` bytes of the room reserved last. */
  void (*commit)(void* self, size_t size);
} coffer_writer;

/* All functions are [any-thread]; calls overlap. Append only. */
typedef struct coffer_serializer {
  uint32_t struct_size;
  uint32_t format; /* published id, 16 and up; 1024 and up for third parties */
  uint64_t caps;   /* COFFER_SERIALIZER_* */
  const char* media_type;

  /* Ends the instance. */
  void (*destroy)(void* self);

  /* Writes one value. A value it cannot hold is COFFER_UNSUPPORTED with detail "at" naming the path
   * ("$.items[3].price"); nothing is changed silently. A failure of `value` or of `out` is passed
   * through as it is, without calling host->fail. */
  coffer_status (*encode)(void* self, const coffer_value* value, const coffer_writer* out,
                          coffer_sink* sink);

  /* Plays one value. Input is hostile: malformed or trailing bytes are COFFER_CORRUPT with detail
   * "offset", limits are kept (`limits` is never NULL, fields never 0), nothing is executed, and
   * memory stays within a small multiple of the input. A failure of the visitor is passed through
   * as it is, without calling host->fail. */
  coffer_status (*decode)(void* self, coffer_bytes bytes, const coffer_visitor* into,
                          const coffer_limits* limits, coffer_sink* sink);
} coffer_serializer;

#ifdef __cplusplus
}
#endif
#endif /* COFFER_PLUGIN_SERIALIZER_H_ */
