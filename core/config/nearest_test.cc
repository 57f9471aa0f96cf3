#include "core/config/nearest.h"

#include <gtest/gtest.h>

#include <vector>

namespace coffer::core {
namespace {

const std::vector<std::string_view> kNames = {"capacity", "bytes", "ttl", "strategy", "shards"};

TEST(EditDistance, CountsEachKindOfMistakeOnce) {
  EXPECT_EQ(edit_distance("", ""), 0u);
  EXPECT_EQ(edit_distance("", "abc"), 3u);
  EXPECT_EQ(edit_distance("abc", ""), 3u);
  EXPECT_EQ(edit_distance("capcity", "capacity"), 1u);    // missing
  EXPECT_EQ(edit_distance("capaccity", "capacity"), 1u);  // too many
  EXPECT_EQ(edit_distance("cabacity", "capacity"), 1u);   // wrong
  EXPECT_EQ(edit_distance("cpaacity", "capacity"), 1u);   // swapped
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3u);
}

TEST(EditDistance, IgnoresLetterCase) { EXPECT_EQ(edit_distance("TTL", "ttl"), 0u); }

TEST(EditDistance, IsSymmetric) {
  for (std::string_view a : kNames) {
    for (std::string_view b : kNames) EXPECT_EQ(edit_distance(a, b), edit_distance(b, a));
  }
}

TEST(Nearest, FindsWhatWasMeant) {
  EXPECT_EQ(nearest("capcity", kNames), "capacity");
  EXPECT_EQ(nearest("stratgey", kNames), "strategy");
  EXPECT_EQ(nearest("tll", kNames), "ttl");
  EXPECT_EQ(nearest("Bytes", kNames), "bytes");
}

TEST(Nearest, DoesNotGuessWildly) {
  EXPECT_EQ(nearest("password", kNames), "");
  EXPECT_EQ(nearest("", kNames), "");
  EXPECT_EQ(nearest("x", kNames), "");
  EXPECT_EQ(nearest("capacity", {}), "");
  EXPECT_EQ(nearest(std::string(100'000, 'c'), kNames), "");
}

TEST(Nearest, TakesTheFirstOfEquals) {
  const std::vector<std::string_view> names = {"lfu", "lru"};
  EXPECT_EQ(nearest("lxu", names), "lfu");
}

TEST(DidYouMean, IsAClauseOrNothing) {
  EXPECT_EQ(did_you_mean("tll", kNames), "; did you mean 'ttl'?");
  EXPECT_EQ(did_you_mean("password", kNames), "");
}

}  // namespace
}  // namespace coffer::core
