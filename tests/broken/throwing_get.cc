// Lets an exception out of get.
#include <stdexcept>

#include "tests/broken/plugin.h"

static coffer_status get(void*, const coffer_key*, size_t, uint32_t, coffer_time, coffer_entry*,
                         coffer_outcome*, coffer_sink*) {
  throw std::runtime_error("thrown on purpose");
}

COFFER_TEST_PLUGIN(store, "throwing_get", , table.get = get)
