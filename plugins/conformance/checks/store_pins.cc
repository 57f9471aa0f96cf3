// Pinned entries outlive everything.
#include "plugins/conformance/checks.h"
#include "plugins/conformance/store_bench.h"

namespace coffer::conformance::checks {
namespace {

// A pin and what it must show until it is released.
struct Kept {
  Pin pin;
  std::string value, meta;
};

Kept keep(StoreBench& b, const std::string& key) {
  Got got = b.store.get(key);
  b.expect("get " + quoted(key), got.status, COFFER_OK);
  Kept kept = {std::move(got.pin), "", ""};
  kept.value = kept.pin.value();
  kept.meta = kept.pin.meta();
  return kept;
}

void check(const Case& c, const Kept& kept, const std::string& when) {
  if (kept.pin.value() == kept.value && kept.pin.meta() == kept.meta) return;
  c.fail("the bytes of a pinned entry changed " + when);
}

std::vector<Kept> fill(StoreBench& b, int n) {
  std::vector<Kept> pins;
  for (int i = 0; i < n; ++i) {
    const std::string key = "k" + str(i);
    b.must_put({.key = key,
                .value = b.c.random().bytes(1 + i * 7 % 500),
                .meta = "m" + str(i),
                .ttl = 1000000000});
    pins.push_back(keep(b, key));
  }
  return pins;
}

void check_all(const Case& c, const std::vector<Kept>& pins, const std::string& when) {
  for (const Kept& kept : pins) check(c, kept, when);
}

// Overwrites memory that was freed in the meantime with other values.
void stir(StoreBench& b) {
  for (int i = 0; i < 200; ++i) b.must_put({.key = "s" + str(i), .value = std::string(i * 3, '~')});
}

}  // namespace

void pins_overwrite(Case& c) {
  StoreBench b(c);
  std::vector<Kept> pins = fill(b, 100);
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 100; ++i) {
      b.must_put({.key = "k" + str(i), .value = std::string(pins[i].value.size(), '!')});
    }
    stir(b);
    check_all(c, pins, "when the key was overwritten");
  }
  pins.clear();
  b.finish();
}

void pins_delete(Case& c) {
  StoreBench b(c);
  std::vector<Kept> pins = fill(b, 100);
  for (int i = 0; i < 50; ++i) b.store.del("k" + str(i));
  stir(b);
  check_all(c, pins, "when it was deleted");
  b.store.clear("k");
  stir(b);
  check_all(c, pins, "when it was cleared");
  std::vector<Kept> more = fill(b, 100);
  b.host.advance(2000000000);
  for (int i = 0; i < 10; ++i) b.store.maintain();
  b.store.get("k1");
  stir(b);
  check_all(c, more, "when it expired");
  pins.clear();
  more.clear();
  b.finish();
}

void pins_destroy(Case& c) {
  StoreBench b(c);
  std::vector<Kept> pins = fill(b, 100);
  for (int i = 0; i < 30; ++i) b.store.del("k" + str(i));
  b.store.destroy();
  b.host.expect_silence();
  c.check(b.host);
  check_all(c, pins, "when the instance ended");
  while (!pins.empty()) {
    std::swap(pins[c.random().below(pins.size())], pins.back());
    pins.pop_back();
    check_all(c, pins, "when another pin was released after the end of the instance");
  }
  c.check(b.host, true);
}

void pins_threads(Case& c) {
  StoreBench b(c);
  std::vector<Kept> pins = fill(b, 400);
  for (int i = 0; i < 400; ++i) {
    Kept again = keep(b, "k" + str(i));  // two pins on each
    pins.push_back(std::move(again));
  }
  for (size_t i = pins.size(); i > 1; --i) std::swap(pins[c.random().below(i)], pins[i - 1]);
  const size_t share = pins.size() / 5;
  c.threads(5, [&](size_t thread) {
    // The last thread makes the entries go away meanwhile.
    if (thread == 4) {
      for (int i = 0; i < 400; ++i) b.store.del("k" + str(i));
    }
    for (size_t i = thread * share; i < (thread + 1) * share; ++i) {
      check(c, pins[i], "while others were released");
      pins[i].pin.release();
    }
  });
  b.finish();
}

}  // namespace coffer::conformance::checks
