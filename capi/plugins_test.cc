// Doors of coffer/plugins.h, with the plugins that come along.
#include "coffer/plugins.h"

#include "capi/testing/fixture.h"
#include "core/value/testing/recorder.h"

namespace coffer::testing {
namespace {

using core::Recorder;

class PluginsTest : public RuntimeTest {
 protected:
  std::string explained(const char* name) {
    Recorder recorder;
    coffer_error* error = nullptr;
    EXPECT_EQ(coffer_plugins_explain(runtime_, name, recorder.visitor(), &error), COFFER_OK);
    EXPECT_EQ(message_of(error), "");
    return recorder.heard;
  }
};

TEST_F(PluginsTest, ListShowsTheBundledPlugins) {
  Recorder recorder;
  ASSERT_EQ(coffer_plugins_list(runtime_, recorder.visitor(), nullptr), COFFER_OK);
  for (const char* plugin : {"id memory kind store", "id lru kind strategy", "id lfu kind strategy",
                             "id ttl kind strategy", "id json kind serializer"}) {
    EXPECT_NE(recorder.heard.find(plugin), std::string::npos) << plugin << recorder.heard;
  }
  // Only a file that is no usable plugin has a phase in which it failed.
  EXPECT_EQ(recorder.heard.find(" phase "), std::string::npos) << recorder.heard;
}

TEST_F(PluginsTest, ExplainTellsWhereANameWasFoundOrWhyNot) {
  const std::string found = explained("lru");
  EXPECT_EQ(found.find("{ name lru found true places [ "), 0u) << found;
  EXPECT_NE(found.find("source COFFER_PLUGIN_PATH path "), std::string::npos) << found;
  EXPECT_NE(found.find("source beside libcoffer path "), std::string::npos) << found;
  const std::string missing = explained("lruu");
  EXPECT_EQ(missing.find("{ name lruu found false places [ "), 0u) << missing;
  EXPECT_NE(missing.find("did you mean 'lru'?"), std::string::npos) << missing;
}

TEST_F(PluginsTest, AVisitorsFailureIsPassedOn) {
  Recorder recorder;
  recorder.fail_at = 0;
  EXPECT_EQ(coffer_plugins_list(runtime_, recorder.visitor(), nullptr), COFFER_TOO_LARGE);
  EXPECT_EQ(coffer_plugins_explain(runtime_, "lru", recorder.visitor(), nullptr), COFFER_OK);
}

TEST_F(PluginsTest, MistakesAreErrors) {
  Recorder recorder;
  coffer_error* error = nullptr;
  EXPECT_EQ(coffer_plugins_list(nullptr, recorder.visitor(), &error), COFFER_INVALID_ARGUMENT);
  EXPECT_EQ(message_of(error), "coffer_plugins_list: runtime is NULL");
  EXPECT_EQ(coffer_plugins_explain(runtime_, nullptr, recorder.visitor(), &error),
            COFFER_INVALID_ARGUMENT);
  EXPECT_EQ(message_of(error), "coffer_plugins_explain: name is NULL");
  coffer_visitor unset = *recorder.visitor();
  unset.struct_size = 0;
  EXPECT_EQ(coffer_plugins_list(runtime_, &unset, &error), COFFER_INVALID_ARGUMENT);
  EXPECT_NE(message_of(error).find("sizeof(coffer_visitor)"), std::string::npos);
  EXPECT_EQ(coffer_plugin_register(nullptr, nullptr, &error), COFFER_INVALID_ARGUMENT);
  EXPECT_EQ(message_of(error), "coffer_plugin_register: info is NULL");
  EXPECT_EQ(recorder.heard, "");
}

}  // namespace
}  // namespace coffer::testing
