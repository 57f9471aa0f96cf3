// Freshness across processes: what one computes another invalidates, on a store that only keeps
// entries.
#include <gtest/gtest.h>

#include <thread>

#include "capi/testing/freshness.h"
#include "tests/promise/shared_store.h"

namespace coffer::testing {
namespace {

class SharedTest : public RuntimeTest {
 public:
  static void SetUpTestSuite() { ASSERT_EQ(SharedStore::enlist(), COFFER_OK); }

 protected:
  void SetUp() override { start("shared://?capacity=100000&early=0"); }
  void start(const char* url) {
    RuntimeTest::SetUp();
    here_ = open(url);
    const coffer_option options[] = {text_option("clock", "manual"), int_option("hash_seed", 1)};
    ASSERT_EQ(coffer_runtime_create(options, 2, &other_runtime_, nullptr), COFFER_OK);
    ASSERT_EQ(coffer_cache_open(other_runtime_, url, nullptr, 0, &there_, nullptr), COFFER_OK);
  }
  void TearDown() override {
    coffer_cache_release(there_);
    coffer_runtime_release(other_runtime_);
    RuntimeTest::TearDown();
  }

  coffer_runtime* other_runtime_ = nullptr;
  coffer_cache* here_ = nullptr;
  coffer_cache* there_ = nullptr;  // in the other process
};

TEST_F(SharedTest, WhatOneStoresTheOtherReads) {
  Depends depends;
  depends.tag("t");
  EXPECT_EQ(load(here_, "k", "v", depends), "loaded");
  EXPECT_EQ(get(there_, "k"), "v");
  EXPECT_EQ(fetch(there_, "k").text(), "HIT v");
}

TEST_F(SharedTest, TagsRowsSpacesAndClearReachTheOther) {
  Depends depends;
  depends.tag("t").rows("posts", {{{"id", 1}}, {{"color", 2}, {"size", 3}}});
  const auto ends = [&](const char* what, auto&& event) {
    EXPECT_EQ(load(here_, "k", "v", depends), "loaded") << what;
    EXPECT_EQ(get(there_, "k"), "v") << what;
    event();
    EXPECT_EQ(get(here_, "k"), "(miss)") << what;
    EXPECT_EQ(get(there_, "k"), "(miss)") << what;
  };
  ends("tag", [&] { EXPECT_EQ(invalidate(there_, "t"), COFFER_OK); });
  ends("row by id", [&] {
    const Depends::Conjunction row{{"id", 1}, {"color", 9}, {"size", 9}};
    EXPECT_EQ(row_event(there_, "posts", nullptr, &row), COFFER_OK);
  });
  ends("row by two columns", [&] {
    const Depends::Conjunction row{{"id", 9}, {"color", 2}, {"size", 3}};
    EXPECT_EQ(row_event(there_, "posts", &row, nullptr), COFFER_OK);
  });
  ends("space", [&] {
    EXPECT_EQ(coffer_invalidate_space(there_, nullptr, bytes("posts"), nullptr), COFFER_OK);
  });
  ends("clear", [&] { EXPECT_EQ(coffer_clear(there_, nullptr), COFFER_OK); });
  EXPECT_EQ(load(here_, "k", "v", depends), "loaded");
  const Depends::Conjunction other{{"id", 2}, {"color", 2}, {"size", 4}};
  EXPECT_EQ(row_event(there_, "posts", nullptr, &other), COFFER_OK);
  EXPECT_EQ(get(here_, "k"), "v") << "no more than needed";
}

TEST_F(SharedTest, ClearEndsANamespaceWithThoseNestedInIt) {
  const auto derived = [](coffer_cache* cache, const char* name) {
    const coffer_option option = text_option("namespace", name);
    coffer_cache* out = nullptr;
    EXPECT_EQ(coffer_cache_derive(cache, &option, 1, &out, nullptr), COFFER_OK);
    return out;
  };
  coffer_cache* a = derived(here_, "a");
  coffer_cache* ab = derived(a, "b");
  coffer_cache* a_there = derived(there_, "a");
  for (coffer_cache* cache : {here_, a, ab}) put(cache, "k", "v");
  EXPECT_EQ(coffer_clear(a_there, nullptr), COFFER_OK);
  EXPECT_EQ(get(here_, "k"), "v");
  EXPECT_EQ(get(a, "k"), "(miss)");
  EXPECT_EQ(get(ab, "k"), "(miss)");
  for (coffer_cache* cache : {a, ab, a_there}) coffer_cache_release(cache);
}

TEST_F(SharedTest, AComputationFromWhatChangedIsNotStored) {
  Depends depends;
  depends.tag("t");
  const Fetch leader = fetch_with(here_, "k", depends);
  ASSERT_EQ(leader.text(), "LEAD");
  invalidate(there_, "t");
  EXPECT_EQ(commit(here_, leader.lease(), "of before"), COFFER_SUPERSEDED);
  EXPECT_EQ(get(there_, "k"), "(miss)");
}

TEST_F(SharedTest, WhatAnotherProcessWroteMeanwhileIsNotOverwritten) {
  const Fetch leader = fetch(here_, "k");
  put(there_, "k", "written there");
  EXPECT_EQ(commit(here_, leader.lease(), "computed here"), COFFER_SUPERSEDED);
  EXPECT_EQ(get(here_, "k"), "written there");
  const Fetch refresh = fetch(here_, "k", fetch_options(COFFER_FETCH_REFRESH));
  remove(there_, "k");
  EXPECT_EQ(commit(here_, refresh.lease(), "computed here"), COFFER_SUPERSEDED);
  EXPECT_EQ(get(here_, "k"), "(miss)");
}

TEST_F(SharedTest, StampsAreNotAmongTheKeys) {
  Depends depends;
  depends.tag("t").rows("posts", {{{"id", 1}}});
  load(here_, "k", "v", depends);
  EXPECT_EQ(keys_of(here_, COFFER_SCAN_PREFIX, ""), std::vector<std::string>{"k"});
  const std::string reserved("\0s", 2);
  EXPECT_EQ(put(here_, reserved, "v"), COFFER_INVALID_ARGUMENT);
  EXPECT_EQ(get_pinned(here_, reserved), "(INVALID_ARGUMENT)");
}

TEST_F(SharedTest, CountersAndModesMindWhatIsNotFresh) {
  Depends depends;
  depends.tag("t");
  coffer_put_options add = put_options(COFFER_PUT_ADD);
  add.dependencies = depends.get();
  EXPECT_EQ(put(here_, "k", "1", &add), COFFER_OK);
  EXPECT_EQ(put(there_, "k", "2", &add), COFFER_EXISTS);
  int64_t sum = 0;
  EXPECT_EQ(coffer_incr(there_, "k", 1, 4, 0, COFFER_TTL_DEFAULT, &sum, nullptr), COFFER_OK);
  EXPECT_EQ(sum, 5);
  invalidate(here_, "t");
  EXPECT_EQ(put(there_, "k", "2", &add), COFFER_OK);
  EXPECT_EQ(get(here_, "k"), "2");
}

// What a bounded store evicts may be stamps, at any moment: then more is missing, but nothing stale
// is served.
class EvictingTest : public SharedTest {
 protected:
  void SetUp() override { start("shared://?capacity=40&strategy=lru&early=0"); }
};

TEST_F(EvictingTest, ALostStampReadsAsChanged) {
  uint64_t hits = 0;
  int64_t present[10] = {};
  const unsigned seed = static_cast<unsigned>(std::time(nullptr));
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::srand(seed);
  for (int step = 0; step < 20'000; ++step) {
    const int i = std::rand() % 10;
    const std::string key = "k" + std::to_string(i);
    coffer_cache* cache = std::rand() % 2 == 0 ? here_ : there_;
    if (std::rand() % 4 == 0) {
      ++present[i];
      const Depends::Conjunction row{{"id", i}, {"color", std::rand() % 3}};
      ASSERT_EQ(row_event(cache, "posts", nullptr, &row), COFFER_OK);
      continue;
    }
    Depends depends;
    depends.rows("posts", {{{"id", i}}});
    Fetch got = fetch_with(cache, key, depends);
    if (got.fetched.state == COFFER_FETCH_HIT) {
      ++hits;
      ASSERT_EQ(got.text(), "HIT " + std::to_string(present[i])) << "step " << step;
    } else {
      ASSERT_EQ(got.text(), "LEAD");
      const coffer_status status = commit(cache, got.lease(), std::to_string(present[i]));
      ASSERT_TRUE(status == COFFER_OK || status == COFFER_SUPERSEDED) << status;
    }
  }
  EXPECT_GT(hits, 100u);
}

}  // namespace
}  // namespace coffer::testing
