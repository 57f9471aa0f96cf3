/* Believes that the input is as long as a value takes. */
#include "tests/broken/plugin.h"

static coffer_status decode(void* self, coffer_bytes bytes, const coffer_visitor* into,
                            const coffer_limits* limits, coffer_sink* sink) {
  const volatile char last = ((const char*)bytes.data)[bytes.size < 9 ? 8 : bytes.size - 1];
  (void)last;
  return good_serializer.decode(self, bytes, into, limits, sink);
}

COFFER_TEST_PLUGIN(serializer, "serializer_crashes_on_truncation", , table.decode = decode)
