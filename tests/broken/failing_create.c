/* Cannot be created, and says why. */
#include "tests/broken/plugin.h"

static coffer_status refuse(const coffer_host* host, const coffer_store* table,
                            coffer_instance* out, coffer_sink* sink) {
  (void)table, (void)out;
  return coffer_plugin_fail(host, sink, COFFER_UNAVAILABLE, "the disk is out of order");
}

COFFER_TEST_TABLES(store, "failing_create", , )
COFFER_TEST_INFO
COFFER_TEST_CREATE("failing_create", refuse)
