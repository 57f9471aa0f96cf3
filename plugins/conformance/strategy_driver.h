// A strategy under test, driven as a store drives one: a fixed field of nodes, some of which are in
// the shard, and a record of their weights to hold the strategy's answers against.
#ifndef COFFER_PLUGINS_CONFORMANCE_STRATEGY_DRIVER_H_
#define COFFER_PLUGINS_CONFORMANCE_STRATEGY_DRIVER_H_

#include <string>
#include <vector>

#include "plugins/conformance/case.h"

namespace coffer::conformance {

class Strategy {
 public:
  Strategy(const Case& c, FakeHost& host);

  const coffer_strategy& table() const { return table_; }
  void* self() const { return instance_.self(); }
  void destroy() { instance_.destroy(); }

 private:
  Instance instance_;
  coffer_strategy table_;
};

// One shard with room for `nodes` nodes. Nodes are named by their index in the field.
class Shard {
 public:
  Shard(const Case& c, FakeHost& host, const Strategy& strategy, size_t nodes,
        uint64_t capacity = 0);
  ~Shard();
  Shard(const Shard&) = delete;
  Shard& operator=(const Shard&) = delete;

  size_t live_count() const { return live_.size(); }
  size_t free_count() const { return free_.size(); }
  uint64_t live_weight() const { return live_weight_; }
  size_t any_live(Random& random) const { return live_[random.below(live_.size())]; }

  size_t insert(const coffer_node_info& info);
  void replace(size_t old_node, bool same, const coffer_node_info& info, bool used);
  void hit(const std::vector<size_t>& nodes);
  void remove(size_t node, int32_t reason);
  void resize(uint64_t capacity);
  uint64_t bytes() const { return table_.bytes(shard_); }

  // Asks for victims and checks the answer as far as it can be known. `exact`: that no more are
  // named than `need` takes.
  std::vector<size_t> victims(uint64_t need, size_t capacity, bool exact = true);

  // Random use with weights up to `heaviest`.
  void churn(Random& random, uint64_t steps, uint64_t heaviest);

  // Whether something was written beside nodes, or into those that are not in the shard.
  void check_nodes() const;

  // The first function that allocated, or "".
  const std::string& noise() const { return noise_; }

 private:
  struct Block {
    alignas(16) unsigned char before[16];
    unsigned char node[COFFER_MAX_NODE_SIZE + 16];  // beyond node_size: canary
    uint64_t weight;
    size_t place;  // in live_
    bool live;
    bool proposed;
  };

  template <typename Call>
  auto quietly(const char* function, Call&& call);
  void fresh(Block& block);
  void join(size_t node, uint64_t weight);
  void leave(size_t node);
  void evict(Random& random);

  const Case& c_;
  FakeHost& host_;
  coffer_strategy table_;
  void* shard_ = nullptr;
  std::vector<Block> blocks_;
  std::vector<size_t> live_, free_;
  uint64_t live_weight_ = 0;
  std::string noise_;
};

// A new entry of weight `weight`, with a random hash and expiry.
coffer_node_info any_info(Random& random, const FakeHost& host, uint64_t weight);

}  // namespace coffer::conformance

#endif  // COFFER_PLUGINS_CONFORMANCE_STRATEGY_DRIVER_H_
