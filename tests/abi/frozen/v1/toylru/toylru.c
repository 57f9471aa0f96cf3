/* Least recently used, in plain C: a ring through the nodes, what was used last at its end. */
#include <string.h>

#include "coffer/plugin/plugin.h"

/* Lies in the store's own entry. */
typedef struct node {
  struct node* older;
  struct node* newer;
  uint64_t weight;
} node;

typedef struct shard {
  const coffer_host* host;
  node ends; /* its `newer` is the oldest node */
} shard;

static void unlink_node(node* n) {
  n->older->newer = n->newer;
  n->newer->older = n->older;
}

static void make_newest(shard* s, node* n) {
  n->older = s->ends.older;
  n->newer = &s->ends;
  s->ends.older->newer = n;
  s->ends.older = n;
}

/* An instance is the host it was made by: it has no options and no state. */
static void destroy(void* self) { (void)self; }

static coffer_status shard_create(void* self, uint64_t capacity, void** out, coffer_sink* sink) {
  (void)capacity;
  const coffer_host* host = self;
  shard* s = host->alloc(host, sizeof(*s), _Alignof(shard));
  if (s == NULL) return coffer_plugin_fail(host, sink, COFFER_EXHAUSTED, "toylru: no memory");
  s->host = host;
  s->ends = (node){&s->ends, &s->ends, 0};
  *out = s;
  return COFFER_OK;
}

static void shard_destroy(void* self) {
  shard* s = self;
  s->host->free(s->host, s, sizeof(*s), _Alignof(shard));
}

static void insert(void* self, void* fresh, const coffer_node_info* info) {
  node* n = fresh;
  n->weight = info->weight;
  make_newest(self, n);
}

static void replace(void* self, void* gone, void* fresh, const coffer_node_info* info,
                    uint8_t used) {
  node* old = gone;
  node* n = fresh;
  n->weight = info->weight;
  if (used) {
    unlink_node(old);
    make_newest(self, n);
  } else if (n != old) {
    n->older = old->older;
    n->newer = old->newer;
    n->older->newer = n;
    n->newer->older = n;
  }
}

static void hits(void* self, void* const* nodes, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    unlink_node(nodes[i]);
    make_newest(self, nodes[i]);
  }
}

static void remove_node(void* self, void* gone, int32_t reason) {
  (void)self, (void)reason;
  unlink_node(gone);
}

static size_t victims(void* self, uint64_t need, void** nodes, size_t capacity) {
  const shard* s = self;
  size_t count = 0;
  for (node* n = s->ends.newer; n != &s->ends && count < capacity; n = n->newer) {
    if (count > 0 && need == 0) break;
    nodes[count++] = n;
    need -= n->weight < need ? n->weight : need;
  }
  return count;
}

static void resize(void* self, uint64_t capacity) { (void)self, (void)capacity; }

static uint64_t bytes(const void* self) {
  (void)self;
  return sizeof(shard);
}

static const coffer_strategy table = {
    .struct_size = sizeof(coffer_strategy),
    .hit_mode = COFFER_HITS_BATCH,
    .node_size = sizeof(node),
    .node_align = _Alignof(node),
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

static const coffer_plugin_info info = {
    .struct_size = sizeof(coffer_plugin_info),
    .abi_version = COFFER_ABI_VERSION,
    .kind = COFFER_KIND_STRATEGY,
    .id = "toylru",
    .version = "0.1",
    .summary = "evicts what was not used for longest, from a stranger's hand",
    .license = "Apache-2.0",
};

const coffer_plugin_info* coffer_plugin_info_v1(size_t index) { return index == 0 ? &info : NULL; }

coffer_status coffer_plugin_create_v1(const coffer_host* host, const char* id,
                                      const coffer_option* options, size_t count,
                                      coffer_instance* out, coffer_sink* sink) {
  (void)options, (void)count;
  if (strcmp(id, info.id) != 0) {
    return coffer_plugin_fail(host, sink, COFFER_NOT_FOUND, "toylru: no other plugin here");
  }
  *out = (coffer_instance){(void*)host, &table};
  return COFFER_OK;
}
