// One shard of a strategy, driven as a store drives it, with a watched host around it.
#ifndef COFFER_PLUGINS_STRATEGIES_TESTING_DRIVER_H_
#define COFFER_PLUGINS_STRATEGIES_TESTING_DRIVER_H_

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "plugins/conformance/testing/fake_host.h"

namespace coffer::strategy {

// The two functions of a plugin's static build.
struct Plugin {
  coffer_plugin_info_fn info;
  coffer_plugin_create_fn create;
};

using Keys = std::vector<uint64_t>;

// Every node is a block of its own of exactly `node_size` bytes, so that a sanitizer sees each byte
// written beside it or after it has left. A failed expectation of this class fails the test.
class Driver {
 public:
  explicit Driver(const Plugin& plugin, const conformance::OptionValues& options = {},
                  uint64_t capacity = 0);
  ~Driver();  // removes what is left, and looks for leaks
  Driver(const Driver&) = delete;
  Driver& operator=(const Driver&) = delete;

  void insert(uint64_t key, uint64_t weight = 1, coffer_time expires_at = COFFER_NEVER);
  void hit(const Keys& keys);
  void remove(uint64_t key, int32_t reason = COFFER_REMOVE_DELETED);
  void resize(uint64_t capacity);

  // The entry is written again: into its own node, or into a new one.
  enum class Into { kSame, kFresh };
  void replace(uint64_t key, Into into, bool used, uint64_t weight = 1,
               coffer_time expires_at = COFFER_NEVER);

  Keys victims(uint64_t need, size_t capacity);
  Keys order() { return victims(UINT64_MAX, nodes_.size() + 1); }

  bool holds(uint64_t key) const { return nodes_.count(key) != 0; }
  size_t size() const { return nodes_.size(); }
  uint64_t bytes() const { return table_->bytes(shard_); }
  const coffer_strategy& table() const { return *table_; }

 private:
  void* new_node(uint64_t key);
  void drop_node(void* node);

  conformance::FakeHost host_;
  const coffer_strategy* table_ = nullptr;
  void* self_ = nullptr;
  void* shard_ = nullptr;
  std::unordered_map<uint64_t, void*> nodes_;
  std::unordered_map<const void*, uint64_t> keys_;
};

// Hits, of a cache of `capacity` entries over that sequence of requests.
size_t replay(Driver* driver, const Keys& requests, size_t capacity);

// A number that differs from run to run, printed; COFFER_TEST_SEED sets it.
uint64_t test_seed();

}  // namespace coffer::strategy

#endif  // COFFER_PLUGINS_STRATEGIES_TESTING_DRIVER_H_
