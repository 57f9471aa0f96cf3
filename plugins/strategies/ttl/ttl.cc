// Soonest expiry first; use does not count. What it means and how it is done: order.h.
#include "coffer/plugin/plugin.h"
#include "plugins/strategies/create.h"
#include "plugins/strategies/list.h"
#include "plugins/strategies/ttl/order.h"

namespace {

using coffer::strategy::ExpiryNode;
using coffer::strategy::ExpiryOrder;
using coffer::strategy::Proposal;

struct Node : ExpiryNode {
  uint64_t weight;
};

struct Instance {
  explicit Instance(const coffer_host* host) : host(host) {}
  const coffer_host* host;
};

struct Shard {
  explicit Shard(const coffer_host* host) : host(host) {}
  const coffer_host* host;
  ExpiryOrder by_expiry;
};

int64_t expiry_of(const coffer_node_info& info) {
  return info.expires_at == COFFER_NEVER ? ExpiryOrder::kNever : info.expires_at;
}

void destroy(void* self) { coffer::strategy::unmake<Instance>(self); }

coffer_status shard_create(void* self, uint64_t, void** shard, coffer_sink* sink) {
  const coffer_host* host = static_cast<Instance*>(self)->host;
  return coffer::strategy::make<Shard>(host, sink, shard, host);
}

void shard_destroy(void* shard) { coffer::strategy::unmake<Shard>(shard); }

void insert(void* shard, void* node, const coffer_node_info* info) {
  auto* fresh = static_cast<Node*>(node);
  fresh->weight = info->weight;
  static_cast<Shard*>(shard)->by_expiry.insert(fresh, expiry_of(*info));
}

// An entry whose expiry did not change keeps its place among those of the same instant.
void replace(void* shard, void* old_node, void* node, const coffer_node_info* info, uint8_t) {
  ExpiryOrder& by_expiry = static_cast<Shard*>(shard)->by_expiry;
  auto* old = static_cast<Node*>(old_node);
  auto* fresh = static_cast<Node*>(node);
  fresh->weight = info->weight;
  if (old->expires_at != expiry_of(*info)) {
    by_expiry.erase(old);
    by_expiry.insert(fresh, expiry_of(*info));
  } else if (fresh != old) {
    by_expiry.insert_after(old, fresh);
    by_expiry.erase(old);
  }
}

void remove(void* shard, void* node, int32_t) {
  static_cast<Shard*>(shard)->by_expiry.erase(static_cast<Node*>(node));
}

size_t victims(void* shard, uint64_t need, void** nodes, size_t capacity) {
  ExpiryNode* node = static_cast<Shard*>(shard)->by_expiry.first();
  Proposal proposal(need, nodes, capacity);
  for (; node != nullptr && !proposal.complete(); node = ExpiryOrder::next(node)) {
    proposal.add(node, static_cast<Node*>(node)->weight);
  }
  return proposal.count();
}

// The order is the same whatever the capacity.
void resize(void*, uint64_t) {}

uint64_t bytes(const void*) { return sizeof(Shard); }

constexpr coffer_strategy kTable = {
    .struct_size = sizeof(coffer_strategy),
    .hit_mode = COFFER_HITS_NONE,
    .node_size = sizeof(Node),
    .node_align = alignof(Node),
    .hit_limit = 0,
    .reserved = 0,
    .destroy = destroy,
    .shard_create = shard_create,
    .shard_destroy = shard_destroy,
    .insert = insert,
    .replace = replace,
    .hits = nullptr,
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
    .id = "ttl",
    .version = "1.0.0",
    .summary = "evicts what expires soonest, then what never expires, oldest first",
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
