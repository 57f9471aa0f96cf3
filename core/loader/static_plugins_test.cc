#include "core/loader/static_plugins.h"

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "core/loader/registry.h"
#include "core/loader/testing/files.h"

namespace coffer::core {
namespace {

// A plugin linked into this test.
template <const char* kId>
const coffer_plugin_info* linked_info(size_t index) {
  static const coffer_plugin_info info = [] {
    coffer_plugin_info made = {};
    made.struct_size = sizeof(made);
    made.abi_version = COFFER_ABI_VERSION;
    made.kind = COFFER_KIND_STRATEGY;
    made.id = kId;
    made.version = made.summary = made.license = "x";
    return made;
  }();
  return index == 0 ? &info : nullptr;
}

coffer_status no_create(const coffer_host*, const char*, const coffer_option*, size_t,
                        coffer_instance*, coffer_sink*) {
  return COFFER_INTERNAL;
}

const Plugin* find(Registry& registry, int32_t kind, std::string_view name) {
  const Plugin* plugin = nullptr;
  coffer_sink sink;
  registry.find(kind, name, plugin, sink);
  return plugin;
}

constexpr char kGood[] = "good";
constexpr char kLinked[] = "linked";
constexpr char kRaced[] = "raced";

TEST(StaticPlugins, AreRegisteredOnce) {
  coffer_sink sink;
  ASSERT_EQ(register_static(linked_info<kLinked>, no_create, sink), COFFER_OK) << message_of(sink);
  EXPECT_EQ(find_static("linked")->path, "static");
  EXPECT_EQ(register_static(linked_info<kLinked>, no_create, sink), COFFER_INVALID_STATE);
  EXPECT_EQ(message_of(sink), "a plugin 'linked' is registered already; register each once");
  EXPECT_EQ(detail_of(sink, "plugin"), "linked");
}

TEST(StaticPlugins, AreFoundBeforeFiles) {
  Registry before(only(testdata()));
  EXPECT_EQ(find(before, COFFER_KIND_STORE, "good")->path, test_plugin("good"));
  coffer_sink sink;
  ASSERT_EQ(register_static(linked_info<kGood>, no_create, sink), COFFER_OK) << message_of(sink);
  Registry after(only(testdata()));
  EXPECT_EQ(find(after, COFFER_KIND_STRATEGY, "good"), find_static("good"));
  EXPECT_EQ(find(after, COFFER_KIND_STORE, "good"), nullptr);
  EXPECT_EQ(static_plugins().back(), find_static("good"));
}

TEST(StaticPlugins, AreCheckedLikeFiles) {
  const auto nothing = [](size_t) -> const coffer_plugin_info* { return nullptr; };
  coffer_sink sink;
  EXPECT_EQ(register_static(nothing, no_create, sink), COFFER_PLUGIN_FAULT);
  EXPECT_EQ(detail_of(sink, "path"), "static");
}

TEST(StaticPlugins, OneOfManyThreadsRegisters) {
  std::atomic<int> registered = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      coffer_sink sink;
      if (register_static(linked_info<kRaced>, no_create, sink) == COFFER_OK) ++registered;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(registered, 1);
}

}  // namespace
}  // namespace coffer::core
