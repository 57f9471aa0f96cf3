/* Allocates what a length in the input merely claims. */
#include <stdlib.h>

#include "tests/broken/plugin.h"

static coffer_status decode(void* self, coffer_bytes bytes, const coffer_visitor* into,
                            const coffer_limits* limits, coffer_sink* sink) {
  uint64_t claimed = 0;
  if (bytes.size >= 9) memcpy(&claimed, (const char*)bytes.data + 1, 8);
  void* volatile room = malloc(claimed % 100000000);
  free(room);
  return good_serializer.decode(self, bytes, into, limits, sink);
}

COFFER_TEST_PLUGIN(serializer, "serializer_trusts_length", , table.decode = decode)
