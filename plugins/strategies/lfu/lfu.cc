// Least frequently used, with aging. What it means and how it is done: frequency.h.
#include <algorithm>
#include <cstdio>

#include "coffer/plugin/plugin.h"
#include "plugins/strategies/create.h"
#include "plugins/strategies/lfu/frequency.h"

namespace {

using coffer::strategy::FrequencyNode;
using coffer::strategy::FrequencyOrder;
using coffer::strategy::Proposal;

constexpr int64_t kMaxAgingInterval = 1000000000;

struct Node : FrequencyNode {
  uint64_t weight;
};

struct Instance {
  Instance(const coffer_host* host, uint64_t interval) : host(host), aging_interval(interval) {}
  const coffer_host* host;
  uint64_t aging_interval;
};

struct Shard {
  Shard(const coffer_host* host, uint64_t interval) : host(host), aging_interval(interval) {}

  void count_uses(size_t count) {
    uses += count;
    if (aging_interval == 0 || uses < aging_interval * std::max<uint64_t>(entries, 1)) return;
    uses = 0;
    by_frequency.halve_all();
  }

  const coffer_host* host;
  uint64_t aging_interval;
  uint64_t entries = 0;
  uint64_t uses = 0;  // since all counts were halved
  FrequencyOrder by_frequency;
};

void destroy(void* self) { coffer::strategy::unmake<Instance>(self); }

coffer_status shard_create(void* self, uint64_t, void** shard, coffer_sink* sink) {
  auto* instance = static_cast<Instance*>(self);
  return coffer::strategy::make<Shard>(instance->host, sink, shard, instance->host,
                                       instance->aging_interval);
}

void shard_destroy(void* shard) { coffer::strategy::unmake<Shard>(shard); }

void insert(void* state, void* node, const coffer_node_info* info) {
  auto* shard = static_cast<Shard*>(state);
  auto* fresh = static_cast<Node*>(node);
  fresh->weight = info->weight;
  shard->by_frequency.add(fresh);
  ++shard->entries;
  shard->count_uses(1);
}

void replace(void* state, void* old_node, void* node, const coffer_node_info* info, uint8_t used) {
  auto* shard = static_cast<Shard*>(state);
  auto* fresh = static_cast<Node*>(node);
  if (node != old_node) shard->by_frequency.replace(static_cast<Node*>(old_node), fresh);
  fresh->weight = info->weight;
  if (used) {
    shard->by_frequency.use(fresh);
    shard->count_uses(1);
  }
}

void hits(void* state, void* const* nodes, size_t count) {
  auto* shard = static_cast<Shard*>(state);
  for (size_t i = 0; i < count; ++i) shard->by_frequency.use(static_cast<Node*>(nodes[i]));
  shard->count_uses(count);
}

void remove(void* state, void* node, int32_t) {
  static_cast<Node*>(node)->unlink();
  --static_cast<Shard*>(state)->entries;
}

size_t victims(void* state, uint64_t need, void** nodes, size_t capacity) {
  Proposal proposal(need, nodes, capacity);
  static_cast<Shard*>(state)->by_frequency.for_each([&](FrequencyNode* node) {
    if (proposal.complete()) return false;
    proposal.add(node, static_cast<Node*>(node)->weight);
    return true;
  });
  return proposal.count();
}

// The order is the same whatever the capacity.
void resize(void*, uint64_t) {}

uint64_t bytes(const void*) { return sizeof(Shard); }

constexpr coffer_strategy kTable = {
    .struct_size = sizeof(coffer_strategy),
    .hit_mode = COFFER_HITS_BATCH,
    .node_size = sizeof(Node),
    .node_align = alignof(Node),
    .hit_limit = 0,
    .reserved = 0,
    .destroy = destroy,
    .shard_create = shard_create,
    .shard_destroy = shard_destroy,
    .insert = insert,
    .replace = replace,
    .hits = hits,
    .remove = remove,
    .victims = victims,
    .resize = resize,
    .bytes = bytes,
};

constexpr coffer_option_spec kOptions[] = {
    {.key = "aging_interval",
     .default_value = "2",
     .help = "uses per entry after which all counts are halved; 0: they never are",
     .type = COFFER_TYPE_INT,
     .flags = 0},
};

constexpr coffer_plugin_info kInfo = {
    .struct_size = sizeof(coffer_plugin_info),
    .abi_version = COFFER_ABI_VERSION,
    .kind = COFFER_KIND_STRATEGY,
    .reserved = 0,
    .id = "lfu",
    .version = "1.0.0",
    .summary = "evicts what is used least often, recent uses counting most",
    .license = "Apache-2.0",
    .caps = 0,
    .options = kOptions,
    .option_count = std::size(kOptions),
};

}  // namespace

extern "C" const coffer_plugin_info* coffer_plugin_info_v1(size_t index) {
  return index == 0 ? &kInfo : nullptr;
}

extern "C" coffer_status coffer_plugin_create_v1(const coffer_host* host, const char* id,
                                                 const coffer_option* options, size_t,
                                                 coffer_instance* out, coffer_sink* sink) {
  const int64_t interval = options[0].i64;  // it has a default, so it is always there
  if (interval < 0 || interval > kMaxAgingInterval) {
    char message[96];
    std::snprintf(message, sizeof(message), "aging_interval is %lld, not 0 to %lld",
                  static_cast<long long>(interval), static_cast<long long>(kMaxAgingInterval));
    return coffer::plugin::fail(host, sink, COFFER_INVALID_ARGUMENT, message);
  }
  return coffer::strategy::create<Instance>(kInfo, kTable, host, id, out, sink,
                                            static_cast<uint64_t>(interval));
}
