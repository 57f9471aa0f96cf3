// What a strategy must bear, and what it must not do.
#include <chrono>
#include <memory>

#include "plugins/conformance/checks.h"
#include "plugins/conformance/strategy_driver.h"
#include "plugins/conformance/tables.h"

namespace coffer::conformance::checks {
namespace {

using Clock = std::chrono::steady_clock;

double ns_each(Clock::time_point since, size_t n) {
  return std::chrono::duration<double, std::nano>(Clock::now() - since).count() /
         static_cast<double>(n);
}

}  // namespace

void strategy_quiet(Case& c) {
  FakeHost host;
  prepare(c, &host);
  Strategy strategy(c, host);
  Shard shard(c, host, strategy, 2000, 1000);
  shard.churn(c.random(), 50000, 20);
  shard.resize(10);
  shard.churn(c.random(), 5000, 20);
  c.check(host);
  if (!shard.noise().empty()) c.fail(shard.noise() + " allocates, but is tagged no-alloc");
}

void strategy_hits(Case& c) {
  FakeHost host;
  prepare(c, &host);
  Strategy strategy(c, host);
  if (strategy.table().hit_mode == COFFER_HITS_NONE) return c.note("it does not hear of hits");
  Shard shard(c, host, strategy, 300, 300);
  while (shard.free_count() > 1) shard.insert(any_info(c.random(), host, 1));
  shard.hit({});
  for (int i = 0; i < 2000; ++i) {
    const size_t node = shard.any_live(c.random());
    std::vector<size_t> nodes(1 + c.random().below(200), node);  // one node many times
    for (size_t& each : nodes) {
      if (c.random().one_in(3)) each = shard.any_live(c.random());
    }
    shard.hit(nodes);
    for (size_t victim : shard.victims(3, 3)) shard.remove(victim, COFFER_REMOVE_EVICTED);
    while (shard.free_count() > 1) shard.insert(any_info(c.random(), host, 1));
  }
  shard.check_nodes();
  c.check(host);
}

void strategy_resize(Case& c) {
  FakeHost host;
  prepare(c, &host);
  Strategy strategy(c, host);
  for (uint64_t first : {uint64_t{0}, uint64_t{1}, uint64_t{500}, uint64_t{1} << 40}) {
    Shard shard(c, host, strategy, 1000, first);
    for (int i = 0; i < 100; ++i) {
      static constexpr uint64_t kSizes[] = {0, 1, 2, 10, 500, 100000, uint64_t{1} << 40};
      shard.resize(kSizes[c.random().below(7)]);
      shard.churn(c.random(), 200, 3);
      shard.bytes();
    }
    const size_t all = shard.victims(shard.live_weight(), 2000).size();
    if (all != shard.live_count()) c.fail("nodes are lost when a shard is resized");
  }
  c.check(host);
}

void strategy_extremes(Case& c) {
  FakeHost host;
  prepare(c, &host);
  Strategy strategy(c, host);
  Shard shard(c, host, strategy, 500, UINT64_MAX);
  for (int i = 0; i < 20000; ++i) {
    static constexpr uint64_t kWeights[] = {0, 1, 1000, uint64_t{1} << 40, uint64_t{1} << 52};
    coffer_node_info info = {c.random().below(3), kWeights[c.random().below(5)], COFFER_NEVER,
                             host.now()};
    const coffer_time expiries[] = {COFFER_NEVER, 1, host.now(), host.now() + 1, INT64_MAX};
    info.expires_at = expiries[c.random().below(5)];
    if (shard.live_count() == 0 || (shard.free_count() > 1 && !c.random().one_in(3))) {
      shard.insert(info);
    } else if (c.random().one_in(2)) {
      shard.replace(shard.any_live(c.random()), c.random().one_in(2), info, true);
    } else {
      shard.remove(shard.any_live(c.random()), COFFER_REMOVE_DELETED);
    }
    if (i % 16 == 0) shard.victims(1 + c.random().below(uint64_t{1} << 54), 20, false);
    if (i == 10000) {
      shard.remove(shard.any_live(c.random()), COFFER_REMOVE_DELETED);
      shard.insert({0, uint64_t{1} << 62, COFFER_NEVER, host.now()});
    }
  }
  if (shard.victims(UINT64_MAX, 1000, false).size() != shard.live_count()) {
    c.fail("nodes are lost");
  }
  c.check(host);
}

void strategy_nodes(Case& c) {
  FakeHost host;
  prepare(c, &host);
  Strategy strategy(c, host);
  Shard shard(c, host, strategy, 300, 300);
  for (int i = 0; i < 200; ++i) {
    shard.churn(c.random(), 200, 5);
    shard.check_nodes();
  }
  while (shard.live_count() > 0) shard.remove(shard.any_live(c.random()), COFFER_REMOVE_DELETED);
  shard.check_nodes();
  c.check(host);
}

void strategy_no_memory(Case& c) {
  FakeHost host;
  prepare(c, &host);
  Strategy strategy(c, host);
  for (uint64_t k = 1;; ++k) {
    const uint64_t before = host.allocations();
    host.fail_allocation(k);
    void* shard = nullptr;
    FakeSink sink;
    const coffer_status status =
        strategy.table().shard_create(strategy.self(), 1000, &shard, sink.get());
    const bool reached = host.allocations() - before >= k;
    host.fail_allocation(0);
    if (std::string problem = sink.problem(status); !problem.empty()) {
      c.fail("shard_create " + problem);
    }
    if (status == COFFER_OK) {
      strategy.table().shard_destroy(shard);
    } else if (!reached || status != COFFER_EXHAUSTED) {
      c.fail("shard_create failed with " + status_text(status) + ", not with EXHAUSTED");
    }
    if (!reached) break;
    if (k == 10000) c.fail("it makes more than 10000 allocations");
  }
  strategy.destroy();
  host.expect_silence();
  c.check(host, true);
}

void strategy_speed(Case& c) {
  constexpr size_t kNodes = 20000;
  FakeHost host;
  prepare(c, &host);
  Strategy strategy(c, host);
  Shard shard(c, host, strategy, kNodes + 1, kNodes);
  Clock::time_point start = Clock::now();
  for (size_t i = 0; i < kNodes; ++i) shard.insert(any_info(c.random(), host, 1));
  const double insert = ns_each(start, kNodes);
  std::vector<size_t> nodes(64);
  start = Clock::now();
  for (size_t i = 0; i < kNodes / 64; ++i) {
    for (size_t& node : nodes) node = shard.any_live(c.random());
    shard.hit(nodes);
  }
  const double hit = ns_each(start, kNodes);
  start = Clock::now();
  while (shard.live_count() > 0) {
    for (size_t node : shard.victims(16, 16)) shard.remove(node, COFFER_REMOVE_EVICTED);
  }
  const double eviction = ns_each(start, kNodes);
  c.note(str(static_cast<uint64_t>(insert)) + " ns an insert, " + str(static_cast<uint64_t>(hit)) +
         " ns a hit, " + str(static_cast<uint64_t>(eviction)) +
         " ns an eviction, the kit's share included");
}

}  // namespace coffer::conformance::checks
