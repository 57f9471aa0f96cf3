#include "tests/broken/good/strategy.h"

#include <stdalign.h>

static void unlink_node(good_node* node) {
  node->previous->next = node->next;
  node->next->previous = node->previous;
}

static void append(good_shard* shard, good_node* node) {
  node->next = &shard->first;
  node->previous = shard->first.previous;
  node->previous->next = node;
  shard->first.previous = node;
}

static void destroy(void* self) { (void)self; }

static coffer_status shard_create(void* self, uint64_t capacity, void** out, coffer_sink* sink) {
  const coffer_host* host = self;
  good_shard* shard = host->alloc(host, sizeof(good_shard), alignof(good_shard));
  (void)capacity;
  if (shard == NULL) {
    return coffer_plugin_fail(host, sink, COFFER_EXHAUSTED, "no memory for a shard");
  }
  shard->first.next = shard->first.previous = &shard->first;
  shard->host = host;
  *out = shard;
  return COFFER_OK;
}

static void shard_destroy(void* shard) {
  const coffer_host* host = ((good_shard*)shard)->host;
  host->free(host, shard, sizeof(good_shard), alignof(good_shard));
}

static void insert(void* shard, void* node, const coffer_node_info* info) {
  ((good_node*)node)->weight = info->weight;
  append(shard, node);
}

static void replace(void* shard, void* old_node, void* node, const coffer_node_info* info,
                    uint8_t used) {
  good_node* old = old_node;
  good_node* fresh = node;
  if (used || old != fresh) {
    unlink_node(old);
    append(shard, fresh);
  }
  fresh->weight = info->weight;
}

static void hits(void* shard, void* const* nodes, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    unlink_node(nodes[i]);
    append(shard, nodes[i]);
  }
}

static void remove_node(void* shard, void* node, int32_t reason) {
  (void)shard;
  (void)reason;
  unlink_node(node);
}

static size_t victims(void* state, uint64_t need, void** nodes, size_t capacity) {
  good_shard* shard = state;
  size_t n = 0;
  uint64_t sum = 0;
  for (good_node* node = shard->first.next; node != &shard->first; node = node->next) {
    if (n == capacity || sum >= need) break;
    nodes[n++] = node;
    sum += node->weight;
  }
  return n;
}

static void resize(void* shard, uint64_t capacity) {
  (void)shard;
  (void)capacity;
}

static uint64_t bytes(const void* shard) {
  (void)shard;
  return sizeof(good_shard);
}

const coffer_strategy good_strategy = {
    .struct_size = sizeof(coffer_strategy),
    .hit_mode = COFFER_HITS_BATCH,
    .node_size = sizeof(good_node),
    .node_align = alignof(good_node),
    .destroy = destroy,
    .shard_create = shard_create,
    .shard_destroy = shard_destroy,
    .insert = insert,
    .replace = replace,
    .hits = hits,
    .remove = remove_node,
    .victims = victims,
    .resize = resize,
    .bytes = bytes,
};

void good_strategy_fill(const char* id, coffer_plugin_info* info, coffer_strategy* table) {
  const coffer_plugin_info filled = {
      .struct_size = sizeof(filled),
      .abi_version = COFFER_ABI_VERSION,
      .kind = COFFER_KIND_STRATEGY,
      .id = id,
      .version = "1.0",
      .summary = "made for tests",
      .license = "Apache-2.0",
  };
  *info = filled;
  *table = good_strategy;
}

coffer_status good_strategy_create(const coffer_host* host, const coffer_strategy* table,
                                   coffer_instance* out, coffer_sink* sink) {
  (void)sink;
  out->self = (void*)host;
  out->table = table;
  return COFFER_OK;
}
