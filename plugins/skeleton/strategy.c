/* Skeleton of a strategy: FIFO, which evicts what came first.
 *
 * The store embeds a node of node_size bytes in each entry. The strategy orders nodes and names
 * victims; it owns no entries and never sees keys. A bounded store has several shards, each under a
 * lock of its own: functions that take a shard are never called twice at once for one shard. */
#include <stdalign.h>
#include <string.h>

#include "coffer/plugin/plugin.h"

/* In each entry. The first member of a shard is a node, too: it closes the ring. */
typedef struct node {
  struct node *older, *newer;
  uint64_t weight;
} node;

typedef struct shard {
  node ends; /* ends.newer is the oldest entry, ends.older the newest */
  const coffer_host* host;
} shard;

static void link_before(node* n, node* next) {
  n->newer = next;
  n->older = next->older;
  n->older->newer = n;
  next->older = n;
}

static void unlink_node(node* n) {
  n->older->newer = n->newer;
  n->newer->older = n->older;
}

static coffer_status shard_create(void* self, uint64_t capacity, void** out, coffer_sink* sink) {
  const coffer_host* host = self;
  shard* s = host->alloc(host, sizeof(shard), alignof(shard));
  (void)capacity;
  if (s == NULL) return coffer_plugin_fail(host, sink, COFFER_EXHAUSTED, "out of memory");
  s->ends.older = s->ends.newer = &s->ends;
  s->host = host;
  *out = s;
  return COFFER_OK;
}

static void shard_destroy(void* state) {
  const coffer_host* host = ((shard*)state)->host;
  host->free(host, state, sizeof(shard), alignof(shard));
}

/* A new entry. */
static void insert(void* state, void* fresh, const coffer_node_info* info) {
  ((node*)fresh)->weight = info->weight;
  link_before(fresh, &((shard*)state)->ends);
}

/* An entry was overwritten and may have moved: the new node takes the place of the old. */
static void replace(void* state, void* old, void* fresh, const coffer_node_info* info,
                    uint8_t used) {
  (void)state, (void)used;
  if (old != fresh) {
    node* next = ((node*)old)->newer;
    unlink_node(old);
    link_before(fresh, next);
  }
  ((node*)fresh)->weight = info->weight;
}

/* An entry has left: evicted, expired or deleted. */
static void remove_node(void* state, void* gone, int32_t reason) {
  (void)state, (void)reason;
  unlink_node(gone);
}

/* Names entries to evict until their weights reach `need`. They stay until `remove` is called. */
static size_t victims(void* state, uint64_t need, void** nodes, size_t capacity) {
  const shard* s = state;
  size_t count = 0;
  uint64_t sum = 0;
  for (node* n = s->ends.newer; n != &s->ends && count < capacity && sum < need; n = n->newer) {
    nodes[count++] = n;
    sum += n->weight;
  }
  return count;
}

static void resize(void* state, uint64_t capacity) { (void)state, (void)capacity; }

/* Memory beside the nodes. */
static uint64_t bytes(const void* state) {
  (void)state;
  return sizeof(shard);
}

static void destroy(void* self) { (void)self; }

static const coffer_strategy table = {
    .struct_size = sizeof(table),
    .hit_mode = COFFER_HITS_NONE, /* COFFER_HITS_BYTE or _BATCH to learn which entries are read */
    .node_size = sizeof(node),
    .node_align = alignof(node),
    .destroy = destroy,
    .shard_create = shard_create,
    .shard_destroy = shard_destroy,
    .insert = insert,
    .replace = replace,
    .remove = remove_node,
    .victims = victims,
    .resize = resize,
    .bytes = bytes,
};

static const coffer_plugin_info info = {
    .struct_size = sizeof(info),
    .abi_version = COFFER_ABI_VERSION,
    .kind = COFFER_KIND_STRATEGY,
    .id = "skeleton_strategy",
    .version = "1.0",
    .summary = "evicts what came first",
    .license = "Apache-2.0",
};

const coffer_plugin_info* coffer_plugin_info_v1(size_t index) { return index == 0 ? &info : NULL; }

coffer_status coffer_plugin_create_v1(const coffer_host* host, const char* id,
                                      const coffer_option* options, size_t count,
                                      coffer_instance* out, coffer_sink* sink) {
  (void)options, (void)count;
  if (strcmp(id, info.id) != 0) {
    return coffer_plugin_fail(host, sink, COFFER_NOT_FOUND, "this file has no such plugin");
  }
  out->self = (void*)host;
  out->table = &table;
  return COFFER_OK;
}
