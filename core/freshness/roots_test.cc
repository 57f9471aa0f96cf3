#include "core/freshness/roots.h"

#include <gtest/gtest.h>

namespace coffer::core {
namespace {

TEST(RootsTest, UntilSomethingIsClearedAllAreZero) {
  Roots roots;
  EXPECT_EQ(roots.of("").load(), 0u);
  EXPECT_EQ(roots.of("a").load(), 0u);
  EXPECT_EQ(roots.of_key("a:k"), 0u);
}

TEST(RootsTest, ANamespaceMovesWithAllNestedInIt) {
  Roots roots;
  const Root& a = roots.of("a");
  const Root& ab = roots.of("a/b");
  const Root& abc = roots.of("a/bc");
  const Root& aa = roots.of("aa");
  roots.move("a/b");
  EXPECT_EQ(a.load(), 0u);
  EXPECT_NE(ab.load(), 0u);
  EXPECT_EQ(abc.load(), 0u);
  const uint64_t before = ab.load();
  roots.move("a");
  EXPECT_NE(a.load(), 0u);
  EXPECT_NE(ab.load(), before);
  EXPECT_NE(abc.load(), 0u);
  EXPECT_EQ(aa.load(), 0u);
}

TEST(RootsTest, WithoutANamespaceEachKeyIsAskedForOnceTheyDiffer) {
  Roots roots;
  const Root& all = roots.of("");
  roots.of("a");
  roots.move("");
  EXPECT_EQ(all.load(), roots.of("a").load());
  roots.move("a");
  EXPECT_EQ(all.load(), kAskForRoot);
  EXPECT_EQ(roots.of_key("a:k"), roots.of("a").load());
  EXPECT_NE(roots.of_key("k"), roots.of("a").load());
  EXPECT_EQ(roots.of_key("b:k"), roots.of_key("k"));
  roots.move("");
  EXPECT_EQ(all.load(), roots.of_key("a:k"));
}

// A handle without a namespace may put and clear before there is a handle on the namespace of a
// key.
TEST(RootsTest, ANewNamespaceTakesOnTheRootItsKeysHadBefore) {
  Roots roots;
  const uint64_t old = roots.of_key("a/b:k");
  roots.move("");
  const uint64_t present = roots.of_key("a/b:k");
  EXPECT_NE(old, present);
  EXPECT_EQ(roots.of("a/b").load(), present);
  roots.move("x");  // of which nobody has a handle
  EXPECT_EQ(roots.of_key("x/y:k"), roots.of("x").load());
  EXPECT_EQ(roots.of("x/y").load(), roots.of("x").load());
}

}  // namespace
}  // namespace coffer::core
