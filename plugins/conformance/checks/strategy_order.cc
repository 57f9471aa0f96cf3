// Whether a strategy knows what is in its shards.
#include <memory>

#include "plugins/conformance/checks.h"
#include "plugins/conformance/strategy_driver.h"

namespace coffer::conformance::checks {
namespace {

constexpr size_t kNodes = 1000;

// Everything one check needs, in the order in which it must end.
struct Bench {
  explicit Bench(Case& of, size_t nodes = kNodes, uint64_t capacity = kNodes)
      : c(of), setup(of, host), strategy(of, host) {
    shard = std::make_unique<Shard>(of, host, strategy, nodes, capacity);
  }
  void fill(uint64_t heaviest) {
    while (shard->free_count() > 1) {
      shard->insert(any_info(c.random(), host, 1 + c.random().below(heaviest)));
    }
  }
  void finish() {
    shard.reset();
    strategy.destroy();
    host.expect_silence();
    c.check(host, true);
  }

  Case& c;
  FakeHost host;
  struct Setup {
    Setup(const Case& c, FakeHost& host) { prepare(c, &host); }
  } setup;
  Strategy strategy;
  std::unique_ptr<Shard> shard;
};

}  // namespace

void strategy_victims(Case& c) {
  Bench b(c);
  if (!b.shard->victims(10, 10).empty()) c.fail("an empty shard has victims");
  for (uint64_t heaviest : {1, 7, 1000}) {
    b.fill(heaviest);
    for (int i = 0; i < 200; ++i) {
      const uint64_t total = b.shard->live_weight();
      b.shard->victims(1 + c.random().below(2 * total), 1 + c.random().below(2 * kNodes));
      b.shard->churn(c.random(), 50, heaviest);
    }
    if (!b.shard->victims(100, 0).empty()) c.fail("victims are named although there is no room");
  }
  b.finish();
}

void strategy_drain(Case& c) {
  Bench b(c);
  for (size_t at_once : {1, 3, 64}) {
    b.fill(10);
    b.shard->churn(c.random(), 2000, 10);
    while (b.shard->live_count() > 0) {
      for (size_t node : b.shard->victims(1 + c.random().below(30), at_once)) {
        b.shard->remove(node, COFFER_REMOVE_EVICTED);
      }
    }
    if (!b.shard->victims(1, 4).empty()) c.fail("an empty shard has victims");
  }
  b.finish();
}

void strategy_stubborn(Case& c) {
  Bench b(c);
  b.fill(5);
  // None is taken: each answer must be whole, and the shard must not run dry.
  for (int i = 0; i < 1000; ++i) b.shard->victims(1 + c.random().below(100), 32);
  const std::vector<size_t> all = b.shard->victims(UINT64_MAX, 2 * kNodes, false);
  if (all.size() != b.shard->live_count()) {
    c.fail("victims for everything names " + str(all.size()) + " of " + str(b.shard->live_count()) +
           " nodes");
  }
  b.finish();
}

void strategy_replace(Case& c) {
  Bench b(c);
  b.fill(10);
  for (int i = 0; i < 5000; ++i) {
    const size_t node = b.shard->any_live(c.random());
    const coffer_node_info info = any_info(c.random(), b.host, 1 + c.random().below(100));
    b.shard->replace(node, c.random().one_in(2), info, c.random().one_in(2));
    if (i % 50 == 0) {
      b.shard->victims(b.shard->live_weight(), kNodes, false);
      b.shard->victims(1 + c.random().below(500), kNodes);
    }
  }
  const size_t live = b.shard->live_count();
  const std::vector<size_t> all = b.shard->victims(UINT64_MAX, 2 * kNodes, false);
  if (all.size() != live) c.fail(str(all.size()) + " victims are named of " + str(live) + " nodes");
  b.finish();
}

void strategy_shards(Case& c) {
  Bench b(c, 200);
  std::vector<std::unique_ptr<Shard>> shards;
  for (int i = 0; i < 16; ++i) {
    shards.push_back(std::make_unique<Shard>(c, b.host, b.strategy, 100, 50));
  }
  for (int round = 0; round < 50; ++round) {
    for (auto& shard : shards) shard->churn(c.random(), 20, 10);
    b.shard->churn(c.random(), 20, 10);
    if (round == 25) shards.erase(shards.begin(), shards.begin() + 8);
  }
  // Each on a thread of its own: shards share nothing that needs a lock.
  const uint64_t seed = c.random().next();
  c.threads(4, [&](size_t thread) {
    Random random(seed + thread);
    shards[thread]->churn(random, 5000, 10);
  });
  shards.clear();
  b.finish();
}

void strategy_weights(Case& c) {
  Bench b(c);
  for (int i = 0; i < 20; ++i) {
    b.shard->churn(c.random(), 50000, i % 2 == 0 ? 1 : 1000000);
    // All together have the weight that the driver remembers: with one unit less, one is left out.
    const size_t all = b.shard->victims(b.shard->live_weight(), 2 * kNodes).size();
    if (all != b.shard->live_count()) {
      c.fail("for the weight of all nodes only " + str(all) + " of " + str(b.shard->live_count()) +
             " are named");
    }
  }
  b.finish();
}

}  // namespace coffer::conformance::checks
