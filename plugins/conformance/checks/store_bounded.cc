// Stores with limits. Limits are set through the options "capacity" and "bytes" where the schema
// has them, else those that the options of the command line give are used.
#include <cstring>

#include "plugins/conformance/checks.h"
#include "plugins/conformance/store_bench.h"

namespace coffer::conformance::checks {
namespace {

constexpr uint64_t kEntries = 64;
constexpr uint64_t kBytes = 256 * 1024;
constexpr uint64_t kReach = 64 * 1024 * 1024;  // larger limits take too long to reach

OptionValues limit(const Case& c, const char* key, uint64_t value) {
  for (size_t i = 0; i < c.info().option_count; ++i) {
    if (std::strcmp(c.info().options[i].key, key) == 0) return {{key, str(value)}};
  }
  return {};
}

std::string unreachable(const char* what) {
  return std::string("no limit in ") + what + " is within reach; give one by --option";
}

}  // namespace

void bounded_entries(Case& c) {
  StoreBench b(c, limit(c, "capacity", kEntries));
  const uint64_t capacity = b.store.stats().capacity;
  if (capacity == 0 || capacity > 100000) return c.warn(unreachable("entries"));
  for (uint64_t i = 0; i < 4 * capacity; ++i) {
    const std::string key = "k" + str(i);
    b.must_put({.key = key, .value = "v"});
    const uint64_t entries = b.store.stats().entries;
    if (entries > capacity) {
      c.fail(str(entries) + " entries are held with a capacity of " + str(capacity));
    }
  }
  const coffer_store_stats stats = b.store.stats();
  if (stats.entries + stats.evictions != 4 * capacity) {
    c.fail("of " + str(4 * capacity) + " puts " + str(stats.entries) + " are entries and " +
           str(stats.evictions) + " evictions");
  }
  if (stats.entries < capacity / 2) {
    c.warn("only " + str(stats.entries) + " entries are held with a capacity of " + str(capacity));
  }
  uint64_t found = 0;
  for (uint64_t i = 0; i < 4 * capacity; ++i) {
    found += b.store.get("k" + str(i)).status == COFFER_OK ? 1 : 0;
  }
  if (found != stats.entries) {
    c.fail(str(found) + " entries can be read, and stats count " + str(stats.entries));
  }
  b.finish();
}

void bounded_bytes(Case& c) {
  StoreBench b(c, limit(c, "bytes", kBytes));
  const uint64_t limit = b.store.stats().byte_limit;
  if (limit == 0 || limit > kReach) return c.warn(unreachable("bytes"));
  uint64_t written = 0;
  for (uint64_t i = 0; written < 3 * limit; ++i) {
    const size_t size = 1 + c.random().below(limit / 64);
    const coffer_status status =
        b.store.put({.key = "k" + str(i), .value = std::string(size, 'v')}).status;
    b.expect("put of " + str(size) + " bytes", status, COFFER_OK);
    written += size;
    const uint64_t bytes = b.store.stats().bytes;
    if (bytes > limit) c.fail(str(bytes) + " bytes are held with a limit of " + str(limit));
  }
  if (b.store.stats().evictions == 0) c.fail("nothing was evicted");
  // Larger than everything: kept nowhere, but said in a proper way, and the store goes on.
  FakeSink sink;
  b.store.tolerate(COFFER_TOO_LARGE);
  b.store.put({.key = "huge", .value = std::string(2 * limit, 'v')});
  b.must_put({.key = "k", .value = "small"});
  if (b.store.stats().bytes > limit) c.fail("an entry over the limit is held");
  b.finish();
}

void bounded_weight(Case& c) {
  StoreBench b(c, limit(c, "bytes", kBytes));
  const uint64_t limit = b.store.stats().byte_limit;
  if (limit == 0) return c.warn(unreachable("bytes"));
  b.store.tolerate(COFFER_TOO_LARGE);
  for (int i = 0; i < 2000; ++i) {
    b.store.put({.key = "k" + str(i), .value = "v", .weight = limit / 100});
    const uint64_t entries = b.store.stats().entries;
    if (entries > 100) {
      c.fail(str(entries) + " entries are held, each with a weight of 1/100 of the limit");
    }
  }
  for (uint64_t weight : {limit, limit * 2, UINT64_MAX, UINT64_MAX - 100}) {
    b.store.put({.key = "heavy", .value = "v", .weight = weight});
    if (b.store.get("heavy").status == COFFER_OK && weight > limit) {
      c.fail("an entry of weight " + str(weight) + " is held with a limit of " + str(limit));
    }
  }
  b.must_put({.key = "k", .value = "light"});
  b.expect_value("after heavy entries", "k", "light");
  b.finish();
}

void bounded_pins(Case& c) {
  StoreBench b(c, limit(c, "capacity", kEntries));
  if (b.store.stats().capacity == 0) return c.warn(unreachable("entries"));
  std::vector<std::pair<Pin, std::string>> pins;
  for (uint64_t i = 0; i < 40 * kEntries; ++i) {
    const std::string value = c.random().bytes(1 + i % 200);
    b.must_put({.key = "k" + str(i), .value = value});
    Got got = b.store.get("k" + str(i));
    if (i < 2 * kEntries && got.status == COFFER_OK) pins.emplace_back(std::move(got.pin), value);
  }
  for (const auto& [pin, value] : pins) {
    if (pin.value() != value) c.fail("a pinned entry changed when it was evicted");
  }
  pins.clear();
  b.finish();
}

void bounded_events(Case& c) {
  StoreBench b(c, limit(c, "capacity", kEntries));
  const uint64_t capacity = b.store.stats().capacity;
  if (capacity == 0 || capacity > 100000) return c.warn(unreachable("entries"));
  const auto fill = [&](const char* prefix) {
    for (uint64_t i = 0; i < 3 * capacity; ++i) b.must_put({.key = prefix + str(i), .value = "v"});
  };
  fill("a");
  if (!b.host.take_events().empty()) c.fail("events come although nobody listens");
  const uint64_t before = b.store.stats().evictions;
  b.host.want_events(COFFER_EVENT_EVICT);
  fill("b");
  const uint64_t evicted = b.store.stats().evictions - before;
  const std::vector<KeyEvent> events = b.host.take_events();
  if (events.size() != evicted) {
    c.fail(str(events.size()) + " events tell of " + str(evicted) + " evictions");
  }
  for (const KeyEvent& event : events) {
    if (event.kind != COFFER_EVENT_EVICT) c.fail("an event of another kind was sent");
    if (b.store.get(event.key).status != COFFER_MISS) {
      c.fail("an event tells that " + quoted(event.key) + " was evicted, but it is there");
    }
  }
  b.finish();
}

}  // namespace coffer::conformance::checks
