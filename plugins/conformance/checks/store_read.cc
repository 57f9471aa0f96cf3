// Copying reads.
#include "plugins/conformance/checks.h"
#include "plugins/conformance/malloc_watch.h"
#include "plugins/conformance/store_bench.h"

namespace coffer::conformance::checks {

void store_read(Case& c) {
  StoreBench b(c);
  b.expect("read of nothing", b.store.read("k", 10, 10).status, COFFER_MISS);
  b.expect("read without room", b.store.read("k", 0, 0).status, COFFER_MISS);
  for (size_t size : {0, 1, 7, 8, 9, 63, 64, 100, 1000, 100000}) {
    Put put = {.key = "k" + str(size % 4), .value = c.random().bytes(size)};
    put.meta = c.random().bytes(size % 1025);
    put.ttl = 1000000 + size;
    put.flags = COFFER_ENTRY_NEGATIVE;
    put.format = 19;
    const uint64_t version = b.must_put(put);
    for (size_t spare : {0, 1, 100}) {
      const Read read = b.store.read(put.key, size + spare, put.meta.size());
      b.expect("read of " + str(size) + " bytes", read.status, COFFER_OK);
      if (read.value != put.value) c.fail("read gives other bytes");
      if (read.meta != put.meta) c.fail("read gives other meta");
      if (read.io.info.version != version || read.io.info.flags != put.flags ||
          read.io.info.format != put.format || read.io.info.expires_at != b.host.now() + put.ttl) {
        c.fail("read tells another version, flags, format or expiry than was put");
      }
    }
  }
  b.host.advance(10000000);
  b.expect("read of an expired entry", b.store.read("k0", 100, 0).status, COFFER_MISS);
  b.finish();
}

void store_read_short(Case& c) {
  StoreBench b(c);
  const uint64_t version =
      b.must_put({.key = "k", .value = std::string(100, 'v'), .meta = std::string(50, 'm')});
  for (size_t capacity : {0, 1, 99}) {
    const Read read = b.store.read("k", capacity, 50);
    b.expect("read into " + str(capacity) + " bytes", read.status, COFFER_SHORT);
    if (read.io.info.size != 100) c.fail("SHORT does not tell the size needed");
    if (read.io.info.version != version) c.fail("SHORT does not fill the info");
  }
  for (size_t meta_capacity : {0, 1, 49}) {
    const Read read = b.store.read("k", 100, meta_capacity);
    b.expect("read with too little room for meta", read.status, COFFER_OK);
    if (read.io.meta_size != 50) c.fail("the size of meta that does not fit is not told");
    if (read.value != std::string(100, 'v')) c.fail("read gives other bytes");
  }
  b.finish();
}

void store_read_quiet(Case& c) {
  StoreBench b(c);
  for (int i = 0; i < 100; ++i) b.must_put({.key = "k" + str(i), .value = std::string(i, 'v')});
  const coffer_store table = b.store.table();
  if (table.read == nullptr) c.skip("the options turned the capability off");
  std::vector<std::string> keys;
  for (int i = 0; i < 200; ++i) keys.push_back("k" + str(i));
  FakeSink sink;
  char buffer[64];
  for (const std::string& name : keys) {
    const coffer_key key = b.store.make_key(name);
    coffer_store_read io = {};
    io.buffer = buffer;
    io.capacity = sizeof(buffer);
    const uint64_t blocks = b.host.allocations();
    const MallocWatch watch;
    table.read(b.store.self(), &key, &io, sink.get());
    if (watch.calls() != 0 || b.host.allocations() != blocks) {
      c.fail("read of " + quoted(name) + " allocates, but is tagged no-alloc");
    }
  }
  b.finish();
}

}  // namespace coffer::conformance::checks
