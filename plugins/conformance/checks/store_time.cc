// Expiry, with a clock that moves only when told.
#include "plugins/conformance/checks.h"
#include "plugins/conformance/store_bench.h"

namespace coffer::conformance::checks {
namespace {

constexpr int64_t kMillisecond = 1000000;
constexpr int64_t kSecond = 1000 * kMillisecond;
constexpr int64_t kYear = 365 * 86400 * kSecond;

}  // namespace

void time_expiry(Case& c) {
  StoreBench b(c);
  for (coffer_ttl ttl : {int64_t{1}, int64_t{1000}, kMillisecond, kSecond, kYear}) {
    b.must_put({.key = "k", .value = "v", .ttl = ttl});
    const coffer_time expiry = b.store.get("k").pin->expires_at;
    if (expiry != b.host.now() + ttl) {
      c.fail("with a ttl of " + std::to_string(ttl) + " expires_at is now + " +
             std::to_string(expiry - b.host.now()));
    }
    b.host.advance(ttl - 1);
    b.expect_value("one nanosecond before expiry", "k", "v");
    b.host.advance(1);
    b.expect_miss("at the instant of expiry", "k");
    b.host.advance(kSecond);
    b.expect_miss("after expiry", "k");
  }
  b.finish();
}

void time_coarse(Case& c) {
  constexpr int64_t kFarthest = 250 * kMillisecond;
  for (const int64_t behind : {int64_t{1}, 10 * kMillisecond, kFarthest}) {
    for (const int64_t ahead : {int64_t{0}, int64_t{1}, kFarthest}) {
      StoreBench b(c);
      b.host.set_clock_bounds(behind, ahead);
      for (const coffer_ttl ttl : {kMillisecond, 20 * kMillisecond, kSecond}) {
        const std::string what = "with a ttl of " + std::to_string(ttl) + ", COARSE " +
                                 std::to_string(behind) + " behind and LATEST " +
                                 std::to_string(ahead) + " ahead";
        b.must_put({.key = "k", .value = "v", .ttl = ttl});
        b.must_put({.key = "touched", .value = "v", .ttl = kYear});
        b.expect("touch", b.store.touch("touched", ttl), COFFER_OK);
        if (b.store.get("k").pin->expires_at != b.host.now() + ttl)
          c.fail(what + " expires_at is off");
        b.host.advance(ttl - 1);
        b.expect_value("one nanosecond before expiry " + what, "k", "v");
        b.expect_value("one nanosecond before expiry " + what, "touched", "v");
        b.host.advance(1);
        b.expect_miss("at the instant of expiry " + what, "k");
        b.expect_miss("at the instant of expiry " + what, "touched");
        b.expect("ADD", b.store.put({.key = "k", .value = "new", .mode = COFFER_PUT_ADD}).status,
                 COFFER_OK);
      }
      b.finish();
    }
  }
}

void time_forever(Case& c) {
  StoreBench b(c);
  b.must_put({.key = "k", .value = "v", .ttl = COFFER_TTL_FOREVER});
  b.must_put({.key = "touched", .value = "v", .ttl = kSecond});
  b.expect("touch", b.store.touch("touched", COFFER_TTL_FOREVER), COFFER_OK);
  if (b.store.get("k").pin->expires_at != COFFER_NEVER) c.fail("expires_at is not COFFER_NEVER");
  b.host.advance(100 * kYear);
  b.store.maintain();
  b.expect_value("after a hundred years", "k", "v");
  b.expect_value("after a hundred years", "touched", "v");
  b.finish();
}

void time_huge(Case& c) {
  StoreBench b(c);
  for (coffer_ttl ttl : {INT64_MAX, INT64_MAX - 1, INT64_MAX - b.host.now(),
                         INT64_MAX - b.host.now() + 1, INT64_MAX / 2}) {
    const std::string what = "with a ttl of " + std::to_string(ttl);
    b.must_put({.key = "k", .value = "v", .ttl = ttl});
    b.store.maintain();
    b.expect_value(what, "k", "v");
    b.must_put({.key = "k", .value = "v", .ttl = 1000});
    b.expect("touch " + what, b.store.touch("k", ttl), COFFER_OK);
    b.host.advance(kSecond);
    b.store.maintain();
    b.expect_value("touched " + what, "k", "v");
    const coffer_time expiry = b.store.get("k").pin->expires_at;
    if (expiry != COFFER_NEVER && expiry < b.host.now()) c.fail(what + " expires_at is past");
  }
  b.finish();
}

void time_touch(Case& c) {
  StoreBench b(c);
  const uint64_t version = b.must_put({.key = "k", .value = "v", .meta = "m", .ttl = kSecond});
  const auto touch = [&](coffer_ttl ttl, coffer_time want) {
    b.expect("touch", b.store.touch("k", ttl), COFFER_OK);
    const Got got = b.store.get("k");
    b.expect("get after touch", got.status, COFFER_OK);
    if (got.pin->expires_at != want) c.fail("touch gives another expiry than asked for");
    if (got.pin->version != version) c.fail("touch changes the version");
    if (got.pin.value() != "v" || got.pin.meta() != "m") c.fail("touch changes value or meta");
  };
  touch(10 * kSecond, b.host.now() + 10 * kSecond);
  b.host.advance(5 * kSecond);
  b.store.maintain();
  touch(kSecond, b.host.now() + kSecond);
  touch(COFFER_TTL_FOREVER, COFFER_NEVER);
  touch(kMillisecond, b.host.now() + kMillisecond);
  b.host.advance(kMillisecond);
  b.expect_miss("after the touched expiry", "k");
  b.expect("touch of an expired entry", b.store.touch("k", kSecond), COFFER_MISS);
  b.expect_miss("after touching what expired", "k");
  b.finish();
}

void time_keep(Case& c) {
  StoreBench b(c);
  for (coffer_ttl first : {kSecond, int64_t{COFFER_TTL_FOREVER}}) {
    uint64_t version = b.must_put({.key = "k", .value = "1", .ttl = first});
    const coffer_time expiry = b.store.get("k").pin->expires_at;
    for (int32_t mode : {COFFER_PUT_REPLACE, COFFER_PUT_CAS}) {
      b.host.advance(kSecond / 4);
      version = b.must_put({.key = "k",
                            .value = "2",
                            .ttl = COFFER_TTL_KEEP,
                            .mode = mode,
                            .expected_version = version});
      if (b.store.get("k").pin->expires_at != expiry) c.fail("COFFER_TTL_KEEP moves the expiry");
    }
    if (first == COFFER_TTL_FOREVER) break;
    b.host.advance(kSecond / 2);
    b.expect_miss("at the kept expiry", "k");
    b.expect("REPLACE of an expired entry",
             b.store.put({.key = "k", .ttl = COFFER_TTL_KEEP, .mode = COFFER_PUT_REPLACE}).status,
             COFFER_MISS);
  }
  b.finish();
}

void time_absent(Case& c) {
  StoreBench b(c);
  const auto expired = [&] {
    const uint64_t version = b.must_put({.key = "k", .value = "old", .ttl = kMillisecond});
    b.host.advance(2 * kMillisecond);
    return version;
  };
  const uint64_t version = expired();
  b.expect("CAS",
           b.store.put({.key = "k", .mode = COFFER_PUT_CAS, .expected_version = version}).status,
           COFFER_MISS);
  b.expect("REPLACE", b.store.put({.key = "k", .mode = COFFER_PUT_REPLACE}).status, COFFER_MISS);
  b.expect("get without value", b.store.get("k", COFFER_GET_NO_VALUE).status, COFFER_MISS);
  b.expect("del", b.store.del("k"), COFFER_MISS);
  expired();
  b.expect("ADD", b.store.put({.key = "k", .value = "new", .mode = COFFER_PUT_ADD}).status,
           COFFER_OK);
  b.expect_value("after ADD", "k", "new");
  b.finish();
}

void time_maintain(Case& c) {
  StoreBench b(c);
  const coffer_store_stats before = b.store.stats();
  b.host.want_events(COFFER_EVENT_EXPIRE);
  for (int i = 0; i < 200; ++i) {
    b.must_put({.key = "k" + str(i), .value = "v", .ttl = i % 2 == 0 ? kSecond : kYear});
  }
  b.host.advance(2 * kSecond);
  if (b.store.table().maintain == nullptr) return c.note("it does not sweep");
  for (int i = 0; i < 1000 && b.store.stats().entries > 100; ++i) {
    b.host.advance(kSecond);
    b.store.maintain();
  }
  const coffer_store_stats after = b.store.stats();
  if (after.evictions > 0) return c.note("it evicts too early to tell");
  if (after.entries != 100) c.fail("maintain leaves " + str(after.entries) + " of 100 entries");
  if (after.expirations - before.expirations != 100) {
    c.fail("expirations counts " + str(after.expirations - before.expirations) + ", not 100");
  }
  const size_t events = b.host.take_events().size();
  if (events != 100) c.fail(str(events) + " events told of 100 expired entries");
  for (int i = 1; i < 200; i += 2) b.expect_value("not expired", "k" + str(i), "v");
  b.finish();
}

}  // namespace coffer::conformance::checks
