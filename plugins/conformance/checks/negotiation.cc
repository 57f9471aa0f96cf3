// Plugins and hosts of different releases.
#include "plugins/conformance/checks.h"
#include "plugins/conformance/store_driver.h"

namespace coffer::conformance::checks {

void negotiation_newer_host(Case& c) {
  for (size_t tail : {size_t{8}, size_t{64}, size_t{1024}}) {
    FakeHost host(tail);
    host.set_abi_version(COFFER_ABI_VERSION + static_cast<uint32_t>(tail));
    prepare(c, &host);
    if (c.info().kind == COFFER_KIND_STORE) {
      Store store(c, host);
      if (store.put({.key = "k", .value = "v"}).status != COFFER_OK ||
          store.get("k").status != COFFER_OK) {
        c.fail("the store does not work in a newer host");
      }
    } else {
      Instance instance(c, host);
    }
    c.check(host, true);
  }
}

void negotiation_extension(Case& c) {
  FakeHost host;
  prepare(c, &host);
  Store store(c, host);
  if (store.table().extension == nullptr) return c.note("it has no extensions");
  std::vector<std::string> ids = {"", "nope", "coffer.store.async", COFFER_STORE_ASYNC_ID "0",
                                  "coffer.store.async/0"};
  for (int i = 0; i < 1000; ++i) {
    std::string id = "coffer.";
    for (uint64_t n = c.random().below(20); n > 0; --n) id += "abcdez./"[c.random().below(8)];
    ids.push_back(id);
  }
  for (const std::string& id : ids) {
    if (store.table().extension(store.self(), id.c_str()) != nullptr) {
      c.fail("extension " + quoted(id) + " is not NULL");
    }
  }
  c.check(host);
}

}  // namespace coffer::conformance::checks
