/* Writes more bytes than it was asked for, where compression does not help. */
#include "tests/broken/plugin.h"

static coffer_status encode(void* self, coffer_bytes bytes, coffer_bytes context, uint64_t max_size,
                            const coffer_writer* out, coffer_codec_note* note, coffer_sink* sink) {
  (void)max_size;
  return good_codec.encode(self, bytes, context, UINT64_MAX, out, note, sink);
}

COFFER_TEST_PLUGIN(codec, "codec_swells", , table.encode = encode)
