/* Cannot be created, and does not say why. */
#include "tests/broken/plugin.h"

static coffer_status refuse(const coffer_host* host, const coffer_store* table,
                            coffer_instance* out, coffer_sink* sink) {
  (void)host, (void)table, (void)out, (void)sink;
  return COFFER_UNAVAILABLE;
}

COFFER_TEST_TABLES(store, "silent_create", , )
COFFER_TEST_INFO
COFFER_TEST_CREATE("silent_create", refuse)
