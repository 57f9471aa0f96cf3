/* Makes room for whatever size the parameters claim. */
#include "tests/broken/plugin.h"

static coffer_status decode(void* self, coffer_bytes bytes, coffer_bytes context,
                            coffer_bytes parameters, uint64_t max_size, const coffer_writer* out,
                            coffer_sink* sink) {
  (void)max_size;
  return good_codec.decode(self, bytes, context, parameters, UINT64_MAX, out, sink);
}

COFFER_TEST_PLUGIN(codec, "codec_believes_size", , table.decode = decode)
