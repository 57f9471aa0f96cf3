#include "core/loader/catalogue.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "core/loader/testing/files.h"
#include "core/value/testing/recorder.h"

namespace coffer::core {
namespace {

namespace fs = std::filesystem;

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

std::string listed(const Registry& registry) {
  Recorder recorder;
  EXPECT_EQ(list_plugins(registry, recorder.visitor()), COFFER_OK);
  return recorder.heard;
}

std::string explained(const Registry& registry, std::string_view name) {
  Recorder recorder;
  EXPECT_EQ(explain_plugin(registry, name, recorder.visitor()), COFFER_OK);
  return recorder.heard;
}

TEST(ListPlugins, ShowsEachPluginAndEachBrokenFile) {
  const std::string list = listed(Registry(only(testdata())));
  EXPECT_TRUE(contains(list,
                       "{ id good kind store version 1 summary does nothing license "
                       "Apache-2.0 path " +
                           test_plugin("good") + " abi 1.0 capabilities [ ] options [ ] } "))
      << list;
  EXPECT_TRUE(contains(list,
                       "options [ { key depth type int default 3 help how deep flags [ ] } "
                       "{ key token type text default null help who may flags [ secret ] } ]"))
      << list;
  EXPECT_TRUE(contains(list, "{ path " + test_plugin("no_create") + " error ")) << list;
  EXPECT_TRUE(contains(list, "phase symbols }")) << list;
  EXPECT_TRUE(contains(list, "who am I")) << list;
}

TEST(ListPlugins, SaysWhichPluginsTheirNameDoesNotFind) {
  const TemporaryFolder folder;
  fs::copy_file(test_plugin("good"), folder / "libcoffer_good.so");
  const Registry registry(std::vector<SearchPlace>{{"plugin_path", folder.path(), ""},
                                                   {"plugin_path", testdata(), ""}});
  const std::string list = listed(registry);
  EXPECT_TRUE(contains(list, "note hidden by the plugin of the same name in " +
                                 (folder / "libcoffer_good.so") + " }"))
      << list;
  EXPECT_TRUE(contains(list, "note found by its path only: ")) << list;
}

TEST(ListPlugins, ShowsAFileOnceWhateverItsNames) {
  const TemporaryFolder folder;
  fs::copy_file(test_plugin("good"), folder / "libcoffer_good.so");
  fs::create_symlink(folder / "libcoffer_good.so", folder / "libcoffer_order.so");
  const std::string list = listed(Registry(only(folder.path())));
  EXPECT_EQ(list.find("id order"), list.rfind("id order")) << list;
  // Only the serializer has no file of its name.
  EXPECT_EQ(list.find("note "), list.rfind("note ")) << list;
  EXPECT_LT(list.find("id form"), list.find("note ")) << list;
}

TEST(ListPlugins, IsEmptyWithoutPlaces) {
  EXPECT_EQ(listed(Registry(std::vector<SearchPlace>{})), "[ ] ");
}

TEST(ListPlugins, StopsWhenTheVisitorDoes) {
  Recorder recorder;
  recorder.fail_at = 3;
  EXPECT_EQ(list_plugins(Registry(only(testdata())), recorder.visitor()), COFFER_TOO_LARGE);
  EXPECT_EQ(recorder.events, 4);
}

TEST(ExplainPlugin, ShowsEveryPlaceAndTheChoice) {
  const TemporaryFolder folder;
  fs::copy_file(test_plugin("good"), folder / "libcoffer_good.so");
  const Registry registry(std::vector<SearchPlace>{{"plugin_path", folder / "none", ""},
                                                   {"plugin_path", testdata(), ""},
                                                   {"COFFER_PLUGIN_PATH", folder.path(), ""},
                                                   {"beside libcoffer", "", "not known"}});
  const std::string text = explained(registry, "good");
  EXPECT_EQ(text.find("{ name good found true places [ { source static result not linked into the "
                      "program } { source plugin_path path " +
                      (folder / "none/libcoffer_good.so") +
                      " result no such folder } { source plugin_path path " + test_plugin("good") +
                      " result found } { source COFFER_PLUGIN_PATH path " +
                      (folder / "libcoffer_good.so") +
                      " result found, but hidden by the one above } { source beside libcoffer "
                      "result not known } ] plugin { id good kind store "),
            0u)
      << text;
}

TEST(ExplainPlugin, SaysWhyNoneWasChosen) {
  const Registry registry(only(testdata()));
  const std::string missing = explained(registry, "lru");
  EXPECT_TRUE(contains(missing, "found false")) << missing;
  EXPECT_TRUE(contains(missing, "result not there")) << missing;
  EXPECT_TRUE(contains(missing, "error plugin 'lru' was not found. Looked at")) << missing;
  const std::string broken = explained(registry, "no_create");
  EXPECT_TRUE(contains(broken, "result found }")) << broken;
  EXPECT_TRUE(contains(broken, "phase symbols }")) << broken;
  const std::string bad_name = explained(registry, "Good!");
  EXPECT_TRUE(contains(bad_name, "phase search }")) << bad_name;
  const std::string several = explained(registry, test_plugin("good"));
  EXPECT_TRUE(contains(several, "PATH#ID: good (store), ")) << several;
}

TEST(ExplainPlugin, TakesPaths) {
  const std::string text =
      explained(Registry(std::vector<SearchPlace>{}), test_plugin("good") + "#form");
  EXPECT_TRUE(contains(text, "found true places [ ] plugin { id form kind serializer")) << text;
}

}  // namespace
}  // namespace coffer::core
