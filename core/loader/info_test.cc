// What a plugin may not say of itself.
#include <gtest/gtest.h>

#include <functional>
#include <list>
#include <stdexcept>
#include <string>

#include "core/loader/plugin.h"
#include "core/loader/testing/files.h"

namespace coffer::core {
namespace {

coffer_plugin_info good_info(int32_t kind = COFFER_KIND_STORE, const char* id = "shelf") {
  coffer_plugin_info info = {};
  info.struct_size = sizeof(info);
  info.abi_version = COFFER_ABI_VERSION;
  info.kind = kind;
  info.id = id;
  info.version = "1.2";
  info.summary = "keeps things";
  info.license = "Apache-2.0";
  return info;
}

// What the info function under test answers.
std::vector<const coffer_plugin_info*> g_answers;
const coffer_plugin_info* info_of_answers(size_t index) {
  return index < g_answers.size() ? g_answers[index] : nullptr;
}

coffer_status inspect_infos(std::vector<const coffer_plugin_info*> infos, PluginFile& file,
                            coffer_sink& sink) {
  g_answers = std::move(infos);
  return inspect("/x/libcoffer_shelf.so", info_of_answers, nullptr, file, sink);
}

std::string refused(const coffer_plugin_info& info, coffer_status expected = COFFER_PLUGIN_FAULT) {
  PluginFile file;
  coffer_sink sink;
  EXPECT_EQ(inspect_infos({&info}, file, sink), expected);
  EXPECT_TRUE(file.plugins.empty());
  EXPECT_EQ(detail_of(sink, "phase"), "info");
  EXPECT_EQ(detail_of(sink, "path"), "/x/libcoffer_shelf.so");
  EXPECT_EQ(message_of(sink).find("/x/libcoffer_shelf.so: "), 0u);
  return message_of(sink);
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TEST(Inspect, TakesAllPluginsOfAFile) {
  const coffer_plugin_info one = good_info();
  const coffer_plugin_info two = good_info(COFFER_KIND_STRATEGY, "order");
  PluginFile file;
  coffer_sink sink;
  ASSERT_EQ(inspect_infos({&one, &two}, file, sink), COFFER_OK) << message_of(sink);
  ASSERT_EQ(file.plugins.size(), 2u);
  EXPECT_EQ(file.plugins[0].title, "store shelf");
  EXPECT_EQ(file.plugins[1].title, "strategy order");
  EXPECT_EQ(file.plugins[1].path, "/x/libcoffer_shelf.so");
}

TEST(Inspect, TakesALongerInfoAndReadsWhatItKnows) {
  struct {
    coffer_plugin_info info;
    uint64_t later[4];
  } longer = {good_info(), {1, 2, 3, 4}};
  longer.info.struct_size = sizeof(longer);
  PluginFile file;
  coffer_sink sink;
  ASSERT_EQ(inspect_infos({&longer.info}, file, sink), COFFER_OK) << message_of(sink);
  EXPECT_STREQ(file.plugins[0].info.version, "1.2");
}

TEST(Inspect, RefusesOtherAbisBeforeLookingAtAnythingElse) {
  for (uint32_t abi : {0u, 0x00000005u, 0x00020000u, COFFER_ABI_VERSION + 1, 0xFFFFFFFFu}) {
    coffer_plugin_info info = good_info();
    info.struct_size = 0;
    info.id = nullptr;
    info.abi_version = abi;
    const std::string message = refused(info, COFFER_ABI_MISMATCH);
    EXPECT_TRUE(contains(
        message, "built for ABI " + std::to_string(abi >> 16) + "." + std::to_string(abi & 0xFFFF)))
        << message;
    EXPECT_TRUE(contains(message, abi > COFFER_ABI_VERSION ? "update libcoffer" : "rebuild"))
        << message;
  }
}

TEST(Inspect, RefusesImpossibleSizes) {
  for (uint32_t size : {0u, 71u, 4097u, 0xFFFFFFFFu}) {
    coffer_plugin_info info = good_info();
    info.struct_size = size;
    EXPECT_TRUE(contains(refused(info), "struct_size of its info is " + std::to_string(size)));
  }
}

TEST(Inspect, RefusesEachBadMember) {
  const std::pair<const char*, std::function<void(coffer_plugin_info&)>> cases[] = {
      {"id is not", [](auto& info) { info.id = nullptr; }},
      {"id is not", [](auto& info) { info.id = "Shelf"; }},
      {"id is not", [](auto& info) { info.id = "a/b"; }},
      {"id is not", [](auto& info) { info.id = ""; }},
      {"reserved", [](auto& info) { info.reserved = 1; }},
      {"kind is 0", [](auto& info) { info.kind = 0; }},
      {"kind is 5", [](auto& info) { info.kind = 5; }},
      {"UTF-8", [](auto& info) { info.version = nullptr; }},
      {"UTF-8", [](auto& info) { info.summary = "\xff"; }},
      {"UTF-8", [](auto& info) { info.license = nullptr; }},
      {"capabilities", [](auto& info) { info.caps = 128; }},
      {"capabilities",
       [](auto& info) {
         info.kind = COFFER_KIND_STRATEGY;
         info.caps = 1;
       }},
      {"options are NULL", [](auto& info) { info.option_count = 1; }},
      {"more than 256 options", [](auto& info) { info.option_count = SIZE_MAX; }},
  };
  for (const auto& [part, spoil] : cases) {
    coffer_plugin_info info = good_info();
    spoil(info);
    EXPECT_TRUE(contains(refused(info), part)) << part;
  }
}

TEST(Inspect, RefusesEachBadOption) {
  const std::pair<const char*, coffer_option_spec> cases[] = {
      {"key of option number 1", {nullptr, nullptr, "h", COFFER_TYPE_INT, 0}},
      {"key of option number 1", {"a.b", nullptr, "h", COFFER_TYPE_INT, 0}},
      {"COFFER_TYPE_", {"x", nullptr, "h", 0, 0}},
      {"COFFER_TYPE_", {"x", nullptr, "h", 7, 0}},
      {"flags", {"x", nullptr, "h", COFFER_TYPE_INT, 8}},
      {"help", {"x", nullptr, nullptr, COFFER_TYPE_INT, 0}},
      {"required and has a default", {"x", "1", "h", COFFER_TYPE_INT, COFFER_OPTION_REQUIRED}},
      {"a number is expected", {"x", "many", "h", COFFER_TYPE_INT, 0}},
      {"a size is not negative", {"x", "-1", "h", COFFER_TYPE_SIZE, 0}},
      {"default is not UTF-8", {"x", "\xff", "h", COFFER_TYPE_TEXT, 0}},
      {"declared twice", {"good", "1", "h", COFFER_TYPE_INT, 0}},
  };
  for (const auto& [part, bad] : cases) {
    const coffer_option_spec schema[] = {{"good", "1", "h", COFFER_TYPE_INT, 0}, bad};
    coffer_plugin_info info = good_info();
    info.options = schema;
    info.option_count = 2;
    const std::string message = refused(info);
    EXPECT_TRUE(contains(message, part)) << part << " in " << message;
    EXPECT_TRUE(contains(message, "plugin 'shelf'")) << message;
  }
}

TEST(Inspect, RefusesTwoPluginsOfOneId) {
  const coffer_plugin_info one = good_info();
  const coffer_plugin_info two = good_info(COFFER_KIND_STRATEGY);
  PluginFile file;
  coffer_sink sink;
  EXPECT_EQ(inspect_infos({&one, &two}, file, sink), COFFER_PLUGIN_FAULT);
  EXPECT_TRUE(contains(message_of(sink), "plugin number 1"));
}

TEST(Inspect, RefusesNoneAndEndless) {
  PluginFile file;
  coffer_sink sink;
  EXPECT_EQ(inspect_infos({}, file, sink), COFFER_PLUGIN_FAULT);
  EXPECT_TRUE(contains(message_of(sink), "no plugin"));
  // Each id is another, so that only their number can end it.
  static std::list<std::string> ids;
  const auto endless = [](size_t index) -> const coffer_plugin_info* {
    static coffer_plugin_info info;
    info = good_info(COFFER_KIND_STORE, ids.emplace_back("p" + std::to_string(index)).c_str());
    return &info;
  };
  EXPECT_EQ(inspect("/x", endless, nullptr, file, sink), COFFER_PLUGIN_FAULT);
  EXPECT_TRUE(contains(message_of(sink), "more than 256 plugins"));
}

TEST(Inspect, ReportsAnInfoThatThrows) {
  PluginFile file;
  coffer_sink sink;
  const auto throws = [](size_t) -> const coffer_plugin_info* { throw std::runtime_error("boo"); };
  EXPECT_EQ(inspect("/x", throws, nullptr, file, sink), COFFER_PLUGIN_FAULT);
  EXPECT_EQ(message_of(sink), "/x let an exception escape: boo");
  EXPECT_EQ(detail_of(sink, "phase"), "info");
}

}  // namespace
}  // namespace coffer::core
