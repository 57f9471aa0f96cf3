#include "plugins/strategies/testing/driver.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <random>

namespace coffer::strategy {

using conformance::FakeSink;
using conformance::NoHostCalls;
using conformance::OptionList;

Driver::Driver(const Plugin& plugin, const conformance::OptionValues& values, uint64_t capacity) {
  const coffer_plugin_info& info = *plugin.info(0);
  const OptionList options(info, values);
  EXPECT_EQ(options.error(), "");
  FakeSink sink;
  coffer_instance instance = {};
  EXPECT_EQ(
      plugin.create(host_.get(), info.id, options.data(), options.size(), &instance, sink.get()),
      COFFER_OK);
  table_ = static_cast<const coffer_strategy*>(instance.table);
  self_ = instance.self;
  EXPECT_EQ(table_->shard_create(self_, capacity, &shard_, sink.get()), COFFER_OK);
  EXPECT_EQ(sink.problem(COFFER_OK), "");
}

Driver::~Driver() {
  while (!nodes_.empty()) remove(nodes_.begin()->first);
  EXPECT_EQ(order(), Keys());
  table_->shard_destroy(shard_);
  table_->destroy(self_);
  host_.expect_silence();
  EXPECT_EQ(host_.problems(), "");
}

void* Driver::new_node(uint64_t key) {
  void* node = std::calloc(1, table_->node_size);
  nodes_[key] = node;
  keys_[node] = key;
  return node;
}

void Driver::drop_node(void* node) {
  keys_.erase(node);
  std::memset(node, 0xdd, table_->node_size);
  std::free(node);
}

void Driver::insert(uint64_t key, uint64_t weight, coffer_time expires_at) {
  const coffer_node_info info = {key, weight, expires_at, host_.now()};
  NoHostCalls guard("insert");
  table_->insert(shard_, new_node(key), &info);
}

void Driver::hit(const Keys& keys) {
  if (table_->hit_mode != COFFER_HITS_BATCH && table_->hit_mode != COFFER_HITS_RECENT) return;
  std::vector<void*> nodes;
  for (uint64_t key : keys) nodes.push_back(nodes_.at(key));
  NoHostCalls guard("hits");
  table_->hits(shard_, nodes.data(), nodes.size());
}

void Driver::remove(uint64_t key, int32_t reason) {
  void* node = nodes_.at(key);
  {
    NoHostCalls guard("remove");
    table_->remove(shard_, node, reason);
  }
  nodes_.erase(key);
  drop_node(node);
}

void Driver::resize(uint64_t capacity) { table_->resize(shard_, capacity); }

void Driver::replace(uint64_t key, Into into, bool used, uint64_t weight, coffer_time expires_at) {
  const coffer_node_info info = {key, weight, expires_at, host_.now()};
  void* old = nodes_.at(key);
  void* node = into == Into::kSame ? old : new_node(key);
  {
    NoHostCalls guard("replace");
    table_->replace(shard_, old, node, &info, used);
  }
  if (node != old) drop_node(old);
}

Keys Driver::victims(uint64_t need, size_t capacity) {
  std::vector<void*> nodes(capacity + 1, this);
  NoHostCalls guard("victims");
  const size_t count = table_->victims(shard_, need, nodes.data(), capacity);
  EXPECT_LE(count, capacity);
  EXPECT_EQ(nodes[count], this) << "victims wrote beyond its answer";
  Keys keys;
  for (size_t i = 0; i < count; ++i) keys.push_back(keys_.at(nodes[i]));
  return keys;
}

size_t replay(Driver* driver, const Keys& requests, size_t capacity) {
  size_t hits = 0;
  for (uint64_t key : requests) {
    if (driver->holds(key)) {
      ++hits;
      driver->hit({key});
      continue;
    }
    if (driver->size() == capacity) {
      driver->remove(driver->victims(1, 1).front(), COFFER_REMOVE_EVICTED);
    }
    driver->insert(key);
  }
  return hits;
}

uint64_t test_seed() {
  const char* text = std::getenv("COFFER_TEST_SEED");
  const uint64_t seed = text != nullptr ? std::strtoull(text, nullptr, 0) : std::random_device()();
  std::printf("COFFER_TEST_SEED=%llu\n", static_cast<unsigned long long>(seed));
  return seed;
}

}  // namespace coffer::strategy
