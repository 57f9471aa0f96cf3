/* Three plugins in one file that keep every rule and do nothing. */
#include "coffer/plugin/plugin.h"

#include <string.h>

/* ---- store ---- */
static void destroy(void* self) { (void)self; }

static coffer_status get(void* self, const coffer_key* keys, size_t count, uint32_t flags,
                         coffer_time deadline, coffer_entry* out, coffer_outcome* each,
                         coffer_sink* sink) {
  (void)self, (void)keys, (void)flags, (void)deadline, (void)sink;
  for (size_t i = 0; i < count; ++i) {
    memset(&out[i], 0, sizeof(out[i]));
    each[i].status = COFFER_MISS;
    each[i].flags = 0;
  }
  return COFFER_OK;
}

static coffer_status put(void* self, const coffer_store_put* items, size_t count,
                         coffer_time deadline, uint64_t* versions, coffer_outcome* each,
                         coffer_sink* sink) {
  (void)self, (void)items, (void)deadline, (void)versions, (void)sink;
  memset(each, 0, count * sizeof(*each));
  return COFFER_OK;
}

static coffer_status del(void* self, const coffer_key* keys, const uint64_t* versions, size_t count,
                         coffer_time deadline, coffer_outcome* each, coffer_sink* sink) {
  (void)self, (void)keys, (void)versions, (void)deadline, (void)sink;
  memset(each, 0, count * sizeof(*each));
  return COFFER_OK;
}

static coffer_status touch(void* self, const coffer_key* keys, const coffer_ttl* ttls, size_t count,
                           coffer_time deadline, coffer_outcome* each, coffer_sink* sink) {
  (void)ttls;
  return del(self, keys, NULL, count, deadline, each, sink);
}

static coffer_status clear(void* self, coffer_bytes prefix, coffer_time deadline, uint64_t* removed,
                           coffer_sink* sink) {
  (void)self, (void)prefix, (void)deadline, (void)sink;
  *removed = 0;
  return COFFER_OK;
}

static void stats(void* self, coffer_store_stats* out) { (void)self, (void)out; }

static const coffer_store kStore = {
    .struct_size = sizeof(coffer_store),
    .destroy = destroy,
    .get = get,
    .put = put,
    .del = del,
    .touch = touch,
    .clear = clear,
    .stats = stats,
};

/* ---- strategy ---- */
static coffer_status shard_create(void* self, uint64_t capacity, void** shard, coffer_sink* sink) {
  (void)self, (void)capacity, (void)sink;
  *shard = NULL;
  return COFFER_OK;
}

static void insert(void* shard, void* node, const coffer_node_info* info) {
  (void)shard, (void)node, (void)info;
}

static void replace(void* shard, void* old_node, void* node, const coffer_node_info* info,
                    uint8_t used) {
  (void)shard, (void)old_node, (void)node, (void)info, (void)used;
}

static void forget(void* shard, void* node, int32_t reason) {
  (void)shard, (void)node, (void)reason;
}

static size_t victims(void* shard, uint64_t need, void** nodes, size_t capacity) {
  (void)shard, (void)need, (void)nodes, (void)capacity;
  return 0;
}

static void resize(void* shard, uint64_t capacity) { (void)shard, (void)capacity; }
static uint64_t bytes(const void* shard) { return (void)shard, 0; }

static const coffer_strategy kStrategy = {
    .struct_size = sizeof(coffer_strategy),
    .hit_mode = COFFER_HITS_NONE,
    .node_size = 8,
    .node_align = 8,
    .destroy = destroy,
    .shard_create = shard_create,
    .shard_destroy = destroy,
    .insert = insert,
    .replace = replace,
    .remove = forget,
    .victims = victims,
    .resize = resize,
    .bytes = bytes,
};

/* ---- serializer ---- */
static coffer_status encode(void* self, const coffer_value* value, const coffer_writer* out,
                            coffer_sink* sink) {
  (void)self, (void)value, (void)out, (void)sink;
  return COFFER_OK;
}

static coffer_status decode(void* self, coffer_bytes in, const coffer_visitor* into,
                            const coffer_limits* limits, coffer_sink* sink) {
  (void)self, (void)in, (void)limits, (void)sink;
  return into->null(into->self);
}

static const coffer_serializer kSerializer = {
    .struct_size = sizeof(coffer_serializer),
    .format = 2000,
    .media_type = "application/x-nothing",
    .destroy = destroy,
    .encode = encode,
    .decode = decode,
};

/* ---- the file ---- */
static const coffer_option_spec kOptions[] = {
    {"depth", "3", "how deep", COFFER_TYPE_INT, 0},
    {"token", NULL, "who may", COFFER_TYPE_TEXT, COFFER_OPTION_SECRET},
};

#define COMMON(kind_, id_)                                                                       \
  .struct_size = sizeof(coffer_plugin_info), .abi_version = COFFER_ABI_VERSION, .kind = (kind_), \
  .id = (id_), .version = "1", .summary = "does nothing", .license = "Apache-2.0"

static const coffer_plugin_info kInfos[] = {
    {COMMON(COFFER_KIND_STORE, "good")},
    {COMMON(COFFER_KIND_STRATEGY, "order"), .options = kOptions, .option_count = 2},
    {COMMON(COFFER_KIND_SERIALIZER, "form")},
};

const coffer_plugin_info* coffer_plugin_info_v1(size_t index) {
  return index < sizeof(kInfos) / sizeof(kInfos[0]) ? &kInfos[index] : NULL;
}

coffer_status coffer_plugin_create_v1(const coffer_host* host, const char* id,
                                      const coffer_option* options, size_t count,
                                      coffer_instance* out, coffer_sink* sink) {
  (void)host, (void)options, (void)count, (void)sink;
  const void* table = &kStore;
  if (strcmp(id, "order") == 0) table = &kStrategy;
  if (strcmp(id, "form") == 0) table = &kSerializer;
  out->self = NULL;
  out->table = table;
  return COFFER_OK;
}
