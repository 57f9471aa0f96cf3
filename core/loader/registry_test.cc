#include "core/loader/registry.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "core/loader/testing/files.h"

namespace coffer::core {
namespace {

namespace fs = std::filesystem;

struct Found {
  coffer_status status;
  const Plugin* plugin;
  std::string message;
  std::string phase;
};

Found find(Registry& registry, int32_t kind, std::string_view name) {
  const Plugin* plugin = nullptr;
  coffer_sink sink;
  const coffer_status status = registry.find(kind, name, plugin, sink);
  EXPECT_EQ(failed(status), plugin == nullptr);
  return {status, plugin, message_of(sink), detail_of(sink, "phase")};
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TEST(Registry, FindsByNameInTheFirstPlace) {
  Registry registry(only(testdata()));
  const Found found = find(registry, COFFER_KIND_STORE, "good");
  ASSERT_NE(found.plugin, nullptr) << found.message;
  EXPECT_EQ(found.plugin->id(), "good");
  EXPECT_EQ(found.plugin->path, test_plugin("good"));
  size_t used = 0;
  registry.each_used([&](const Plugin& plugin) { used += &plugin == found.plugin ? 1 : 100; });
  EXPECT_EQ(used, 1u);
}

TEST(Registry, FindsByPath) {
  Registry registry(std::vector<SearchPlace>{});
  const std::string path = test_plugin("good");
  EXPECT_EQ(find(registry, COFFER_KIND_STRATEGY, path).plugin->id(), "order");
  EXPECT_EQ(find(registry, COFFER_KIND_STORE, path).plugin->id(), "good");
  EXPECT_EQ(find(registry, COFFER_KIND_SERIALIZER, path + "#form").plugin->id(), "form");
  const Found other = find(registry, COFFER_KIND_SERIALIZER, path + "#good");
  EXPECT_EQ(other.status, COFFER_INVALID_ARGUMENT);
  EXPECT_TRUE(contains(other.message, "is a store; a serializer is needed")) << other.message;
  const Found none = find(registry, COFFER_KIND_SERIALIZER, path + "#json");
  EXPECT_EQ(none.status, COFFER_NOT_FOUND);
  EXPECT_TRUE(contains(none.message,
                       "it holds no 'json', but good (store), order (strategy), form (serializer)"))
      << none.message;
  const Found several = find(registry, COFFER_KIND_SERIALIZER, test_plugin("throws"));
  EXPECT_EQ(several.status, COFFER_INVALID_ARGUMENT);
  EXPECT_TRUE(contains(several.message, "PATH#ID: throws (serializer), ")) << several.message;
  EXPECT_EQ(find(registry, COFFER_KIND_STORE, "./nowhere.so").status, COFFER_NOT_FOUND);
}

TEST(Registry, RefusesPathsUnlessAllowed) {
  Registry registry(only(testdata()), Registry::Paths::kRefused);
  for (const std::string& name :
       {test_plugin("good"), std::string("./x.so"), std::string("../x.so"), "x/" + testdata()}) {
    const Found found = find(registry, COFFER_KIND_STORE, name);
    EXPECT_EQ(found.status, COFFER_DENIED) << name;
    EXPECT_EQ(found.phase, "search");
    EXPECT_TRUE(contains(found.message, "plugin_files")) << found.message;
  }
  EXPECT_EQ(find(registry, COFFER_KIND_STORE, "good").status, COFFER_OK);
}

TEST(Registry, WarnsOncePluginIsWorldWritable) {
  const TemporaryFolder folder;
  fs::copy_file(test_plugin("good"), folder / "libcoffer_good.so");
  fs::permissions(folder / "libcoffer_good.so", fs::perms(0666));
  std::vector<std::string> warnings;
  Registry registry(
      folder.path(), "", Registry::Paths::kRefused,
      [&](const Plugin&, const std::string& message) { warnings.push_back(message); });
  ASSERT_NE(find(registry, COFFER_KIND_STORE, "good").plugin, nullptr);
  ASSERT_NE(find(registry, COFFER_KIND_STORE, "good").plugin, nullptr);
  ASSERT_EQ(warnings.size(), 1u);
  EXPECT_TRUE(contains(warnings[0], "world-writable")) << warnings[0];
}

TEST(Registry, PassesOverExcludedFiles) {
  const TemporaryFolder folder;
  write_file(folder / "libcoffer_good.so", "garbage");
  const std::string places = folder.path() + ":" + testdata();
  Registry registry(places, folder / "libcoffer_good.so", Registry::Paths::kRefused, nullptr);
  const Found found = find(registry, COFFER_KIND_STORE, "good");
  ASSERT_NE(found.plugin, nullptr) << found.message;
  EXPECT_EQ(found.plugin->path, test_plugin("good"));
}

TEST(Registry, FindsAPluginOfSeveralByALinkOfItsName) {
  const TemporaryFolder folder;
  fs::create_symlink(test_plugin("good"), folder / "libcoffer_order.so");
  Registry registry(only(folder.path()));
  const Found found = find(registry, COFFER_KIND_STRATEGY, "order");
  ASSERT_NE(found.plugin, nullptr) << found.message;
  EXPECT_EQ(found.plugin->id(), "order");
  fs::create_symlink(test_plugin("good"), folder / "libcoffer_else.so");
  const Found wrong = find(registry, COFFER_KIND_STRATEGY, "else");
  EXPECT_EQ(wrong.status, COFFER_NOT_FOUND);
  EXPECT_TRUE(contains(wrong.message, "it holds no 'else', but good (store)")) << wrong.message;
}

TEST(Registry, ListsEveryPlaceWhenNothingIsFound) {
  const TemporaryFolder folder;
  Registry registry(
      std::vector<SearchPlace>{{"plugin_path", folder / "none", ""},
                               {"plugin_path", testdata(), ""},
                               {"COFFER_PLUGIN_PATH", "", "the variable is not set"}});
  const Found found = find(registry, COFFER_KIND_STORE, "goood");
  EXPECT_EQ(found.status, COFFER_NOT_FOUND);
  EXPECT_EQ(found.phase, "search");
  EXPECT_EQ(found.message,
            "store 'goood' was not found; did you mean 'good'? Looked at: plugins "
            "linked into the program; " +
                folder.path() + "/none/libcoffer_goood.so (plugin_path): no such folder; " +
                testdata() +
                "/libcoffer_goood.so (plugin_path): not there; "
                "(COFFER_PLUGIN_PATH): the variable is not set");
}

TEST(Registry, RefusesNamesThatCannotBe) {
  Registry registry(only(testdata()));
  for (std::string_view name : {"", "Good", "a-b", "1st", "..", "a b"}) {
    const Found found = find(registry, COFFER_KIND_STORE, name);
    EXPECT_EQ(found.status, COFFER_INVALID_ARGUMENT) << name;
    EXPECT_TRUE(contains(found.message, "[a-z][a-z0-9_]*")) << found.message;
  }
  EXPECT_TRUE(contains(find(registry, COFFER_KIND_STORE, "Good").message, "'good'?"));
}

TEST(Registry, SaysWhenAPluginIsOfAnotherKind) {
  Registry registry(only(testdata()));
  const Found found = find(registry, COFFER_KIND_SERIALIZER, "good");
  EXPECT_EQ(found.status, COFFER_INVALID_ARGUMENT);
  EXPECT_EQ(found.message,
            "plugin 'good' (" + test_plugin("good") + ") is a store; a serializer is needed here");
}

TEST(Registry, DoesNotPassOverABrokenFile) {
  const TemporaryFolder folder;
  write_file(folder / "libcoffer_good.so", "garbage");
  Registry registry(std::vector<SearchPlace>{{"plugin_path", folder.path(), ""},
                                             {"plugin_path", testdata(), ""}});
  const Found found = find(registry, COFFER_KIND_STORE, "good");
  EXPECT_EQ(found.status, COFFER_PLUGIN_FAULT);
  EXPECT_EQ(found.phase, "open");
  EXPECT_EQ(found.message.find("store 'good': " + folder.path()), 0u) << found.message;
}

TEST(Registry, ANameKeepsItsMeaning) {
  const TemporaryFolder folder;
  Registry registry(std::vector<SearchPlace>{{"plugin_path", folder.path(), ""},
                                             {"plugin_path", testdata(), ""}});
  const Plugin* const before = find(registry, COFFER_KIND_STORE, "good").plugin;
  fs::copy_file(test_plugin("good"), folder / "libcoffer_good.so");
  EXPECT_EQ(find(registry, COFFER_KIND_STORE, "good").plugin, before);
  Registry later(registry.places());
  EXPECT_EQ(find(later, COFFER_KIND_STORE, "good").plugin->path, folder / "libcoffer_good.so");
}

TEST(Registry, RuntimesShareFiles) {
  Registry one(only(testdata()));
  Registry two(only(testdata()));
  EXPECT_EQ(find(one, COFFER_KIND_STORE, "good").plugin,
            find(two, COFFER_KIND_STORE, "good").plugin);
}

TEST(Registry, ManyThreadsFindTheSame) {
  const TemporaryFolder folder;
  fs::copy_file(test_plugin("good"), folder / "libcoffer_good.so");
  Registry one(only(folder.path()));
  Registry two(only(folder.path()));
  std::vector<const Plugin*> got(6);
  std::vector<std::thread> threads;
  for (size_t i = 0; i < got.size(); ++i) {
    threads.emplace_back([&, i] {
      coffer_sink sink;
      Registry& registry = i % 2 == 0 ? one : two;
      EXPECT_EQ(registry.find(COFFER_KIND_STORE, "good", got[i], sink), COFFER_OK);
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const Plugin* plugin : got) EXPECT_EQ(plugin, got[0]);
}

TEST(Registry, AForkedChildCanLoad) {
  // While other threads are loading: the child must not inherit a lock that nobody will release.
  const TemporaryFolder folder;
  for (int i = 0; i < 20; ++i) {
    fs::copy_file(test_plugin("good"), folder / ("p" + std::to_string(i) + ".so"));
  }
  Registry registry(only(testdata()));
  std::atomic<bool> stop = false;
  std::thread loader([&] {
    for (int i = 0; !stop; ++i) {
      coffer_sink sink;
      const Plugin* plugin = nullptr;
      registry.find(COFFER_KIND_STORE, folder / ("p" + std::to_string(i % 20) + ".so"), plugin,
                    sink);
    }
  });
  for (int i = 0; i < 10; ++i) {
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      coffer_sink sink;
      const Plugin* plugin = nullptr;
      const coffer_status status = registry.find(
          COFFER_KIND_STORE, folder / ("p" + std::to_string(i) + ".so"), plugin, sink);
      _exit(status == COFFER_OK && plugin->id() == "good" ? 0 : 1);
    }
    int state = 0;
    ASSERT_EQ(waitpid(child, &state, 0), child);
    EXPECT_TRUE(WIFEXITED(state) && WEXITSTATUS(state) == 0) << state;
  }
  stop = true;
  loader.join();
}

}  // namespace
}  // namespace coffer::core
