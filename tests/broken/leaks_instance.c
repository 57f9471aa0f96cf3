/* Does not give back what an instance took. */
#include "tests/broken/plugin.h"

static coffer_status leak(const coffer_host* host, const coffer_store* table, coffer_instance* out,
                          coffer_sink* sink) {
  if (host->alloc(host, 100, 8) == NULL) {
    return coffer_plugin_fail(host, sink, COFFER_EXHAUSTED, "no memory for an instance");
  }
  return good_store_create(host, table, out, sink);
}

COFFER_TEST_TABLES(store, "leaks_instance", , )
COFFER_TEST_INFO
COFFER_TEST_CREATE("leaks_instance", leak)
