#include "plugins/conformance/strategy_driver.h"

#include <algorithm>
#include <cstring>

#include "plugins/conformance/malloc_watch.h"
#include "plugins/conformance/tables.h"
#include "plugins/conformance/testing/reference_strategy.h"

namespace coffer::conformance {
namespace {

constexpr unsigned char kCanary = 0xc7;
constexpr unsigned char kGone = 0xdb;  // in nodes that are not in the shard

bool all(const unsigned char* bytes, size_t n, unsigned char value) {
  return std::all_of(bytes, bytes + n, [&](unsigned char byte) { return byte == value; });
}

}  // namespace

Strategy::Strategy(const Case& c, FakeHost& host) : instance_(c, host), table_{} {
  std::string problem = table_problem(COFFER_KIND_STRATEGY, instance_.table());
  if (!problem.empty()) c.fail("in the table " + problem);
  table_ = copy_table<coffer_strategy>(instance_.table());
}

coffer_node_info any_info(Random& random, const FakeHost& host, uint64_t weight) {
  const coffer_time expiry =
      random.one_in(3) ? coffer_time{COFFER_NEVER} : host.now() + 1 + random.below(1000000);
  return {random.next(), weight, expiry, host.now()};
}

Shard::Shard(const Case& c, FakeHost& host, const Strategy& strategy, size_t nodes,
             uint64_t capacity)
    : c_(c), host_(host), table_(strategy.table()), blocks_(nodes) {
  for (size_t i = nodes; i > 0; --i) {
    Block& block = blocks_[i - 1];
    std::memset(block.before, kCanary, sizeof(block.before));
    std::memset(block.node, kCanary, sizeof(block.node));
    std::memset(block.node, kGone, table_.node_size);
    block.live = block.proposed = false;
    free_.push_back(i - 1);
  }
  live_.reserve(nodes);
  FakeSink sink;
  const coffer_status status = table_.shard_create(strategy.self(), capacity, &shard_, sink.get());
  if (std::string problem = sink.problem(status); !problem.empty()) {
    c.fail("shard_create " + problem);
  }
  if (status != COFFER_OK) c.fail("shard_create failed: " + sink.failures()[0].message);
}

Shard::~Shard() { table_.shard_destroy(shard_); }

// Calls with traps set for the host and the allocator.
template <typename Call>
auto Shard::quietly(const char* function, Call&& call) {
  const NoHostCalls no_host(function);
  const MallocWatch watch;
  struct AtEnd {
    ~AtEnd() {
      const bool allocated = watch.calls() != 0;
      if (allocated && noise.empty()) noise = function;
    }
    const MallocWatch& watch;
    std::string& noise;
    const char* function;
  } at_end{watch, noise_, function};
  return call();
}

void Shard::fresh(Block& block) { std::memset(block.node, 0, table_.node_size); }

void Shard::join(size_t node, uint64_t weight) {
  Block& block = blocks_[node];
  block.live = true;
  block.weight = weight;
  block.place = live_.size();
  live_.push_back(node);
  live_weight_ += weight;
}

void Shard::leave(size_t node) {
  Block& block = blocks_[node];
  live_weight_ -= block.weight;
  blocks_[live_.back()].place = block.place;
  live_[block.place] = live_.back();
  live_.pop_back();
  block.live = false;
}

size_t Shard::insert(const coffer_node_info& info) {
  const size_t node = free_.back();
  free_.pop_back();
  fresh(blocks_[node]);
  quietly("insert", [&] { table_.insert(shard_, blocks_[node].node, &info); });
  join(node, info.weight);
  return node;
}

void Shard::replace(size_t old_node, bool same, const coffer_node_info& info, bool used) {
  size_t node = old_node;
  if (!same) {
    node = free_.back();
    free_.pop_back();
    fresh(blocks_[node]);
  }
  quietly("replace", [&] {
    table_.replace(shard_, blocks_[old_node].node, blocks_[node].node, &info, used ? 1 : 0);
  });
  leave(old_node);
  join(node, info.weight);
  if (same) return;
  std::memset(blocks_[old_node].node, kGone, table_.node_size);
  free_.push_back(old_node);
}

void Shard::hit(const std::vector<size_t>& nodes) {
  if (table_.hit_mode == COFFER_HITS_BYTE) {
    for (size_t node : nodes) {
      auto* byte = blocks_[node].node;
      const unsigned char count = __atomic_load_n(byte, __ATOMIC_RELAXED);
      if (count < table_.hit_limit) {
        __atomic_store_n(byte, static_cast<unsigned char>(count + 1), __ATOMIC_RELAXED);
      }
    }
  } else if (hears_of_hits(table_.hit_mode)) {
    std::vector<void*> pointers;
    for (size_t node : nodes) pointers.push_back(blocks_[node].node);
    quietly("hits", [&] { table_.hits(shard_, pointers.data(), pointers.size()); });
  }
}

void Shard::remove(size_t node, int32_t reason) {
  quietly("remove", [&] { table_.remove(shard_, blocks_[node].node, reason); });
  leave(node);
  std::memset(blocks_[node].node, kGone, table_.node_size);
  free_.push_back(node);
}

void Shard::resize(uint64_t capacity) { table_.resize(shard_, capacity); }

std::vector<size_t> Shard::victims(uint64_t need, size_t capacity, bool exact) {
  std::vector<void*> nodes(capacity + 1, this);
  const size_t n =
      quietly("victims", [&] { return table_.victims(shard_, need, nodes.data(), capacity); });
  if (n > capacity) c_.fail("victims names " + str(n) + " nodes for " + str(capacity));
  if (nodes[capacity] != this) c_.fail("victims writes beyond its array");
  std::vector<size_t> named;
  uint64_t sum = 0, last = 0;
  const auto* field = reinterpret_cast<const unsigned char*>(blocks_.data());
  for (size_t i = 0; i < n; ++i) {
    const auto offset = static_cast<size_t>(static_cast<unsigned char*>(nodes[i]) - field);
    const size_t index = offset / sizeof(Block);
    if (index >= blocks_.size() || blocks_[index].node != nodes[i]) {
      c_.fail("victims names something that is no node of this shard");
    }
    Block& block = blocks_[index];
    if (!block.live) c_.fail("victims names a node that has left the shard");
    if (block.proposed) c_.fail("victims names a node twice");
    block.proposed = true;
    last = block.weight;
    sum += last;
    named.push_back(index);
  }
  for (size_t node : named) blocks_[node].proposed = false;
  if (n == 0 && !live_.empty() && capacity > 0 && need > 0) {
    c_.fail("victims names none although " + str(live_.size()) + " nodes are in the shard");
  }
  if (sum < need && n < capacity && n < live_.size()) {
    c_.fail("victims names nodes of weight " + str(sum) + " where " + str(need) +
            " is needed, and there are more");
  }
  if (exact && n > 0 && sum - last >= need) {
    c_.fail("victims names more nodes than a need of " + str(need) + " takes");
  }
  return named;
}

void Shard::evict(Random& random) {
  for (size_t node : victims(1 + random.below(live_weight_), 1 + random.below(8))) {
    if (!random.one_in(8)) remove(node, COFFER_REMOVE_EVICTED);  // some are pinned
  }
}

void Shard::churn(Random& random, uint64_t steps, uint64_t heaviest) {
  for (uint64_t i = 0; i < steps; ++i) {
    if (random.one_in(64)) host_.advance(random.below(10000));
    const uint64_t weight = 1 + random.below(heaviest);
    const coffer_node_info info = any_info(random, host_, weight);
    const uint64_t choice = random.below(16);
    if (live_.empty() || (choice < 6 && free_.size() > 1)) {
      insert(info);
    } else if (choice < 8 && !free_.empty()) {
      replace(any_live(random), random.one_in(2), info, random.one_in(2));
    } else if (choice < 12) {
      hit({any_live(random), any_live(random), any_live(random)});
    } else if (choice < 14) {
      remove(any_live(random), 1 + static_cast<int32_t>(random.below(3)));
    } else {
      evict(random);
    }
  }
}

void Shard::check_nodes() const {
  for (const Block& block : blocks_) {
    const size_t beyond = sizeof(block.node) - table_.node_size;
    if (!all(block.before, sizeof(block.before), kCanary) ||
        !all(block.node + table_.node_size, beyond, kCanary)) {
      c_.fail("bytes beside a node were written");
    }
    if (!block.live && !all(block.node, table_.node_size, kGone)) {
      c_.fail("a node was written after it had left");
    }
  }
}

}  // namespace coffer::conformance
