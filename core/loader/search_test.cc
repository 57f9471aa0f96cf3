#include "core/loader/search.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "core/loader/testing/files.h"

namespace coffer::core {
namespace {

SearchEnvironment environment(std::optional<std::string> variable) {
  SearchEnvironment made;
  made.plugin_path_variable = std::move(variable);
  made.library = "/opt/lib/libcoffer.so.1";
  return made;
}

std::string written(const std::vector<SearchPlace>& places) {
  std::string out;
  for (const SearchPlace& place : places) {
    out +=
        place.source + "=" + (place.folder.empty() ? "(" + place.note + ")" : place.folder) + "\n";
  }
  return out;
}

TEST(SearchList, HasTheDocumentedOrder) {
  EXPECT_EQ(written(search_list("/a:/b", environment("/c:/d"))),
            "plugin_path=/a\n"
            "plugin_path=/b\n"
            "COFFER_PLUGIN_PATH=/c\n"
            "COFFER_PLUGIN_PATH=/d\n"
            "beside libcoffer=/opt/lib/coffer\n"
            "beside libcoffer=/opt/lib\n");
}

TEST(SearchList, NamesPlacesThatAreSwitchedOff) {
  SearchEnvironment setuid = environment("/evil");
  setuid.privileged = true;
  setuid.library = "";
  EXPECT_EQ(written(search_list("", setuid)),
            "plugin_path=(the runtime option is not set)\n"
            "COFFER_PLUGIN_PATH=(ignored, because this program runs with raised privileges)\n"
            "beside libcoffer=(the path of libcoffer is not known)\n");
  EXPECT_NE(written(search_list("", environment(std::nullopt))).find("variable is not set"),
            std::string::npos);
}

TEST(SearchList, NeverMeansTheCurrentFolderByAnEmptyElement) {
  const std::string places = written(search_list(":/a::/b:", environment("::")));
  EXPECT_EQ(
      places.find(
          "plugin_path=/a\nplugin_path=/b\nCOFFER_PLUGIN_PATH=(the variable names no folder)"),
      0u)
      << places;
}

TEST(SearchList, ResolvesRelativeFoldersAtOnce) {
  const std::string here = std::filesystem::current_path();
  EXPECT_EQ(search_list("", environment(":"))[1].note, "the variable names no folder");
  EXPECT_EQ(search_list("::", environment(std::nullopt))[0].note,
            "the runtime option names no folder");
  EXPECT_EQ(search_list("./x/../y", environment(std::nullopt))[0].folder, here + "/y");
}

TEST(SearchEnvironment, KnowsWhereThisCodeIs) {
  const SearchEnvironment real = SearchEnvironment::from_process();
  EXPECT_FALSE(real.privileged);
  EXPECT_EQ(real.library, std::filesystem::canonical("/proc/self/exe").string());
}

TEST(SearchEnvironment, ReadsTheVariable) {
  ASSERT_EQ(setenv("COFFER_PLUGIN_PATH", "/some/where", 1), 0);
  EXPECT_EQ(SearchEnvironment::from_process().plugin_path_variable, "/some/where");
  ASSERT_EQ(unsetenv("COFFER_PLUGIN_PATH"), 0);
  EXPECT_EQ(SearchEnvironment::from_process().plugin_path_variable, std::nullopt);
}

TEST(PluginNames, FollowTheRuleOfFiles) {
  EXPECT_EQ(plugin_file_name("lru"), "libcoffer_lru.so");
  EXPECT_EQ(plugin_name_of("libcoffer_lru.so"), "lru");
  for (std::string_view name :
       {"libcoffer.so", "libcoffer_.so", "libcoffer_lru.so.1", "coffer_lru.so", "libcoffer_LRU.so",
        "libcoffer_1x.so", "libcoffer_so", "lru", ""}) {
    EXPECT_EQ(plugin_name_of(name), "") << name;
  }
}

TEST(PluginFiles, AreSortedAndNothingElse) {
  const TemporaryFolder folder;
  for (const char* name :
       {"libcoffer_b.so", "libcoffer_a.so", "libcoffer.so.1", "libcoffer_c.so.bak", "readme"}) {
    write_file(folder / name, "");
  }
  const std::vector<std::string> expected = {folder / "libcoffer_a.so", folder / "libcoffer_b.so"};
  EXPECT_EQ(plugin_files({"", folder.path(), ""}), expected);
  EXPECT_TRUE(plugin_files({"", folder / "nowhere", ""}).empty());
  EXPECT_TRUE(plugin_files({"", "", ""}).empty());
}

TEST(LookUp, SaysWhatIsAtEachPlace) {
  const TemporaryFolder folder;
  write_file(folder / "file", "");
  std::filesystem::create_directory(folder / "empty");
  std::filesystem::create_directory(folder / "full");
  std::filesystem::create_directory(folder / "dangling");
  write_file(folder / "full/libcoffer_x.so", "");
  std::filesystem::create_symlink("/nowhere", folder / "dangling/libcoffer_x.so");
  const std::vector<SearchPlace> places = {
      {"p", "", "switched off"},   {"p", folder / "none", ""}, {"p", folder / "file", ""},
      {"p", folder / "empty", ""}, {"p", folder / "full", ""}, {"p", folder / "dangling", ""}};
  const std::vector<SearchFinding> findings = look_up(places, "x");
  ASSERT_EQ(findings.size(), places.size());
  const std::string_view comments[] = {"switched off", "no such folder", "not a folder",
                                       "not there",    "found",          "found"};
  for (size_t i = 0; i < places.size(); ++i) {
    EXPECT_EQ(findings[i].comment, comments[i]) << i;
    EXPECT_EQ(findings[i].found, comments[i] == "found") << i;
    EXPECT_EQ(findings[i].place, &places[i]);
  }
  EXPECT_EQ(findings[4].path, folder / "full/libcoffer_x.so");
}

TEST(LookUp, SaysWhoElseMayReplaceAFile) {
  namespace fs = std::filesystem;
  const TemporaryFolder folder;
  write_file(folder / "libcoffer_x.so", "");
  const std::vector<SearchPlace> places = {{"p", folder.path(), ""}};
  fs::permissions(folder / "libcoffer_x.so", fs::perms(0644));
  EXPECT_EQ(look_up(places, "x")[0].comment, "found");
  fs::permissions(folder / "libcoffer_x.so", fs::perms(0666));
  EXPECT_EQ(look_up(places, "x")[0].comment,
            "found, but anybody may replace it: it is world-writable");
  fs::permissions(folder / "libcoffer_x.so", fs::perms(0644));
  fs::permissions(folder.path(), fs::perms(0777));
  EXPECT_EQ(look_up(places, "x")[0].comment,
            "found, but anybody may replace it: its folder is world-writable");
  fs::permissions(folder.path(), fs::perms(01777));  // sticky, as /tmp is
  EXPECT_EQ(look_up(places, "x")[0].comment, "found");
}

TEST(LookUp, PassesOverExcludedFiles) {
  const TemporaryFolder folder;
  write_file(folder / "libcoffer_x.so", "");
  write_file(folder / "libcoffer_y.so", "");
  std::vector<SearchPlace> places = {{"p", folder.path(), ""}};
  exclude_files(folder / "libcoffer_x.so", places);
  EXPECT_FALSE(look_up(places, "x")[0].found);
  EXPECT_NE(look_up(places, "x")[0].comment.find("plugin_exclude"), std::string::npos);
  EXPECT_TRUE(look_up(places, "y")[0].found);
  EXPECT_EQ(plugin_files(places[0]), std::vector<std::string>{folder / "libcoffer_y.so"});
}

TEST(LookUp, SaysThatAFolderMayNotBeRead) {
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder / "closed");
  std::filesystem::permissions(folder / "closed", std::filesystem::perms::none);
  const std::vector<SearchPlace> places = {{"p", folder / "closed", ""}};
  // The superuser may read everything: give that up for the moment of looking.
  const bool superuser = geteuid() == 0;
  if (superuser) {
    std::filesystem::permissions(folder.path(), std::filesystem::perms(0755));
    ASSERT_EQ(seteuid(65534), 0);
  }
  const std::vector<SearchFinding> findings = look_up(places, "x");
  if (superuser) {
    ASSERT_EQ(seteuid(0), 0);
  }
  std::filesystem::permissions(folder / "closed", std::filesystem::perms::owner_all);
  EXPECT_FALSE(findings[0].found);
  EXPECT_EQ(findings[0].comment, "Permission denied");
}

}  // namespace
}  // namespace coffer::core
