/* Does not say where the input is corrupt. */
#include "tests/broken/plugin.h"

static coffer_status decode(void* self, coffer_bytes bytes, const coffer_visitor* into,
                            const coffer_limits* limits, coffer_sink* sink) {
  if (bytes.size < 9) return coffer_plugin_fail(self, sink, COFFER_CORRUPT, "it is too short");
  return good_serializer.decode(self, bytes, into, limits, sink);
}

COFFER_TEST_PLUGIN(serializer, "serializer_no_offset", , table.decode = decode)
