// What a store says of itself, and what it does when memory runs out.
#include <algorithm>
#include <cstring>

#include "plugins/conformance/checks.h"
#include "plugins/conformance/store_bench.h"

namespace coffer::conformance::checks {

void store_stats(Case& c) {
  StoreBench b(c);
  const auto expect_entries = [&](const char* when, uint64_t want) {
    const coffer_store_stats stats = b.store.stats();
    if (stats.entries + stats.evictions != want) {
      c.fail(std::string(when) + ": stats count " + str(stats.entries) + " entries, not " +
             str(want));
    }
    if (stats.entries > 0 && stats.bytes == 0) c.fail("entries that take no bytes");
  };
  const coffer_store_stats fresh = b.store.stats();
  for (int i = 0; i < 50; ++i) b.must_put({.key = "k" + str(i), .value = std::string(100, 'x')});
  expect_entries("after 50 puts", 50);
  const coffer_store_stats full = b.store.stats();
  if (full.inserts < fresh.inserts + 50) c.fail("inserts does not count new entries");
  if (full.bytes < fresh.bytes + 50 * 100) c.fail("bytes is less than that of the values");
  for (int i = 0; i < 50; ++i) b.must_put({.key = "k" + str(i), .value = "y"});
  expect_entries("after overwriting", 50);
  for (int i = 0; i < 10; ++i) b.store.del("k" + str(i));
  expect_entries("after 10 deletes", 40);
  b.store.del("absent");
  b.store.put({.key = "absent", .value = "v", .mode = COFFER_PUT_REPLACE});
  expect_entries("after calls that do nothing", 40);
  b.store.clear("k1");
  expect_entries("after clear", 30);
  b.store.clear("");
  expect_entries("after clear of all", 0);
  const coffer_store_stats empty = b.store.stats();
  if (full.capacity != empty.capacity || full.byte_limit != empty.byte_limit) {
    c.fail("the limits change by themselves");
  }
  uint64_t highest = 0;
  for (int round = 0; round < 100; ++round) {
    for (int i = 0; i < 50; ++i) b.must_put({.key = "k" + str(i), .value = std::string(100, 'x')});
    b.store.clear("");
    b.store.maintain();
    if (round < 50) highest = std::max(highest, b.store.stats().bytes);
  }
  if (b.store.stats().bytes > highest) c.fail("bytes only grows, although entries come and go");
  b.finish();
}

void store_stats_size(Case& c) {
  StoreBench b(c);
  b.must_put({.key = "k", .value = "v"});
  const coffer_store_stats full = b.store.stats();
  if (full.struct_size != sizeof(full)) c.fail("stats change struct_size");
  if (full.reserved != 0) c.fail("stats set a reserved member");
  for (uint32_t size = 16; size <= sizeof(full) + 32; size += 8) {
    alignas(coffer_store_stats) unsigned char room[sizeof(full) + 64];
    std::memset(room, 0xee, sizeof(room));
    std::memcpy(room, &size, sizeof(size));
    b.store.table().stats(b.store.self(), reinterpret_cast<coffer_store_stats*>(room));
    const size_t known = size < sizeof(full) ? size : sizeof(full);
    if (std::memcmp(room + 8, reinterpret_cast<const char*>(&full) + 8, known - 8) != 0) {
      c.fail("with struct_size " + str(size) + " the stats are not filled");
    }
    for (size_t i = size; i < sizeof(room); ++i) {
      if (room[i] != 0xee) c.fail("with struct_size " + str(size) + " more is written (P10)");
    }
  }
}

// One round of use, in which one allocation may fail anywhere. Whatever was confirmed must hold.
void store_no_memory(Case& c) {
  const std::string big(3000, 'x');
  for (uint64_t k = 1;; ++k) {
    StoreBench b(c);
    b.must_put({.key = "old", .value = "1"});
    b.store.tolerate(COFFER_EXHAUSTED);
    const uint64_t before = b.host.allocations();
    b.host.fail_allocation(k);
    const coffer_status overwritten = b.store.put({.key = "old", .value = big}).status;
    const std::vector<Written> batch = b.store.put_all(
        {{.key = "a", .value = big, .meta = "m"}, {.key = "b", .value = "2"}, {.key = "c"}});
    Got pinned = b.store.get("a");
    const coffer_status touched = b.store.touch("b", 1000000000);
    pinned.pin.release();
    const bool reached = b.host.allocations() - before >= k;
    b.host.fail_allocation(0);
    b.store.tolerate(COFFER_OK);
    for (coffer_status status : {overwritten, touched, batch[0].status, batch[1].status}) {
      if (status < 16 || (reached && status == COFFER_EXHAUSTED)) continue;
      c.fail("when allocation " + str(k) + " failed a call said " + status_text(status));
    }
    const Got old = b.store.get("old");
    b.expect("the old entry", old.status, COFFER_OK);
    if (old.pin.value() != (overwritten == COFFER_OK ? big : "1")) {
      c.fail("when allocation " + str(k) + " failed an entry was left half written");
    }
    if (batch[1].status == COFFER_OK) b.expect_value("a confirmed put", "b", "2");
    const Got a = b.store.get("a");
    if (a.status == COFFER_OK && (a.pin.value() != big || a.pin.meta() != "m")) {
      c.fail("when allocation " + str(k) + " failed an entry was left half written");
    }
    b.must_put({.key = "after", .value = "3"});
    b.expect_value("after the shortage", "after", "3");
    if (!reached) return;
    if (k == 10000) c.fail("so little use makes more than 10000 allocations");
  }
}

}  // namespace coffer::conformance::checks
