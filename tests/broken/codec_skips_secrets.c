/* Claims to encrypt, and leaves short values alone. */
#include "tests/broken/plugin.h"

static coffer_status encode(void* self, coffer_bytes bytes, coffer_bytes context, uint64_t max_size,
                            const coffer_writer* out, coffer_codec_note* note, coffer_sink* sink) {
  if (bytes.size >= 8) return good_cipher.encode(self, bytes, context, max_size, out, note, sink);
  note->skipped = 1;
  return COFFER_OK;
}

COFFER_TEST_PLUGIN(codec, "codec_skips_secrets", info.caps = good_cipher.caps,
                   (table = good_cipher, table.encode = encode))
