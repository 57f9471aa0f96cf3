// Texts that are small and mean much: they stop with TOO_LARGE before they have cost anything.
#include <gtest/gtest.h>

#include "plugins/serializers/yaml/testing.h"
#include "plugins/serializers/yaml/watched_memory.h"

namespace coffer::yaml {
namespace {

using namespace coffer::serializers;

constexpr coffer_limits kLimits = {sizeof(coffer_limits), 128, 1'000'000, uint64_t{1} << 30};

// Stops at this limit, without ever having held more than `most` bytes.
void stops(const std::string& bytes, std::string_view limit, uint64_t most,
           const conformance::OptionValues& options = {}) {
  const Serializer yaml(kYaml, options);
  Nobody nobody;
  const size_t base = memory.live;
  memory.peak = base;
  const Result result = yaml.decode(bytes, nobody.visitor, kLimits);
  EXPECT_LE(memory.peak - base, most);
  EXPECT_EQ(result.status, COFFER_TOO_LARGE) << result;
  EXPECT_EQ(result.detail("limit"), limit);
  EXPECT_EQ(result.problem, "");
}

std::string laughs(const char* last) {
  std::string bytes = "a: &a [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n";
  for (char c = 'b'; c <= 'i'; ++c) {
    bytes += std::string(1, c) + ": &" + c + " [";
    for (int i = 0; i < 9; ++i)
      bytes += std::string(i > 0 ? ", *" : "*") + static_cast<char>(c - 1);
    bytes += "]\n";
  }
  return bytes + last;
}

TEST(Bombs, BillionLaughs) {
  stops(laughs(""), "expansion", 100'000);
  // The host's own limits hold where aliases may do more.
  stops(laughs(""), "max_items", 100'000, {{"expansion", "1GiB"}});
}

TEST(Bombs, BillionLaughsByMergeKeys) {
  std::string bytes = "a0: &a0 {k: v}\n";
  for (int i = 1; i < 30; ++i) {
    const std::string last = "*a" + std::to_string(i - 1);
    bytes += "a" + std::to_string(i) + ": &a" + std::to_string(i) + "\n  <<: [" + last + ", " +
             last + "]\n  k" + std::to_string(i) + ": v\n";
  }
  stops(bytes, "expansion", 8 << 20, {{"expansion", "1MiB"}});
}

TEST(Bombs, OneLargeTextManyTimes) {
  std::string bytes = "- &a " + std::string(100'000, 'x') + "\n";
  for (int i = 0; i < 1'000; ++i) bytes += "- *a\n";
  stops(bytes, "expansion", 10 * bytes.size());
}

TEST(Bombs, ALongChainOfMerges) {
  std::string bytes = "- &a0 {k0: v}\n";
  for (int i = 1; i < 2'000; ++i) {
    bytes += "- &a" + std::to_string(i) + " {<<: *a" + std::to_string(i - 1) + ", k" +
             std::to_string(i) + ": v}\n";
  }
  stops(bytes, "expansion", 8 << 20, {{"expansion", "1MiB"}});
}

TEST(Bombs, ADeepChainOfAliases) {
  std::string bytes = "- &a0 [x]\n";
  for (int i = 1; i < 1'000; ++i) {
    bytes += "- &a" + std::to_string(i) + " [*a" + std::to_string(i - 1) + "]\n";
  }
  stops(bytes, "max_depth", 50 * bytes.size());
}

}  // namespace
}  // namespace coffer::yaml
