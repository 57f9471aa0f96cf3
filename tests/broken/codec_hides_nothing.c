/* Claims to encrypt, and leaves the bytes readable. */
#include "tests/broken/plugin.h"

static coffer_status copy(coffer_bytes bytes, const coffer_writer* out) {
  coffer_status status = COFFER_EXHAUSTED;
  void* room = out->reserve(out->self, bytes.size + 1, &status);
  if (room == NULL) return status;
  if (bytes.size > 0) memcpy(room, bytes.data, bytes.size);
  out->commit(out->self, bytes.size);
  return COFFER_OK;
}

static coffer_status encode(void* self, coffer_bytes bytes, coffer_bytes context, uint64_t max_size,
                            const coffer_writer* out, coffer_codec_note* note, coffer_sink* sink) {
  (void)self, (void)context, (void)max_size, (void)note, (void)sink;
  return copy(bytes, out);
}

static coffer_status decode(void* self, coffer_bytes bytes, coffer_bytes context,
                            coffer_bytes parameters, uint64_t max_size, const coffer_writer* out,
                            coffer_sink* sink) {
  (void)context, (void)parameters;
  if (bytes.size > max_size)
    return coffer_plugin_fail(self, sink, COFFER_TOO_LARGE, "more than is allowed");
  return copy(bytes, out);
}

COFFER_TEST_PLUGIN(codec, "codec_hides_nothing", info.caps = good_cipher.caps,
                   (table = good_cipher, table.encode = encode, table.decode = decode))
