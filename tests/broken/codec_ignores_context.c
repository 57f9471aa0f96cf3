/* Encrypts without a thought for what the bytes belong to. */
#include "tests/broken/plugin.h"

static const coffer_bytes none;

static coffer_status encode(void* self, coffer_bytes bytes, coffer_bytes context, uint64_t max_size,
                            const coffer_writer* out, coffer_codec_note* note, coffer_sink* sink) {
  (void)context;
  return good_cipher.encode(self, bytes, none, max_size, out, note, sink);
}

static coffer_status decode(void* self, coffer_bytes bytes, coffer_bytes context,
                            coffer_bytes parameters, uint64_t max_size, const coffer_writer* out,
                            coffer_sink* sink) {
  (void)context;
  return good_cipher.decode(self, bytes, none, parameters, max_size, out, sink);
}

COFFER_TEST_PLUGIN(codec, "codec_ignores_context", info.caps = good_cipher.caps,
                   (table = good_cipher, table.encode = encode, table.decode = decode))
