// Many threads at once. The work is done through the bare table: it is the store that must order
// them, not the driver.
#include <atomic>
#include <cstring>
#include <mutex>
#include <set>

#include "plugins/conformance/checks.h"
#include "plugins/conformance/store_bench.h"

namespace coffer::conformance::checks {
namespace {

constexpr size_t kThreads = 4;

// A value that shows whether all its bytes are from one put on one key.
std::string stamped(const std::string& key, uint64_t n) {
  const std::string stamp = key + "#" + str(n) + ";";
  std::string value;
  for (size_t times = 1 + n % 20; times > 0; --times) value += stamp;
  return value;
}

bool is_stamped(const std::string& key, const std::string& value) {
  const size_t end = value.find(';');
  if (end == std::string::npos || !value.starts_with(key + "#")) return false;
  const std::string number = value.substr(key.size() + 1, end - key.size() - 1);
  return value == stamped(key, std::stoull(number));
}

}  // namespace

void threads_storm(Case& c) {
  StoreBench b(c);
  const uint64_t seed = c.random().next();
  c.threads(kThreads, [&](size_t thread) {
    Random random(seed + thread);
    std::vector<Pin> pins(8);
    for (uint64_t i = 0; i < 8000; ++i) {
      const std::string key = "k" + str(random.below(64));
      switch (random.below(10)) {
        case 0: b.store.del(key); break;
        case 1: b.store.touch(key, 1000000); break;
        case 2:
          if (random.one_in(200)) b.store.clear("k1");
          b.store.stats();
          break;
        case 3:
        case 4:
        case 5:
          b.store.put({.key = key, .value = stamped(key, thread * 1000000 + i), .ttl = 5000000});
          break;
        default: {
          Got got = b.store.get(key);
          if (got.status != COFFER_OK) break;
          if (!is_stamped(key, got.pin.value())) {
            c.fail(quoted(key) + " holds " + quoted(got.pin.value()));
          }
          pins[random.below(pins.size())] = std::move(got.pin);
        }
      }
      if (thread == 0 && i % 64 == 0) {
        b.host.advance(10000);
        b.store.maintain();
      }
    }
  });
  b.finish();
}

void threads_add(Case& c) {
  StoreBench b(c);
  constexpr int kKeys = 500;
  std::vector<std::atomic<int>> wins(kKeys);
  c.threads(kThreads, [&](size_t thread) {
    for (int i = 0; i < kKeys; ++i) {
      const Written written =
          b.store.put({.key = "k" + str(i), .value = str(thread), .mode = COFFER_PUT_ADD});
      if (written.status == COFFER_OK) ++wins[i];
    }
  });
  if (b.store.stats().evictions > 0) return c.warn("it evicts too early to tell");
  for (const std::atomic<int>& won : wins) {
    if (won != 1) c.fail("of threads that add one key " + std::to_string(won) + " succeed");
  }
  b.finish();
}

void threads_cas(Case& c) {
  StoreBench b(c);
  constexpr uint64_t kSteps = 1000;
  b.must_put({.key = "n", .value = "0"});
  c.threads(kThreads, [&](size_t) {
    for (uint64_t done = 0; done < kSteps;) {
      const Got got = b.store.get("n");
      b.expect("get", got.status, COFFER_OK);
      const Written written = b.store.put({.key = "n",
                                           .value = str(std::stoull(got.pin.value()) + 1),
                                           .mode = COFFER_PUT_CAS,
                                           .expected_version = got.pin->version});
      if (written.status == COFFER_OK) {
        ++done;
      } else {
        b.expect("CAS", written.status, COFFER_CONFLICT);
      }
    }
  });
  b.expect_value("after counting", "n", str(kThreads * kSteps));
  b.finish();
}

void threads_delete_version(Case& c) {
  StoreBench b(c);
  std::mutex mutex;
  std::set<uint64_t> deleted;
  std::atomic<uint64_t> added{0};
  c.threads(kThreads, [&](size_t) {
    for (int i = 0; i < 3000; ++i) {
      const Got got = b.store.get("k");
      if (got.status == COFFER_MISS) {
        const Written written = b.store.put({.key = "k", .value = "v", .mode = COFFER_PUT_ADD});
        if (written.status == COFFER_OK) ++added;
        continue;
      }
      b.expect("get", got.status, COFFER_OK);
      const uint64_t version = got.pin->version;
      if (b.store.del("k", version) != COFFER_OK) continue;
      std::lock_guard hold(mutex);
      if (!deleted.insert(version).second) {
        c.fail("version " + str(version) + " of an entry was deleted twice");
      }
    }
  });
  const uint64_t left = b.store.get("k").status == COFFER_OK ? 1 : 0;
  if (b.store.stats().evictions == 0 && added != deleted.size() + left) {
    c.fail(str(added) + " entries were added, " + str(deleted.size()) + " were deleted and " +
           str(left) + " is left");
  }
  b.finish();
}

void threads_read(Case& c) {
  StoreBench b(c);
  const uint64_t seed = c.random().next();
  std::atomic<bool> done{false};
  c.threads(kThreads, [&](size_t thread) {
    Random random(seed + thread);
    for (uint64_t i = 0; i < 10000 && !(thread > 0 && done); ++i) {
      const std::string key = "k" + str(random.below(4));
      if (thread == 0 || random.one_in(4)) {
        b.store.put({.key = key, .value = stamped(key, thread * 1000000 + i)});
        continue;
      }
      const Read read = b.store.read(key, 1000, 0);
      if (read.status == COFFER_OK && !is_stamped(key, read.value)) {
        c.fail("read of " + quoted(key) + " gives " + quoted(read.value));
      }
    }
    if (thread == 0) done = true;
  });
  b.finish();
}

}  // namespace coffer::conformance::checks
