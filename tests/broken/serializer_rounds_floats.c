/* Changes values silently: doubles come back as integers. */
#include "tests/broken/plugin.h"

static const coffer_visitor* receiver;

static coffer_status f64(void* self, double value) {
  if (value < -1e15 || value > 1e15 || value != value) return receiver->f64(self, value);
  return receiver->i64(self, (int64_t)value);
}

static coffer_status decode(void* self, coffer_bytes bytes, const coffer_visitor* into,
                            const coffer_limits* limits, coffer_sink* sink) {
  coffer_visitor rounding = *into;
  receiver = into;
  rounding.f64 = f64;
  return good_serializer.decode(self, bytes, &rounding, limits, sink);
}

COFFER_TEST_PLUGIN(serializer, "serializer_rounds_floats", , table.decode = decode)
