// Files that are no plugins, and one that is.
#include "core/loader/library.h"

#include <elf.h>
#include <gtest/gtest.h>
#include <link.h>
#include <sys/stat.h>

#include <cstring>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "core/loader/testing/files.h"

namespace coffer::core {
namespace {

struct Refusal {
  coffer_status status;
  std::string phase;
  std::string message;
};

Refusal load_failure(const std::string& path) {
  const PluginFile* file = nullptr;
  coffer_sink sink;
  const coffer_status status = load_library(path, file, sink);
  EXPECT_TRUE(failed(status)) << path;
  EXPECT_EQ(file, nullptr);
  EXPECT_EQ(detail_of(sink, "path"), path);
  EXPECT_NE(message_of(sink).find(path), std::string::npos) << message_of(sink);
  return {status, detail_of(sink, "phase"), message_of(sink)};
}

void expect_refused(const std::string& path, coffer_status status, std::string_view phase,
                    std::string_view part) {
  const Refusal refusal = load_failure(path);
  EXPECT_EQ(refusal.status, status) << refusal.message;
  EXPECT_EQ(refusal.phase, phase) << refusal.message;
  EXPECT_NE(refusal.message.find(part), std::string::npos) << refusal.message;
}

// A copy of a good plugin with its header changed.
template <typename Change>
std::string with_header(const TemporaryFolder& folder, Change&& change) {
  std::string bytes = read_file(test_plugin("good"));
  ElfW(Ehdr) header;
  std::memcpy(&header, bytes.data(), sizeof(header));
  change(header);
  std::memcpy(bytes.data(), &header, sizeof(header));
  write_file(folder / "changed.so", bytes);
  return folder / "changed.so";
}

TEST(LoadLibrary, OpensAPlugin) {
  const PluginFile* file = nullptr;
  coffer_sink sink;
  ASSERT_EQ(load_library(test_plugin("good"), file, sink), COFFER_OK) << message_of(sink);
  ASSERT_EQ(file->plugins.size(), 3u);
  EXPECT_EQ(file->plugins[0].title, "store good");
  EXPECT_EQ(file->plugins[1].title, "strategy order");
  EXPECT_EQ(file->plugins[2].title, "serializer form");
  EXPECT_EQ(file->path, test_plugin("good"));
}

TEST(LoadLibrary, OpensAFileOnceByAllItsNames) {
  const TemporaryFolder folder;
  std::filesystem::create_symlink(test_plugin("good"), folder / "other.so");
  const PluginFile* first = nullptr;
  const PluginFile* second = nullptr;
  coffer_sink sink;
  ASSERT_EQ(load_library(test_plugin("good"), first, sink), COFFER_OK);
  ASSERT_EQ(load_library(folder / "other.so", second, sink), COFFER_OK);
  EXPECT_EQ(first, second);
}

TEST(LoadLibrary, GivesAllThreadsTheSame) {
  const TemporaryFolder folder;
  // A copy is a file that nobody has opened before.
  std::filesystem::copy_file(test_plugin("good"), folder / "copy.so");
  std::vector<const PluginFile*> got(4);
  std::vector<std::thread> threads;
  for (const PluginFile*& file : got) {
    threads.emplace_back([&] {
      coffer_sink sink;
      EXPECT_EQ(load_library(folder / "copy.so", file, sink), COFFER_OK) << message_of(sink);
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const PluginFile* file : got) EXPECT_EQ(file, got[0]);
}

TEST(LoadLibrary, TellsWhatAFileIsInstead) {
  const TemporaryFolder folder;
  expect_refused(folder / "none.so", COFFER_NOT_FOUND, "open", "No such file");
  expect_refused(folder.path(), COFFER_IO, "open", "folder");
  write_file(folder / "garbage.so", "this is not the library you are looking for");
  expect_refused(folder / "garbage.so", COFFER_PLUGIN_FAULT, "open", "not a shared object");
  write_file(folder / "empty.so", "");
  expect_refused(folder / "empty.so", COFFER_PLUGIN_FAULT, "open", "not a shared object");
  ASSERT_EQ(mkfifo((folder / "pipe.so").c_str(), 0600), 0);
  expect_refused(folder / "pipe.so", COFFER_IO, "open", "not a regular file");
  std::filesystem::create_symlink("/nowhere", folder / "dangling.so");
  expect_refused(folder / "dangling.so", COFFER_NOT_FOUND, "open", "No such file");
}

TEST(LoadLibrary, TellsAnotherMachineFromAMissingFile) {
  const TemporaryFolder folder;
  expect_refused(with_header(folder, [](auto& header) { header.e_machine = EM_S390; }),
                 COFFER_ABI_MISMATCH, "open", "built for s390");
  expect_refused(with_header(folder, [](auto& h) { h.e_ident[EI_CLASS] ^= 3; }),
                 COFFER_ABI_MISMATCH, "open", "word size");
  expect_refused(with_header(folder, [](auto& header) { header.e_type = ET_EXEC; }),
                 COFFER_PLUGIN_FAULT, "open", "-shared");
}

TEST(LoadLibrary, RefusesATruncatedFile) {
  const TemporaryFolder folder;
  const std::string whole = read_file(test_plugin("good"));
  ASSERT_GT(whole.size(), 4096u);
  // Within the header, within the table of segments, and anywhere up to the last byte.
  std::vector<size_t> sizes = {4, 16, 40, 63, 64, 65, 200, 1000, 4000, whole.size() - 1};
  for (size_t size = 4096; size < whole.size(); size += whole.size() / 16) sizes.push_back(size);
  for (const size_t size : sizes) {
    const std::string path = folder / ("cut_" + std::to_string(size) + ".so");
    write_file(path, whole.substr(0, size));
    expect_refused(path, COFFER_PLUGIN_FAULT, "open", "the file is incomplete");
  }
}

TEST(LoadLibrary, RefusesImpossibleSegments) {
  const TemporaryFolder folder;
  expect_refused(with_header(folder, [](auto& header) { header.e_phnum = 0; }), COFFER_PLUGIN_FAULT,
                 "open", "describes no segments");
  expect_refused(with_header(folder, [](auto& header) { header.e_phentsize = 8; }),
                 COFFER_PLUGIN_FAULT, "open", "describes no segments");
  expect_refused(with_header(folder, [](auto& header) { header.e_phoff = UINT64_MAX - 8; }),
                 COFFER_PLUGIN_FAULT, "open", "the file is incomplete");
}

TEST(LoadLibrary, RefusesFilesThatAreNoPlugins) {
  expect_refused(test_plugin("undefined"), COFFER_PLUGIN_FAULT, "open",
                 "coffer_test_nobody_has_this");
  expect_refused(test_plugin("no_create"), COFFER_PLUGIN_FAULT, "symbols",
                 "coffer_plugin_create_v1");
  expect_refused(test_plugin("wrong_abi"), COFFER_ABI_MISMATCH, "info", "ABI 3.3");
  expect_refused(test_plugin("throws_at_info"), COFFER_PLUGIN_FAULT, "info", "who am I");
}

TEST(LoadLibrary, TriesAgainAfterAFailure) {
  const TemporaryFolder folder;
  write_file(folder / "late.so", "not yet");
  load_failure(folder / "late.so");
  std::filesystem::remove(folder / "late.so");
  std::filesystem::copy_file(test_plugin("good"), folder / "late.so");
  const PluginFile* file = nullptr;
  coffer_sink sink;
  EXPECT_EQ(load_library(folder / "late.so", file, sink), COFFER_OK) << message_of(sink);
}

}  // namespace
}  // namespace coffer::core
