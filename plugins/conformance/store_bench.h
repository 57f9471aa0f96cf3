// A store and its host for one check, and questions that many checks ask of a store.
#ifndef COFFER_PLUGINS_CONFORMANCE_STORE_BENCH_H_
#define COFFER_PLUGINS_CONFORMANCE_STORE_BENCH_H_

#include "plugins/conformance/store_driver.h"

namespace coffer::conformance {

struct StoreBench {
  explicit StoreBench(Case& of, const OptionValues& options = {},
                      int32_t hit_mode = COFFER_HITS_BATCH)
      : c(of), host_setup(of, host, hit_mode), store(of, host, options) {}

  // Ends the store and looks for what it has not given back.
  void finish() {
    store.destroy();
    host.expect_silence();
    c.check(host, true);
  }

  // `got` must be what was asked for; `what` says when, for the report.
  void expect(const std::string& what, coffer_status got, coffer_status want) {
    if (got != want) {
      c.fail(what + ": expected " + status_text(want) + ", got " + status_text(got));
    }
  }
  void expect_value(const std::string& what, const std::string& key, const std::string& value) {
    Got got = store.get(key);
    expect(what + ": get " + quoted(key), got.status, COFFER_OK);
    if (got.pin.value() != value) {
      c.fail(what + ": " + quoted(key) + " holds " + quoted(got.pin.value()) + ", not " +
             quoted(value));
    }
  }
  void expect_miss(const std::string& what, const std::string& key) {
    expect(what + ": get " + quoted(key), store.get(key).status, COFFER_MISS);
  }
  uint64_t must_put(const Put& item) {
    Written written = store.put(item);
    expect("put " + quoted(item.key), written.status, COFFER_OK);
    return written.version;
  }

  Case& c;
  FakeHost host;
  struct Setup {
    Setup(const Case& c, FakeHost& host, int32_t hit_mode) {
      prepare(c, &host);
      host.use_reference_strategy(hit_mode);
    }
  } host_setup;
  Store store;
};

}  // namespace coffer::conformance

#endif  // COFFER_PLUGINS_CONFORMANCE_STORE_BENCH_H_
