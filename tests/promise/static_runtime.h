// A runtime with everything linked in: what tests need that reach into core.
#ifndef COFFER_TESTS_PROMISE_STATIC_RUNTIME_H_
#define COFFER_TESTS_PROMISE_STATIC_RUNTIME_H_

#include "capi/testing/fixture.h"

extern "C" {
const coffer_plugin_info* coffer_plugin_info_v1_memory(size_t index);
coffer_status coffer_plugin_create_v1_memory(const coffer_host*, const char*, const coffer_option*,
                                             size_t, coffer_instance*, coffer_sink*);
const coffer_plugin_info* coffer_plugin_info_v1_ttl(size_t index);
coffer_status coffer_plugin_create_v1_ttl(const coffer_host*, const char*, const coffer_option*,
                                          size_t, coffer_instance*, coffer_sink*);
}

namespace coffer::testing {

class StaticRuntimeTest : public RuntimeTest {
 public:
  static void SetUpTestSuite() {
    ASSERT_EQ(coffer_plugin_register(coffer_plugin_info_v1_memory, coffer_plugin_create_v1_memory,
                                     nullptr),
              COFFER_OK);
    ASSERT_EQ(
        coffer_plugin_register(coffer_plugin_info_v1_ttl, coffer_plugin_create_v1_ttl, nullptr),
        COFFER_OK);
  }
};

}  // namespace coffer::testing

#endif  // COFFER_TESTS_PROMISE_STATIC_RUNTIME_H_
