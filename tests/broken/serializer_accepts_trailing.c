/* Stops reading after the value, whatever follows. */
#include "tests/broken/plugin.h"

/* The size of the value at the front of `bytes`, as good/serializer.cc writes it; its own size if
 * there is none. */
static size_t first_value(coffer_bytes bytes) {
  const char* p = bytes.data;
  size_t at = 0;
  int depth = 0;
  do {
    uint64_t number;
    if (bytes.size - at < 9) return bytes.size;
    memcpy(&number, p + at + 1, 8);
    depth += p[at] == '[' || p[at] == '{';
    depth -= p[at] == ']' || p[at] == '}';
    const int sized = p[at] == 's' || p[at] == 'b' || p[at] == 'I';
    at += 9;
    if (sized && number > bytes.size - at) return bytes.size;
    if (sized) at += number;
  } while (depth > 0);
  return at;
}

static coffer_status decode(void* self, coffer_bytes bytes, const coffer_visitor* into,
                            const coffer_limits* limits, coffer_sink* sink) {
  bytes.size = first_value(bytes);
  return good_serializer.decode(self, bytes, into, limits, sink);
}

COFFER_TEST_PLUGIN(serializer, "serializer_accepts_trailing", , table.decode = decode)
