#include "core/freshness/roots.h"

#include <gtest/gtest.h>

namespace coffer::core {
namespace {

TEST(RootsTest, UntilSomethingIsClearedAllAreZero) {
  Roots roots;
  EXPECT_EQ(roots.of("").root().load(), 0u);
  EXPECT_EQ(roots.of("a").root().load(), 0u);
  EXPECT_EQ(roots.of_key("a:k"), 0u);
}

TEST(RootsTest, ANamespaceMovesWithAllNestedInIt) {
  Roots roots;
  const Roots::Handle handles[] = {roots.of("a"), roots.of("a/b"), roots.of("a/bc"),
                                   roots.of("aa")};
  const Root& a = handles[0].root();
  const Root& ab = handles[1].root();
  const Root& abc = handles[2].root();
  const Root& aa = handles[3].root();
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
  const Roots::Handle whole = roots.of("");
  const Roots::Handle handle = roots.of("a");
  const Root& all = whole.root();
  const Root& a = handle.root();
  roots.move("");
  EXPECT_EQ(all.load(), a.load());
  roots.move("a");
  EXPECT_EQ(all.load(), kAskForRoot);
  EXPECT_EQ(roots.of_key("a:k"), a.load());
  EXPECT_NE(roots.of_key("k"), a.load());
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
  EXPECT_EQ(roots.of("a/b").root().load(), present);
  roots.move("x");  // of which nobody has a handle
  EXPECT_EQ(roots.of_key("x/y:k"), roots.of("x").root().load());
  EXPECT_EQ(roots.of("x/y").root().load(), roots.of("x").root().load());
}

// However many were cleared or had handles in the past.
TEST(RootsTest, NamespacesWithoutUseAreForgotten) {
  Roots roots;
  const Roots::Handle whole = roots.of("");
  for (int i = 0; i < 1000; ++i) {
    const Roots::Handle handle = roots.of("ns" + std::to_string(i));
    if (i % 2 == 0) roots.move("ns" + std::to_string(i));
  }
  EXPECT_EQ(roots.size(), 501u);  // a cleared one may have entries
  roots.begin_sweep();
  const uint64_t used = roots.use_of_key("ns6/inner:k");
  roots.end_sweep();
  EXPECT_EQ(roots.size(), 2u);
  EXPECT_EQ(roots.of_key("ns6:k"), used);
  EXPECT_EQ(whole.root().load(), kAskForRoot);
  roots.begin_sweep();
  roots.end_sweep();
  EXPECT_EQ(roots.size(), 1u);
  EXPECT_EQ(whole.root().load(), 0u);  // hits without a namespace are cheap again
}

TEST(RootsTest, WhatASweepMayHaveMissedIsKept) {
  Roots roots;
  roots.begin_sweep();
  roots.move("a");
  roots.end_sweep();
  EXPECT_NE(roots.of_key("a:k"), 0u);
  roots.begin_sweep();
  const Roots::Handle handle = roots.of("a");
  roots.end_sweep();
  EXPECT_NE(handle.root().load(), 0u);
}

TEST(RootsTest, ClearOfAllForgetsNamespacesAtOnce) {
  Roots roots;
  const Roots::Handle kept = roots.of("a/b");
  for (const char* path : {"a", "a/b", "a/c", "d"}) roots.move(path);
  roots.move("a");
  EXPECT_EQ(roots.size(), 4u);  // all, a, a/b, d
  roots.move("");
  EXPECT_EQ(roots.size(), 2u);
  EXPECT_EQ(kept.root().load(), roots.of_key("d:k"));
}

}  // namespace
}  // namespace coffer::core
