/* Answers with a status of its own when the visitor fails. */
#include "tests/broken/plugin.h"

static coffer_status decode(void* self, coffer_bytes bytes, const coffer_visitor* into,
                            const coffer_limits* limits, coffer_sink* sink) {
  const coffer_status status = good_serializer.decode(self, bytes, into, limits, sink);
  return status == COFFER_CANCELLED ? COFFER_OK : status;
}

COFFER_TEST_PLUGIN(serializer, "serializer_swallows_failure", , table.decode = decode)
