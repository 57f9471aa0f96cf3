// A program in one piece: libcoffer and its plugins linked in, nothing to load.
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "coffer/coffer.h"

extern "C" {
#define DECLARE_PLUGIN(id)                                                                   \
  const coffer_plugin_info* coffer_plugin_info_v1_##id(size_t index);                        \
  coffer_status coffer_plugin_create_v1_##id(const coffer_host*, const char*,                \
                                             const coffer_option*, size_t, coffer_instance*, \
                                             coffer_sink*)
DECLARE_PLUGIN(memory);
DECLARE_PLUGIN(lru);
DECLARE_PLUGIN(json);
}

namespace {

TEST(Static, PluginsThatAreLinkedInNeedNoFile) {
  unsetenv("COFFER_PLUGIN_PATH");
  coffer_runtime* runtime = nullptr;
  ASSERT_EQ(coffer_runtime_create(nullptr, 0, &runtime, nullptr), COFFER_OK);
  coffer_cache* cache = nullptr;
  ASSERT_EQ(coffer_cache_open(runtime, "memory://", nullptr, 0, &cache, nullptr), COFFER_NOT_FOUND)
      << "the test is about plugins that are not there as files";

  ASSERT_EQ(
      coffer_plugin_register(coffer_plugin_info_v1_memory, coffer_plugin_create_v1_memory, nullptr),
      COFFER_OK);
  ASSERT_EQ(coffer_plugin_register(coffer_plugin_info_v1_lru, coffer_plugin_create_v1_lru, nullptr),
            COFFER_OK);
  ASSERT_EQ(
      coffer_plugin_register(coffer_plugin_info_v1_json, coffer_plugin_create_v1_json, nullptr),
      COFFER_OK);
  coffer_error* error = nullptr;
  EXPECT_EQ(coffer_plugin_register(coffer_plugin_info_v1_lru, coffer_plugin_create_v1_lru, &error),
            COFFER_INVALID_STATE);
  EXPECT_NE(std::string(coffer_error_message(error)).find("lru"), std::string::npos);
  coffer_error_release(error);

  ASSERT_EQ(
      coffer_cache_open(runtime, "memory://?capacity=10&strategy=lru", nullptr, 0, &cache, nullptr),
      COFFER_OK);
  const coffer_value answer{nullptr, [](void*, const coffer_visitor* into, coffer_sink*) {
                              return into->i64(into->self, 42);
                            }};
  ASSERT_EQ(coffer_put_value(cache, "k", 1, &answer, nullptr, nullptr, nullptr), COFFER_OK);
  coffer_entry entry{};
  ASSERT_EQ(coffer_get(cache, "k", 1, &entry, nullptr), COFFER_OK);
  EXPECT_EQ(std::string(static_cast<const char*>(entry.data), entry.size), "42");
  coffer_entry_release(&entry);
  coffer_cache_release(cache);
  coffer_runtime_release(runtime);
}

}  // namespace
