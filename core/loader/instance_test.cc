#include "core/loader/instance.h"

#include <gtest/gtest.h>

#include <string>

#include "coffer/plugin/store_async.h"
#include "core/loader/library.h"
#include "core/loader/testing/fake_host.h"
#include "core/loader/testing/files.h"

namespace coffer::core {
namespace {

const Plugin& plugin_of(const std::string& file_name, std::string_view id) {
  const PluginFile* file = nullptr;
  coffer_sink sink;
  if (load_library(test_plugin(file_name), file, sink) != COFFER_OK) {
    throw std::runtime_error(message_of(sink));
  }
  for (const Plugin& plugin : file->plugins) {
    if (plugin.id() == id) return plugin;
  }
  throw std::runtime_error("no plugin " + std::string(id));
}

TEST(OpenInstance, OpensEachKind) {
  FakeHost host;
  coffer_sink sink;
  StoreInstance store;
  ASSERT_EQ(open_store(&host.table, plugin_of("good", "good"), {}, store, sink), COFFER_OK)
      << message_of(sink);
  coffer_entry entry;
  coffer_outcome outcome;
  const coffer_key key = {"k", 1, 1};
  EXPECT_EQ(store.table.get(store.self, &key, 1, 0, 0, &entry, &outcome, &sink), COFFER_OK);
  EXPECT_EQ(outcome.status, COFFER_MISS);
  EXPECT_EQ(store.table.read(store.self, &key, nullptr, &sink), COFFER_UNSUPPORTED);
  EXPECT_EQ(close_instance(store, sink), COFFER_OK);
  EXPECT_EQ(store.plugin, nullptr);
  EXPECT_EQ(close_instance(store, sink), COFFER_OK);

  StrategyInstance strategy;
  ASSERT_EQ(open_strategy(&host.table, plugin_of("good", "order"), {}, strategy, sink), COFFER_OK);
  EXPECT_EQ(strategy.table.node_size, 8u);
  EXPECT_EQ(close_instance(strategy, sink), COFFER_OK);

  SerializerInstance serializer;
  ASSERT_EQ(open_serializer(&host.table, plugin_of("good", "form"), {}, serializer, sink),
            COFFER_OK);
  EXPECT_EQ(serializer.table.format, 2000u);
  EXPECT_EQ(close_instance(serializer, sink), COFFER_OK);
}

TEST(OpenInstance, CatchesWhatCreateThrows) {
  FakeHost host;
  for (const auto& [id, what] :
       {std::pair("throws", "serializer throws let an exception escape: no can do"),
        std::pair("throws_int", "let an exception of unknown type escape")}) {
    SerializerInstance instance;
    coffer_sink sink;
    EXPECT_EQ(open_serializer(&host.table, plugin_of("throws", id), {}, instance, sink),
              COFFER_PLUGIN_FAULT);
    EXPECT_NE(message_of(sink).find(what), std::string::npos) << message_of(sink);
    EXPECT_EQ(detail_of(sink, "plugin"), id);
    EXPECT_EQ(detail_of(sink, "path"), test_plugin("throws"));
    EXPECT_EQ(detail_of(sink, "phase"), "create");
    EXPECT_EQ(instance.plugin, nullptr);
  }
}

TEST(CloseInstance, CatchesWhatDestroyThrows) {
  FakeHost host;
  SerializerInstance instance;
  coffer_sink sink;
  ASSERT_EQ(open_serializer(&host.table, plugin_of("throws", "throws_late"), {}, instance, sink),
            COFFER_OK);
  EXPECT_EQ(close_instance(instance, sink), COFFER_PLUGIN_FAULT);
  EXPECT_NE(message_of(sink).find("never mind"), std::string::npos);
  EXPECT_EQ(detail_of(sink, "phase"), "destroy");
  EXPECT_EQ(instance.plugin, nullptr);
}

// ---- Plugins made by hand -----------------------------------------------------------------------

// What the store under test does; each test sets it up.
struct Behaviour {
  coffer_store table = {};
  coffer_status create_status = COFFER_OK;
  const char* create_message = nullptr;
  const void* extension = nullptr;
  int destroyed = 0;
  std::string options;
};
Behaviour g_store;

coffer_status create(const coffer_host* host, const char*, const coffer_option* options,
                     size_t count, coffer_instance* out, coffer_sink* sink) {
  for (const coffer_option& option : std::span(options, count)) {
    g_store.options += std::string(option.key) + "=" + std::to_string(option.i64) + " ";
  }
  if (g_store.create_message != nullptr) {
    host->fail(host, sink, g_store.create_status, COFFER_FAIL_RETRIABLE, g_store.create_message,
               strlen(g_store.create_message));
  }
  out->self = &g_store;
  out->table = &g_store.table;
  return g_store.create_status;
}

constexpr coffer_option_spec kSchema[] = {{"capacity", "100k", "most entries", COFFER_TYPE_INT, 0}};

Plugin made_by_hand(uint64_t caps = 0) {
  g_store = Behaviour();
  coffer_store& table = g_store.table;
  table.struct_size = sizeof(table);
  table.destroy = [](void* self) { ++static_cast<Behaviour*>(self)->destroyed; };
  table.get = [](void*, const coffer_key*, size_t, uint32_t, coffer_time, coffer_entry*,
                 coffer_outcome*, coffer_sink*) -> coffer_status { return COFFER_OK; };
  table.put = [](void*, const coffer_store_put*, size_t, coffer_time, uint64_t*, coffer_outcome*,
                 coffer_sink*) -> coffer_status { return COFFER_OK; };
  table.del = [](void*, const coffer_key*, const uint64_t*, size_t, coffer_time, coffer_outcome*,
                 coffer_sink*) -> coffer_status { return COFFER_OK; };
  table.touch = [](void*, const coffer_key*, const coffer_ttl*, size_t, coffer_time,
                   coffer_outcome*, coffer_sink*) -> coffer_status { return COFFER_OK; };
  table.clear = [](void*, coffer_bytes, coffer_time, uint64_t*, coffer_sink*) -> coffer_status {
    return COFFER_OK;
  };
  table.stats = [](void*, coffer_store_stats*) {};
  table.extension = [](void* self, const char*) {
    return static_cast<Behaviour*>(self)->extension;
  };
  table.caps = caps;
  Plugin plugin = {};
  plugin.info.struct_size = sizeof(plugin.info);
  plugin.info.kind = COFFER_KIND_STORE;
  plugin.info.id = "mine";
  plugin.info.caps = caps;
  plugin.info.options = kSchema;
  plugin.info.option_count = 1;
  plugin.create = create;
  plugin.path = "/x/libcoffer_mine.so";
  plugin.title = "store mine";
  return plugin;
}

// The message of an open that must fail.
std::string refused(const Plugin& plugin, coffer_status expected, std::string_view phase) {
  FakeHost host;
  StoreInstance store;
  coffer_sink sink;
  EXPECT_EQ(open_store(&host.table, plugin, {}, store, sink), expected);
  EXPECT_EQ(store.plugin, nullptr);
  EXPECT_EQ(detail_of(sink, "phase"), phase);
  EXPECT_EQ(detail_of(sink, "plugin"), "mine");
  EXPECT_EQ(detail_of(sink, "path"), "/x/libcoffer_mine.so");
  return message_of(sink);
}

TEST(OpenStore, HandsOverCheckedOptions) {
  const Plugin plugin = made_by_hand();
  Options checked;
  coffer_sink sink;
  ASSERT_EQ(check_options(plugin, {}, checked, sink), COFFER_OK);
  FakeHost host;
  StoreInstance store;
  ASSERT_EQ(open_store(&host.table, plugin, checked, store, sink), COFFER_OK);
  EXPECT_EQ(g_store.options, "capacity=100000 ");
  EXPECT_EQ(store.self, &g_store);
  close_instance(store, sink);
  EXPECT_EQ(g_store.destroyed, 1);
}

TEST(OpenStore, PassesOnWhyCreateFailed) {
  const Plugin plugin = made_by_hand();
  g_store.create_status = COFFER_UNAVAILABLE;
  g_store.create_message = "connecting to h:6379: refused";
  EXPECT_EQ(refused(plugin, COFFER_UNAVAILABLE, "create"),
            "store mine: connecting to h:6379: refused");
  // A create that failed has made nothing that could be destroyed.
  EXPECT_EQ(g_store.destroyed, 0);
}

TEST(OpenStore, ReportsAFailureWithoutAReason) {
  const Plugin plugin = made_by_hand();
  g_store.create_status = COFFER_IO;
  EXPECT_EQ(refused(plugin, COFFER_IO, "create"),
            "store mine: its create failed (status 24) without a reason");
}

TEST(OpenStore, RefusesAnOutcomeFromCreate) {
  const Plugin plugin = made_by_hand();
  g_store.create_status = COFFER_MISS;
  EXPECT_EQ(refused(plugin, COFFER_PLUGIN_FAULT, "create"),
            "store mine: its create returned the outcome 1 instead of COFFER_OK");
}

TEST(OpenStore, DestroysWhatItRefuses) {
  const Plugin plugin = made_by_hand();
  g_store.table.get = nullptr;
  EXPECT_EQ(refused(plugin, COFFER_PLUGIN_FAULT, "table"),
            "store mine (/x/libcoffer_mine.so): required function 'get' is NULL");
  EXPECT_EQ(g_store.destroyed, 1);
}

TEST(OpenStore, DoesNotCallADestroyItCannotTrust) {
  Plugin plugin = made_by_hand();
  g_store.table.struct_size = 0xFFFFFFFF;
  EXPECT_NE(refused(plugin, COFFER_PLUGIN_FAULT, "table").find("struct_size"), std::string::npos);
  EXPECT_EQ(g_store.destroyed, 0);
  plugin = made_by_hand();
  g_store.table.destroy = nullptr;
  EXPECT_NE(refused(plugin, COFFER_PLUGIN_FAULT, "table").find("'destroy'"), std::string::npos);
}

TEST(OpenStore, ChecksThatAnAsynchronousStoreIsOne) {
  Plugin plugin = made_by_hand(COFFER_STORE_ASYNC);
  EXPECT_NE(refused(plugin, COFFER_PLUGIN_FAULT, "table").find("coffer.store.async/1 is NULL"),
            std::string::npos);
  EXPECT_EQ(g_store.destroyed, 1);

  coffer_store_async async = {};
  plugin = made_by_hand(COFFER_STORE_ASYNC);
  g_store.extension = &async;
  EXPECT_NE(refused(plugin, COFFER_PLUGIN_FAULT, "table").find("of size 0"), std::string::npos);

  async.struct_size = sizeof(async);
  plugin = made_by_hand(COFFER_STORE_ASYNC);
  g_store.extension = &async;
  EXPECT_NE(refused(plugin, COFFER_PLUGIN_FAULT, "table").find("submit"), std::string::npos);

  async.submit = [](void*, const coffer_store_batch*, uint64_t) -> coffer_status {
    return COFFER_OK;
  };
  async.cancel = [](void*, uint64_t) {};
  plugin = made_by_hand(COFFER_STORE_ASYNC);
  g_store.extension = &async;
  FakeHost host;
  StoreInstance store;
  coffer_sink sink;
  EXPECT_EQ(open_store(&host.table, plugin, {}, store, sink), COFFER_OK) << message_of(sink);
  close_instance(store, sink);
}

TEST(OpenStore, RefusesAPluginOfAnotherKind) {
  const Plugin& plugin = plugin_of("good", "order");
  FakeHost host;
  StoreInstance store;
  coffer_sink sink;
  EXPECT_EQ(open_store(&host.table, plugin, {}, store, sink), COFFER_INTERNAL);
}

}  // namespace
}  // namespace coffer::core
