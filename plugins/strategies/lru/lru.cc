// Least recently used: one list, what was used last at its end.
#include "coffer/plugin/plugin.h"
#include "plugins/strategies/create.h"
#include "plugins/strategies/list.h"

namespace {

using coffer::strategy::Link;
using coffer::strategy::List;
using coffer::strategy::Proposal;

struct Node : Link {
  uint64_t weight;
};

struct Instance {
  explicit Instance(const coffer_host* host) : host(host) {}
  const coffer_host* host;
};

struct Shard {
  explicit Shard(const coffer_host* host) : host(host) {}
  const coffer_host* host;
  List by_use;
};

void destroy(void* self) { coffer::strategy::unmake<Instance>(self); }

coffer_status shard_create(void* self, uint64_t, void** shard, coffer_sink* sink) {
  const coffer_host* host = static_cast<Instance*>(self)->host;
  return coffer::strategy::make<Shard>(host, sink, shard, host);
}

void shard_destroy(void* shard) { coffer::strategy::unmake<Shard>(shard); }

void insert(void* shard, void* node, const coffer_node_info* info) {
  auto* fresh = static_cast<Node*>(node);
  fresh->weight = info->weight;
  static_cast<Shard*>(shard)->by_use.push_back(fresh);
}

void replace(void* shard, void* old_node, void* node, const coffer_node_info* info, uint8_t used) {
  auto* old = static_cast<Node*>(old_node);
  auto* fresh = static_cast<Node*>(node);
  fresh->weight = info->weight;
  if (used) {
    old->unlink();
    static_cast<Shard*>(shard)->by_use.push_back(fresh);
  } else if (fresh != old) {
    old->hand_over(fresh);
  }
}

void hits(void* shard, void* const* nodes, size_t count) {
  static_cast<Shard*>(shard)->by_use.move_to_back(
      count, [&](size_t i) -> Link* { return static_cast<Node*>(nodes[i]); });
}

void remove(void*, void* node, int32_t) { static_cast<Node*>(node)->unlink(); }

size_t victims(void* shard, uint64_t need, void** nodes, size_t capacity) {
  const List& by_use = static_cast<Shard*>(shard)->by_use;
  Proposal proposal(need, nodes, capacity);
  for (Link* link = by_use.first(); link != by_use.end(); link = link->next) {
    if (proposal.complete()) break;
    auto* node = static_cast<Node*>(link);
    proposal.add(node, node->weight);
  }
  return proposal.count();
}

// The order is the same whatever the capacity.
void resize(void*, uint64_t) {}

uint64_t bytes(const void*) { return sizeof(Shard); }

constexpr coffer_strategy kTable = {
    .struct_size = sizeof(coffer_strategy),
    .hit_mode = COFFER_HITS_RECENT,
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

constexpr coffer_plugin_info kInfo = {
    .struct_size = sizeof(coffer_plugin_info),
    .abi_version = COFFER_ABI_VERSION,
    .kind = COFFER_KIND_STRATEGY,
    .reserved = 0,
    .id = "lru",
    .version = "1.0.0",
    .summary = "evicts what has not been used for the longest time",
    .license = "Apache-2.0",
    .caps = 0,
    .options = nullptr,
    .option_count = 0,
};

}  // namespace

extern "C" const coffer_plugin_info* coffer_plugin_info_v1(size_t index) {
  return index == 0 ? &kInfo : nullptr;
}

extern "C" coffer_status coffer_plugin_create_v1(const coffer_host* host, const char* id,
                                                 const coffer_option*, size_t, coffer_instance* out,
                                                 coffer_sink* sink) {
  return coffer::strategy::create<Instance>(kInfo, kTable, host, id, out, sink);
}
