// Lets an exception out of create.
#include <stdexcept>

#include "tests/broken/plugin.h"

static coffer_status refuse(const coffer_host*, const coffer_store*, coffer_instance*,
                            coffer_sink*) {
  throw std::runtime_error("thrown on purpose");
}

COFFER_TEST_TABLES(store, "throwing_create", , )
COFFER_TEST_INFO
COFFER_TEST_CREATE("throwing_create", refuse)
