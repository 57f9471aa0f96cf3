/* coffer/plugin/codec.h: a codec turns bytes into other bytes and back: compression, encryption. */
#ifndef COFFER_PLUGIN_CODEC_H_
#define COFFER_PLUGIN_CODEC_H_

#include "coffer/plugin/host.h"
#include "coffer/plugin/serializer.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
  COFFER_CODEC_COMPRESSES = 1u, /* makes bytes fewer; may leave bytes alone for which that fails */
  COFFER_CODEC_ENCRYPTS = 2u    /* hides and authenticates; never leaves bytes alone */
};

enum { COFFER_CODEC_MAX_PARAMETERS = 64 };

/* What a codec tells of one encoding, beside the bytes. All zero before the call. Frozen. */
typedef struct coffer_codec_note {
  /* 1: the bytes stay as they are, because they are too few or would not become fewer. Only with
   * COFFER_CODEC_COMPRESSES; what was written is dropped. */
  uint32_t skipped;
  /* What `decode` needs of this encoding, and anybody may see: the size, the id of a key. Kept with
   * the entry. */
  uint32_t parameters_size;
  unsigned char parameters[COFFER_CODEC_MAX_PARAMETERS];
} coffer_codec_note;

/* All functions are [any-thread]; calls overlap. `context` is what the bytes belong to, for a codec
 * that encrypts: the key and the other fields of the entry, in the form that core/meta/entry.proto
 * publishes. The same bytes are given to `encode` and `decode`, and need not be stored. The codec
 * authenticates them, so that nobody can serve one entry for another or change what is known of it.
 * Codecs that do not encrypt are given none. Append only. */
typedef struct coffer_codec {
  uint32_t struct_size;
  uint32_t codec; /* published id, 16 and up; 1024 and up for third parties */
  uint64_t caps;  /* COFFER_CODEC_*, the same as in the plugin's info */

  /* Ends the instance. */
  void (*destroy)(void* self);

  /* Writes the encoded bytes. With COFFER_CODEC_COMPRESSES at most `max_size` of them, or the note
   * says skipped: the host asks for fewer than it has. Others ignore `max_size`. A failure of `out`
   * is passed through as it is, without calling host->fail. */
  coffer_status (*encode)(void* self, coffer_bytes bytes, coffer_bytes context, uint64_t max_size,
                          const coffer_writer* out, coffer_codec_note* note, coffer_sink* sink);

  /* Writes the bytes that were encoded. Input and parameters are hostile: what is malformed, or not
   * authentic, is COFFER_CORRUPT; a key that the codec does not have is COFFER_DENIED and named. If
   * the result is larger than `max_size` the answer is COFFER_TOO_LARGE, and neither more than
   * `max_size` is reserved in all nor more memory taken than a small multiple of input and
   * `max_size`: no claim of the input is believed. No byte of what is not authentic is committed. A
   * failure of `out` is passed through as in `encode`. */
  coffer_status (*decode)(void* self, coffer_bytes bytes, coffer_bytes context,
                          coffer_bytes parameters, uint64_t max_size, const coffer_writer* out,
                          coffer_sink* sink);
} coffer_codec;

#ifdef __cplusplus
}
#endif
#endif /* COFFER_PLUGIN_CODEC_H_ */
