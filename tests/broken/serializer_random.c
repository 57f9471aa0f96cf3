/* Says that equal values give equal bytes, and numbers them. */
#include "tests/broken/plugin.h"

static coffer_status encode(void* self, const coffer_value* value, const coffer_writer* out,
                            coffer_sink* sink) {
  static uint64_t calls;
  coffer_status status = COFFER_OK;
  const uint64_t call = __atomic_add_fetch(&calls, 1, __ATOMIC_RELAXED);
  void* room = out->reserve(out->self, sizeof(call), &status);
  if (room == NULL) return status;
  memcpy(room, &call, sizeof(call));
  out->commit(out->self, sizeof(call));
  return good_serializer.encode(self, value, out, sink);
}

static coffer_status decode(void* self, coffer_bytes bytes, const coffer_visitor* into,
                            const coffer_limits* limits, coffer_sink* sink) {
  const size_t skipped = bytes.size < 8 ? bytes.size : 8;
  const coffer_bytes rest = {(const char*)bytes.data + skipped, bytes.size - skipped};
  return good_serializer.decode(self, rest, into, limits, sink);
}

COFFER_TEST_PLUGIN(serializer, "serializer_random", , table.encode = encode; table.decode = decode)
