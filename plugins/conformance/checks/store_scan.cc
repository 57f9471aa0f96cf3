// Listing keys.
#include <atomic>
#include <list>
#include <map>

#include "plugins/conformance/checks.h"
#include "plugins/conformance/store_bench.h"

namespace coffer::conformance::checks {
namespace {

// Fails unless `listed` has each of k0..k<n-1> once, and other keys at most once.
void check_stable(const Case& c, const std::vector<std::string>& listed, int n) {
  std::map<std::string, int> times;
  for (const std::string& key : listed) ++times[key];
  for (int i = 0; i < n; ++i) {
    const int seen = times["k" + str(i)];
    if (seen != 1) c.fail("a key that stayed was listed " + std::to_string(seen) + " times");
  }
}

}  // namespace

void scan_all(Case& c) {
  StoreBench b(c);
  if (!b.store.scan("", 10).empty()) c.fail("a fresh store lists keys");
  std::vector<std::string> keys = {"", std::string("\0", 1), "\xff", "a", "aa:", "b:1"};
  for (int i = 0; i < 300; ++i) keys.push_back("a:" + str(i));
  for (const std::string& key : keys) b.must_put({.key = key, .value = "v"});
  if (b.store.stats().evictions > 0) return c.warn("it evicts too early to tell");
  for (size_t page : {1, 2, 7, 100, 1000}) {
    for (const std::string& prefix :
         {std::string(), std::string("a"), std::string("a:"), std::string("a:2"),
          std::string("b:1"), std::string("b:11"), std::string("\0", 1), std::string("\xff\xff")}) {
      std::map<std::string, int> listed;
      for (const std::string& key : b.store.scan(prefix, page)) ++listed[key];
      size_t want = 0;
      for (const std::string& key : keys) {
        if (!key.starts_with(prefix)) continue;
        ++want;
        if (listed[key] != 1) {
          c.fail("scan of " + quoted(prefix) + " lists " + quoted(key) + " " +
                 std::to_string(listed[key]) + " times, with pages of " + str(page));
        }
      }
      if (listed.size() != want) c.fail("scan of " + quoted(prefix) + " lists other keys too");
    }
  }
  b.finish();
}

void scan_changes(Case& c) {
  constexpr int kStable = 300;
  for (size_t page : {1, 16, 100}) {
    StoreBench b(c);
    for (int i = 0; i < kStable; ++i) b.must_put({.key = "k" + str(i), .value = "v"});
    std::vector<std::string> listed;
    {
      Store::Scan scan(b.store, "");
      for (int i = 0; scan.next(page, &listed); ++i) {
        if (i > 1000000) c.fail("scan_next never says END");
        if (i > 300) continue;  // a scan need not overtake a store that grows for ever
        // Growth makes tables larger, deletion moves what is left, overwriting makes new entries.
        for (int k = 0; k < 20; ++k) b.must_put({.key = "n" + str(i * 20 + k), .value = "v"});
        for (int k = 0; k < 10; ++k) b.store.del("n" + str(c.random().below(i * 20 + 20)));
        b.must_put({.key = "k" + str(c.random().below(kStable)), .value = "w"});
        b.store.touch("k" + str(c.random().below(kStable)), 1000000000);
      }
    }
    if (b.store.stats().evictions > 0) return c.warn("it evicts too early to tell");
    check_stable(c, listed, kStable);
    b.finish();
  }
}

void scan_threads(Case& c) {
  constexpr int kStable = 500;
  StoreBench b(c);
  for (int i = 0; i < kStable; ++i) b.must_put({.key = "k" + str(i), .value = "v"});
  std::atomic<int> scanning{2};
  const uint64_t seed = c.random().next();
  c.threads(4, [&](size_t thread) {
    if (thread < 2) {
      for (int round = 0; round < 5; ++round) {
        check_stable(c, b.store.scan("", 32), kStable);
      }
      --scanning;
      return;
    }
    Random random(seed + thread);
    for (int i = 0; i < 20000 && scanning > 0; ++i) {
      const std::string key = "n" + str(random.below(2000));
      if (random.one_in(2)) {
        b.store.put({.key = key, .value = "v"});
      } else {
        b.store.del(key);
      }
      if (random.one_in(8)) b.store.put({.key = "k" + str(random.below(kStable)), .value = "w"});
    }
  });
  b.finish();
}

void scan_close(Case& c) {
  StoreBench b(c);
  for (int i = 0; i < 100; ++i) b.must_put({.key = "k" + str(i), .value = "v"});
  std::list<Store::Scan> scans;
  std::vector<std::string> keys;
  for (int i = 0; i < 50; ++i) {
    scans.emplace_back(b.store, i % 2 == 0 ? "" : "k1");
    for (uint64_t pages = c.random().below(5); pages > 0; --pages) scans.back().next(3, &keys);
    if (c.random().one_in(3)) scans.pop_front();
  }
  b.store.clear("");
  for (Store::Scan& scan : scans) scan.next(3, &keys);
  scans.clear();
  b.finish();
}

}  // namespace coffer::conformance::checks
