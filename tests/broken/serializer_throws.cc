// Lets an exception out of decode.
#include <stdexcept>

#include "tests/broken/plugin.h"

static coffer_status decode(void*, coffer_bytes, const coffer_visitor*, const coffer_limits*,
                            coffer_sink*) {
  throw std::runtime_error("thrown on purpose");
}

COFFER_TEST_PLUGIN(serializer, "serializer_throws", , table.decode = decode)
