// Live objects: one reference for each entry, given back once.
#include "plugins/conformance/checks.h"
#include "plugins/conformance/store_bench.h"

namespace coffer::conformance::checks {
namespace {

Put object_put(StoreBench& b, const std::string& key) {
  Put put = {.key = key};
  put.object = b.host.new_object();
  put.object_type = b.host.object_type();
  put.flags = COFFER_ENTRY_OBJECT;
  put.weight = 100;
  return put;
}

void expect_releases(StoreBench& b, const std::string& when, const void* object, uint64_t want) {
  const uint64_t got = b.host.releases_of(object);
  if (got == want) return;
  b.c.fail(when + " the object was given back " + str(got) + " times, not " + str(want));
}

}  // namespace

void objects_get(Case& c) {
  StoreBench b(c);
  const Put put = object_put(b, "k");
  b.must_put(put);
  Got got = b.store.get("k");
  b.expect("get", got.status, COFFER_OK);
  if (got.pin->object != put.object || got.pin->object_type != put.object_type ||
      (got.pin->flags & COFFER_ENTRY_OBJECT) == 0) {
    c.fail("the object does not come back");
  }
  got.pin.release();
  Got without = b.store.get("k", COFFER_GET_NO_VALUE);
  b.expect("get without value", without.status, COFFER_OK);
  without.pin.release();
  if ((b.store.caps() & COFFER_STORE_COPY) != 0) {
    b.expect("read of an object", b.store.read("k", 100, 0).status, COFFER_UNSUPPORTED);
  }
  expect_releases(b, "while the entry is there", put.object, 0);
  b.finish();
  expect_releases(b, "at the end of the instance", put.object, 1);
}

void objects_release(Case& c) {
  StoreBench b(c);
  const auto put_new = [&](const std::string& key, coffer_ttl ttl = COFFER_TTL_FOREVER) {
    Put put = object_put(b, key);
    put.ttl = ttl;
    b.must_put(put);
    return put.object;
  };
  void* overwritten = put_new("a");
  void* by_bytes = put_new("b");
  void* deleted = put_new("c");
  void* cleared = put_new("d:1");
  void* expired = put_new("e", 1000);
  void* pinned = put_new("f");
  void* last = put_new("g");
  Got pin = b.store.get("f");
  void* second = put_new("a");
  b.must_put({.key = "b", .value = "bytes"});
  b.store.del("c");
  b.store.clear("d:");
  b.store.del("f");
  b.host.advance(2000);
  b.store.get("e");
  for (int i = 0; i < 100; ++i) {
    b.host.advance(1000000000);
    b.store.maintain();
  }
  expect_releases(b, "while it is pinned", pinned, 0);
  pin.pin.release();
  b.finish();
  for (const void* object :
       {overwritten, by_bytes, deleted, cleared, expired, pinned, last, second}) {
    expect_releases(b, "at the end of the instance", object, 1);
  }
}

void objects_refused(Case& c) {
  StoreBench b(c);
  const uint64_t version = b.must_put({.key = "k", .value = "v"});
  std::vector<void*> refused;
  for (int32_t mode : {COFFER_PUT_ADD, COFFER_PUT_CAS, COFFER_PUT_REPLACE}) {
    Put put = object_put(b, mode == COFFER_PUT_REPLACE ? "absent" : "k");
    put.mode = mode;
    put.expected_version = version + 1;
    if (b.store.put(put).status == COFFER_OK) c.fail("a put that must be refused is not");
    refused.push_back(put.object);
  }
  b.expect_value("after refused puts", "k", "v");
  b.finish();
  for (const void* object : refused) expect_releases(b, "after a refused put", object, 0);
}

}  // namespace coffer::conformance::checks
