#include "core/cache/glob.h"

#include <gtest/gtest.h>

namespace coffer::core {
namespace {

struct Case {
  const char* pattern;
  const char* text;
  bool matches;
};

class GlobTest : public testing::TestWithParam<Case> {};

TEST_P(GlobTest, Matches) {
  const Case& c = GetParam();
  coffer_sink sink;
  ASSERT_EQ(check_glob(c.pattern, sink), COFFER_OK);
  EXPECT_EQ(glob_matches(c.pattern, c.text), c.matches) << c.pattern << " on " << c.text;
}

INSTANTIATE_TEST_SUITE_P(
    All, GlobTest,
    testing::Values(
        Case{"", "", true}, Case{"", "a", false}, Case{"*", "", true}, Case{"*", "anything", true},
        Case{"user:*", "user:7", true}, Case{"user:*", "use", false}, Case{"*:7", "user:7", true},
        Case{"*:7", "user:77", false}, Case{"a*b*c", "aXbYc", true}, Case{"a*b*c", "aXbYcZ", false},
        Case{"a*bc", "abbc", true}, Case{"u?er", "user", true}, Case{"u?er", "uer", false},
        Case{"[a-c]x", "bx", true}, Case{"[a-c]x", "dx", false}, Case{"[!a-c]x", "dx", true},
        Case{"[!a-c]x", "ax", false}, Case{"[]]", "]", true}, Case{"[a-]", "-", true},
        Case{"\\*", "*", true}, Case{"\\*", "x", false}, Case{"[\\]]", "]", true},
        Case{"**", "x", true}, Case{"x**", "x", true}));

TEST(Glob, RefusesWhatIsNotClosed) {
  for (const char* pattern : {"[abc", "x[", "[!", "[]", "tail\\"}) {
    coffer_sink sink;
    EXPECT_EQ(check_glob(pattern, sink), COFFER_INVALID_ARGUMENT) << pattern;
    ASSERT_NE(sink.error, nullptr);
    EXPECT_NE(sink.error->message.find(pattern), std::string::npos);
  }
}

TEST(Glob, PrefixIsWhatAllMatchesShare) {
  EXPECT_EQ(glob_prefix("user:*"), "user:");
  EXPECT_EQ(glob_prefix("*"), "");
  EXPECT_EQ(glob_prefix("a\\*b?"), "a*b");
  EXPECT_EQ(glob_prefix("plain"), "plain");
}

// A pattern that makes naive matchers take exponential time.
TEST(Glob, StaysPolynomial) {
  std::string pattern;
  for (int i = 0; i < 50; ++i) pattern += "a*";
  pattern += "b";
  EXPECT_FALSE(glob_matches(pattern, std::string(5000, 'a')));
}

}  // namespace
}  // namespace coffer::core
