/* Decodes whatever is there, however deep and long. */
#include "tests/broken/plugin.h"

static coffer_status decode(void* self, coffer_bytes bytes, const coffer_visitor* into,
                            const coffer_limits* limits, coffer_sink* sink) {
  const coffer_limits none = {sizeof(none), UINT32_MAX, UINT64_MAX, UINT64_MAX};
  (void)limits;
  return good_serializer.decode(self, bytes, into, &none, sink);
}

COFFER_TEST_PLUGIN(serializer, "serializer_ignores_limits", , table.decode = decode)
