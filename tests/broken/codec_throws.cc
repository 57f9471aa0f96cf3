// Lets an exception out of encode.
#include <stdexcept>

#include "tests/broken/plugin.h"

static coffer_status encode(void*, coffer_bytes, coffer_bytes, uint64_t, const coffer_writer*,
                            coffer_codec_note*, coffer_sink*) {
  throw std::runtime_error("thrown on purpose");
}

COFFER_TEST_PLUGIN(codec, "codec_throws", , table.encode = encode)
