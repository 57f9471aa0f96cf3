// What each call of a store does, one at a time.
#include <cstring>
#include <set>

#include "plugins/conformance/checks.h"
#include "plugins/conformance/store_bench.h"

namespace coffer::conformance::checks {

void store_empty(Case& c) {
  StoreBench b(c);
  for (const std::string& key : {std::string("absent"), std::string(), std::string("a\0b", 3)}) {
    b.expect_miss("fresh store", key);
    b.expect("del", b.store.del(key), COFFER_MISS);
    b.expect("touch", b.store.touch(key, 1000000), COFFER_MISS);
    b.expect("REPLACE", b.store.put({.key = key, .value = "v", .mode = COFFER_PUT_REPLACE}).status,
             COFFER_MISS);
    b.expect("CAS", b.store.put({.key = key, .mode = COFFER_PUT_CAS, .expected_version = 1}).status,
             COFFER_MISS);
    b.expect_miss("after refused puts", key);
  }
  if (b.store.clear("") != 0) c.fail("clear counts entries in an empty store");
  if (b.store.stats().entries != 0) c.fail("stats count entries in an empty store");
  b.finish();
}

void store_bytes(Case& c) {
  StoreBench b(c);
  std::vector<std::string> texts = {"",
                                    "a",
                                    std::string(1, '\0'),
                                    std::string("\0\0", 2),
                                    "\xff\xfe\x80",
                                    "a\0b",
                                    std::string("a\0b", 3),
                                    "a\0c",
                                    "A"};
  std::set<std::string> distinct(texts.begin(), texts.end());
  for (size_t size : {7, 8, 15, 16, 17, 31, 32, 63, 64, 65, 255, 256, 4095, 4096, 60000}) {
    distinct.insert(c.random().bytes(size));
  }
  std::vector<std::pair<std::string, std::string>> pairs;
  for (const std::string& key : distinct) {
    for (const std::string& value : distinct) {
      if (value.size() > 1000 && key.size() > 100) continue;  // one long part is enough
      b.must_put({.key = key, .value = value});
      b.expect_value("right after the put", key, value);
    }
    pairs.emplace_back(key, *distinct.rbegin());
  }
  b.must_put({.key = "large", .value = std::string(1 << 20, 'x')});
  b.expect_value("1 MiB", "large", std::string(1 << 20, 'x'));
  for (auto& [key, value] : pairs) {
    if (b.store.stats().evictions == 0) b.expect_value("at the end", key, value);
  }
  b.finish();
}

void store_modes(Case& c) {
  StoreBench b(c);
  const auto put = [&](int32_t mode, const char* value, uint64_t version = 0) {
    return b.store.put({.key = "k", .value = value, .mode = mode, .expected_version = version});
  };
  b.expect("ADD to nothing", put(COFFER_PUT_ADD, "1").status, COFFER_OK);
  b.expect("ADD to an entry", put(COFFER_PUT_ADD, "2").status, COFFER_EXISTS);
  b.expect_value("after a refused ADD", "k", "1");
  b.expect("REPLACE an entry", put(COFFER_PUT_REPLACE, "3").status, COFFER_OK);
  b.expect_value("after REPLACE", "k", "3");
  const Written set = put(COFFER_PUT_SET, "4");
  b.expect("SET", set.status, COFFER_OK);
  b.expect("CAS with another version", put(COFFER_PUT_CAS, "5", set.version + 1).status,
           COFFER_CONFLICT);
  b.expect("CAS with version 0", put(COFFER_PUT_CAS, "5", 0).status, COFFER_CONFLICT);
  b.expect_value("after a refused CAS", "k", "4");
  const Got pinned = b.store.get("k");
  if (pinned.pin->version != set.version) c.fail("get tells another version than put");
  const Written cas = put(COFFER_PUT_CAS, "6", set.version);
  b.expect("CAS with the present version", cas.status, COFFER_OK);
  b.expect("CAS with the former version", put(COFFER_PUT_CAS, "7", set.version).status,
           COFFER_CONFLICT);
  b.expect_value("after CAS", "k", "6");
  b.expect("del", b.store.del("k"), COFFER_OK);
  b.expect("CAS on nothing", put(COFFER_PUT_CAS, "8", cas.version).status, COFFER_MISS);
  b.expect_miss("after del", "k");
}

void store_versions(Case& c) {
  StoreBench b(c);
  std::set<uint64_t> seen;
  for (int round = 0; round < 300; ++round) {
    const uint64_t version = b.must_put({.key = "k", .value = "v", .ttl = 1000000});
    if (!seen.insert(version).second) {
      c.fail("version " + str(version) + " is used again in round " + str(round));
    }
    if (b.store.get("k").pin->version != version) c.fail("get tells another version than put");
    switch (c.random().below(5)) {
      case 0: b.store.del("k"); break;
      case 1: b.store.clear(""); break;
      case 2:
        b.host.advance(2000000);
        if (c.random().one_in(2)) b.store.maintain();
        break;
      case 3:
        b.store.touch("k", 5000000);
        if (b.store.get("k").pin->version != version) c.fail("touch changes the version");
        break;
    }
  }
  b.finish();
}

void store_meta(Case& c) {
  StoreBench b(c);
  for (size_t size : {0, 1, 7, 8, 63, 64, 255, 256, 1023, 1024}) {
    Put put = {.key = "k" + str(size % 3), .value = c.random().bytes(size % 50)};
    put.meta = c.random().bytes(size);
    put.format = static_cast<uint32_t>(16 + size);
    put.flags = size % 2 == 0 ? COFFER_ENTRY_NULL : COFFER_ENTRY_NEGATIVE;
    b.must_put(put);
    const Got got = b.store.get(put.key);
    b.expect("get", got.status, COFFER_OK);
    if (got.pin.meta() != put.meta) c.fail("meta of " + str(size) + " bytes does not come back");
    if (got.pin.value() != put.value) c.fail("a value beside meta does not come back");
    if (got.pin->format != put.format) c.fail("the format does not come back");
    if (got.pin->flags != put.flags) c.fail("the flags do not come back");
  }
  b.finish();
}

void store_overwrite(Case& c) {
  StoreBench b(c);
  b.must_put({.key = "k",
              .value = "long enough to be elsewhere",
              .meta = "meta",
              .ttl = 1000,
              .flags = COFFER_ENTRY_NEGATIVE,
              .format = 17});
  b.must_put({.key = "k", .value = "v"});
  Got got = b.store.get("k");
  if (got.pin.value() != "v" || got.pin->meta_size != 0 || got.pin->flags != 0 ||
      got.pin->format != COFFER_FORMAT_RAW || got.pin->expires_at != COFFER_NEVER) {
    c.fail("something of the overwritten entry is left");
  }
  b.host.advance(1000000000);
  b.expect_value("after the old expiry", "k", "v");
  got.pin.release();
  b.finish();
}

void store_delete(Case& c) {
  StoreBench b(c);
  for (int i = 0; i < 100; ++i) b.must_put({.key = "k" + str(i), .value = str(i)});
  for (int i = 0; i < 100; i += 2) b.expect("del", b.store.del("k" + str(i)), COFFER_OK);
  for (int i = 0; i < 100; ++i) {
    if (i % 2 == 0) {
      b.expect_miss("deleted", "k" + str(i));
      b.expect("del again", b.store.del("k" + str(i)), COFFER_MISS);
    } else {
      b.expect_value("not deleted", "k" + str(i), str(i));
    }
  }
  b.finish();
}

void store_delete_version(Case& c) {
  StoreBench b(c);
  b.expect("del of nothing", b.store.del("k", 1), COFFER_MISS);
  const uint64_t first = b.must_put({.key = "k", .value = "1"});
  const uint64_t second = b.must_put({.key = "k", .value = "2"});
  b.expect("del with an old version", b.store.del("k", first), COFFER_CONFLICT);
  b.expect("del with a version to come", b.store.del("k", UINT64_MAX), COFFER_CONFLICT);
  b.expect_value("after refused dels", "k", "2");
  b.expect("del with its version", b.store.del("k", second), COFFER_OK);
  b.expect("del again", b.store.del("k", second), COFFER_MISS);
  const uint64_t brief = b.must_put({.key = "k", .value = "3", .ttl = 5000});
  b.host.advance(5000);
  b.expect("del of what has expired", b.store.del("k", brief + 1), COFFER_MISS);

  std::vector<std::string> keys;
  std::vector<uint64_t> versions;
  std::vector<coffer_status> want;
  for (int i = 0; i < 60; ++i) {
    const std::string key = "k" + str(i);
    const uint64_t version = b.must_put({.key = key, .value = str(i)});
    keys.push_back(key);
    versions.push_back(i % 3 == 0 ? 0 : i % 3 == 1 ? version : version + 1000);
    want.push_back(i % 3 == 2 ? COFFER_CONFLICT : COFFER_OK);
  }
  // A second time in the same batch: the items act in order.
  keys.insert(keys.end(), {"k1", "k2"});
  versions.insert(versions.end(), {versions[1], b.store.get("k2").pin->version});
  want.insert(want.end(), {COFFER_MISS, COFFER_OK});
  const std::vector<coffer_status> got = b.store.del_all(keys, versions);
  for (size_t i = 0; i < keys.size(); ++i) b.expect("del in a batch", got[i], want[i]);
  for (int i = 5; i < 60; i += 3) b.expect_value("not deleted", "k" + str(i), str(i));
  b.expect_miss("deleted whatever its version", "k0");
  b.expect_miss("deleted", "k1");
  b.expect_miss("deleted in the end", "k2");
  b.finish();
}

void store_clear(Case& c) {
  StoreBench b(c);
  const auto fill = [&] {
    for (const char* prefix : {"a:", "a:b:", "b:", "a"}) {
      for (int i = 0; i < 20; ++i) b.must_put({.key = prefix + str(i), .value = "v"});
    }
    b.must_put({.key = "", .value = "v"});
    b.must_put({.key = std::string("a:\xff\0", 4), .value = "v"});
  };
  const auto clear = [&](const std::string& prefix, uint64_t want) {
    const uint64_t removed = b.store.clear(prefix);
    if (removed == want) return;
    c.fail("clear " + quoted(prefix) + " removed " + str(removed) + " entries, not " + str(want));
  };
  fill();
  clear("a:b:", 20);
  b.expect_miss("cleared", "a:b:7");
  b.expect_value("not cleared", "a:7", "v");
  clear("a:", 21);
  b.expect_value("not cleared", "a7", "v");
  b.expect_value("not cleared", "b:7", "v");
  clear("nothing", 0);
  clear(std::string(5000, 'a'), 0);
  clear("", 41);
  b.expect_miss("cleared", "");
  fill();
  clear("", 82);
  b.finish();
}

void store_batches(Case& c) {
  StoreBench b(c);
  b.store.put_all({});
  b.store.get_all({});
  b.store.del_all({});
  b.store.touch_all({}, {});
  for (size_t n : {size_t{1}, size_t{2}, size_t{64}, size_t{1000}}) {
    std::vector<Put> puts;
    std::vector<std::string> keys, odd;
    std::vector<coffer_ttl> ttls;
    for (size_t i = 0; i < n; ++i) {
      const std::string key = "k" + str(i);
      if (i % 2 == 1) odd.push_back(key);
      keys.push_back(key);
      ttls.push_back(1000000 * (i + 1));
      puts.push_back({.key = key, .value = str(i), .mode = COFFER_PUT_ADD});
    }
    for (const Written& written : b.store.put_all(puts)) b.expect("ADD", written.status, COFFER_OK);
    b.store.del_all(odd);
    const std::vector<Got> got = b.store.get_all(keys);
    const std::vector<coffer_status> touched = b.store.touch_all(keys, ttls);
    const std::vector<Written> added = b.store.put_all(puts);
    for (size_t i = 0; i < n; ++i) {
      const bool there = i % 2 == 0;
      b.expect("get in a batch", got[i].status, there ? COFFER_OK : COFFER_MISS);
      b.expect("touch in a batch", touched[i], there ? COFFER_OK : COFFER_MISS);
      b.expect("ADD in a batch", added[i].status, there ? COFFER_EXISTS : COFFER_OK);
      if (there && got[i].pin.value() != str(i)) c.fail("a batch gives answers in another order");
      const coffer_time expiry = b.store.get(keys[i]).pin->expires_at;
      if (there && expiry != b.host.now() + ttls[i]) c.fail("touch in a batch mixes up the ttls");
    }
    for (coffer_status status : b.store.del_all(keys)) b.expect("del", status, COFFER_OK);
  }
  b.finish();
}

void store_duplicates(Case& c) {
  StoreBench b(c);
  const std::vector<Written> added = b.store.put_all({
      {.key = "k", .value = "1", .mode = COFFER_PUT_ADD},
      {.key = "k", .value = "2", .mode = COFFER_PUT_ADD},
      {.key = "k", .value = "3"},
      {.key = "k", .value = "4", .mode = COFFER_PUT_REPLACE},
  });
  b.expect("first ADD", added[0].status, COFFER_OK);
  b.expect("second ADD", added[1].status, COFFER_EXISTS);
  b.expect("SET", added[2].status, COFFER_OK);
  b.expect("REPLACE", added[3].status, COFFER_OK);
  b.expect_value("the last one counts", "k", "4");
  if (b.store.get("k").pin->version != added[3].version) c.fail("the version is not the last one");
  const std::vector<coffer_status> deleted = b.store.del_all({"k", "k"});
  b.expect("first del", deleted[0], COFFER_OK);
  b.expect("second del", deleted[1], COFFER_MISS);
  b.must_put({.key = "k", .value = "5"});
  const std::vector<Got> got = b.store.get_all({"k", "k", "k"});
  for (const Got& each : got) b.expect("get", each.status, COFFER_OK);
  b.store.touch_all({"k", "k"}, {1000, 5000});
  if (b.store.get("k").pin->expires_at != b.host.now() + 5000) {
    c.fail("of two touches in a batch the first one counts");
  }
}

void store_get_flags(Case& c) {
  StoreBench b(c);
  const uint64_t version = b.must_put({.key = "k",
                                       .value = "value",
                                       .meta = "meta",
                                       .ttl = 5000,
                                       .flags = COFFER_ENTRY_NEGATIVE,
                                       .format = 18});
  for (uint32_t flags : {uint32_t{COFFER_GET_NO_VALUE}, uint32_t{COFFER_GET_NO_USE},
                         uint32_t{COFFER_GET_NO_VALUE | COFFER_GET_NO_USE}}) {
    const Got got = b.store.get("k", flags);
    b.expect("get with flags", got.status, COFFER_OK);
    if (got.pin->version != version || got.pin->expires_at != b.host.now() + 5000 ||
        got.pin->flags != COFFER_ENTRY_NEGATIVE || got.pin->format != 18 ||
        got.pin.meta() != "meta") {
      c.fail("get with flags " + str(flags) + " does not tell the same as without");
    }
    if ((flags & COFFER_GET_NO_VALUE) == 0 && got.pin.value() != "value") {
      c.fail("get with NO_USE gives no value");
    }
    b.expect("get of nothing", b.store.get("absent", flags).status, COFFER_MISS);
  }
  b.finish();
}

}  // namespace coffer::conformance::checks
