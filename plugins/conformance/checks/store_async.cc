// Stores that answer later.
#include <atomic>
#include <cstring>
#include <deque>

#include "coffer/plugin/store_async.h"
#include "plugins/conformance/checks.h"
#include "plugins/conformance/store_bench.h"
#include "plugins/conformance/tables.h"

namespace coffer::conformance::checks {
namespace {

constexpr std::chrono::milliseconds kPatience{5000};

coffer_store_async open_async(StoreBench& b) {
  const void* table = nullptr;
  if (b.store.table().extension != nullptr) {
    table = b.store.table().extension(b.store.self(), COFFER_STORE_ASYNC_ID);
  }
  if (table == nullptr) b.c.fail("the extension " COFFER_STORE_ASYNC_ID " is NULL");
  const auto async = copy_table<coffer_store_async>(table);
  if (async.struct_size < kFirstAsyncSize || async.struct_size > kLargestSize) {
    b.c.fail("the extension's struct_size is " + str(async.struct_size));
  }
  if (async.submit == nullptr || async.cancel == nullptr) {
    b.c.fail("a function of the extension is NULL");
  }
  return async;
}

// One batch in flight with all that it points to.
struct Flight {
  Flight(StoreBench& b, int32_t kind, size_t n, uint64_t tag) : token(b.host.new_token()) {
    for (size_t i = 0; i < n; ++i) names.push_back("k" + str(tag) + "." + str(i));
    for (const std::string& name : names) {
      keys.push_back(b.store.make_key(name));
      coffer_store_put put = {};
      put.key = keys.back();
      put.value = {name.data(), name.size()};
      put.ttl = COFFER_TTL_FOREVER;
      puts.push_back(put);
    }
    ttls.assign(n, 1000000000);
    expected_versions.assign(n, 0);
    entries.resize(n);
    versions.resize(n);
    each.assign(n, {-1, 0});
    batch.struct_size = sizeof(batch);
    batch.kind = kind;
    batch.count = n;
    batch.deadline = COFFER_NEVER;
    batch.keys = keys.data();
    batch.expected_versions = expected_versions.data();
    batch.puts = puts.data();
    batch.ttls = ttls.data();
    batch.entries = entries.data();
    batch.versions = versions.data();
    batch.each = each.data();
    batch.sink = sink.get();
  }

  uint64_t token;
  std::vector<std::string> names;
  std::vector<coffer_key> keys;
  std::vector<coffer_store_put> puts;
  std::vector<coffer_ttl> ttls;
  std::vector<coffer_entry> entries;
  std::vector<uint64_t> versions, expected_versions;
  std::vector<coffer_outcome> each;
  FakeSink sink;
  coffer_store_batch batch = {};
};

void submit(StoreBench& b, const coffer_store_async& async, Flight& flight) {
  const coffer_status status = async.submit(b.store.self(), &flight.batch, flight.token);
  if (status != COFFER_OK) b.c.fail("submit returned " + status_text(status));
}

// Waits for a batch, and checks each answer against `want` unless it was cancelled.
void land(StoreBench& b, Flight& flight, coffer_status want, bool may_cancel = false) {
  const std::optional<coffer_status> status = b.host.wait(flight.token, kPatience);
  if (!status) b.c.fail("a batch was not completed within 5 s");
  if (may_cancel && *status == COFFER_CANCELLED) return;
  if (*status != COFFER_OK) b.c.fail("a batch was completed as " + status_text(*status));
  for (size_t i = 0; i < flight.each.size(); ++i) {
    if (!may_cancel) b.expect("item of a batch", flight.each[i].status, want);
    Pin pin(flight.entries[i]);
    if (flight.batch.kind == COFFER_ASYNC_GET && flight.each[i].status == COFFER_OK &&
        pin.value() != flight.names[i]) {
      b.c.fail("a batch of gets gives " + quoted(pin.value()) + " for " + quoted(flight.names[i]));
    }
  }
}

}  // namespace

void async_table(Case& c) {
  StoreBench b(c);
  open_async(b);
  b.finish();
}

void async_once(Case& c) {
  StoreBench b(c);
  const coffer_store_async async = open_async(b);
  for (size_t n : {size_t{1}, size_t{0}, size_t{100}}) {
    struct Step {
      int32_t kind;
      coffer_status want;
      uint64_t expected_version = 0;
    };
    for (const Step& step :
         {Step{COFFER_ASYNC_GET, COFFER_MISS}, Step{COFFER_ASYNC_PUT, COFFER_OK},
          Step{COFFER_ASYNC_GET, COFFER_OK}, Step{COFFER_ASYNC_TOUCH, COFFER_OK},
          Step{COFFER_ASYNC_DEL, COFFER_CONFLICT, UINT64_MAX}, Step{COFFER_ASYNC_DEL, COFFER_OK},
          Step{COFFER_ASYNC_DEL, COFFER_MISS}}) {
      Flight flight(b, step.kind, n, n);
      flight.expected_versions.assign(n, step.expected_version);
      submit(b, async, flight);
      land(b, flight, step.want);
    }
  }
  std::deque<Flight> many;
  for (uint64_t i = 0; i < 200; ++i) {
    many.emplace_back(b, COFFER_ASYNC_PUT, 3, 1000 + i);
    submit(b, async, many.back());
  }
  for (Flight& flight : many) land(b, flight, COFFER_OK);
  c.check(b.host);
  b.finish();
}

void async_cancel(Case& c) {
  StoreBench b(c);
  const coffer_store_async async = open_async(b);
  std::deque<Flight> flights;
  for (uint64_t i = 0; i < 200; ++i) {
    flights.emplace_back(b, i % 2 == 0 ? COFFER_ASYNC_PUT : COFFER_ASYNC_GET, 3, i / 2);
    submit(b, async, flights.back());
    if (i % 3 == 0) async.cancel(b.store.self(), flights.back().token);
  }
  async.cancel(b.store.self(), 1);  // of no batch
  for (Flight& flight : flights) land(b, flight, COFFER_OK, true);
  async.cancel(b.store.self(), flights.back().token);  // done long ago
  for (const Flight& flight : flights) {
    if (b.host.completions_of(flight.token) != 1) c.fail("a batch was completed twice");
  }
  b.finish();
}

}  // namespace coffer::conformance::checks
