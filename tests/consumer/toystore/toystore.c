/* A store in plain C: a hash table, a list by age and one mutex. When it is full the oldest entry
 * goes. To stay short it does without pthread_atfork: a child of fork may find the mutex locked. */
#include <string.h>

#include "table.h"

static coffer_time now_of(const toystore* store) {
  return store->host->now(store->host, COFFER_CLOCK_PRECISE);
}

static coffer_time expiry(coffer_ttl ttl, coffer_time now) {
  if (ttl == COFFER_TTL_FOREVER) return COFFER_NEVER;
  return ttl > INT64_MAX - now ? INT64_MAX : now + ttl;
}

/* ---- Functions of the table ---- */

static void destroy(void* self) {
  toystore* store = self;
  store->host->retain(store->host); /* until the last pin is gone; drop_store gives it back */
  pthread_mutex_lock(&store->mutex);
  while (store->oldest != NULL) {
    remove_item(store, slot_of(store, store->oldest));
  }
  pthread_mutex_unlock(&store->mutex);
  drop_store(store);
}

static coffer_status get(void* self, const coffer_key* keys, size_t count, uint32_t flags,
                         coffer_time deadline, coffer_entry* out, coffer_outcome* each,
                         coffer_sink* sink) {
  (void)flags, (void)deadline, (void)sink;
  toystore* store = self;
  const coffer_time now = now_of(store);
  pthread_mutex_lock(&store->mutex);
  for (size_t i = 0; i < count; ++i) {
    item* it = *find_live(store, &keys[i], now);
    memset(&out[i], 0, sizeof(out[i]));
    each[i] = (coffer_outcome){it != NULL ? COFFER_OK : COFFER_MISS, 0};
    if (it == NULL) continue;
    atomic_fetch_add_explicit(&it->references, 1, memory_order_relaxed);
    out[i].meta = it->bytes + it->key_size;
    out[i].meta_size = it->meta_size;
    out[i].data = it->bytes + it->key_size + it->meta_size;
    out[i].size = it->value_size;
    out[i].flags = it->flags;
    out[i].format = it->format;
    out[i].version = it->version;
    out[i].expires_at = it->expires_at;
    out[i].owner = it;
    out[i].release = drop_item;
  }
  pthread_mutex_unlock(&store->mutex);
  return COFFER_OK;
}

/* What a put must find to be done. */
static coffer_status admit(const coffer_store_put* put, const item* old) {
  if (put->mode == COFFER_PUT_ADD) return old != NULL ? COFFER_EXISTS : COFFER_OK;
  if (put->mode == COFFER_PUT_SET) return COFFER_OK;
  if (old == NULL) return COFFER_MISS;
  return put->mode == COFFER_PUT_CAS && old->version != put->expected_version ? COFFER_CONFLICT
                                                                              : COFFER_OK;
}

static coffer_status put_one(toystore* store, const coffer_store_put* put, coffer_time now,
                             uint64_t* version, coffer_sink* sink) {
  item** slot = find_live(store, &put->key, now);
  const coffer_status admission = admit(put, *slot);
  if (admission != COFFER_OK) return admission;
  item* fresh = make_item(store, put);
  if (fresh == NULL)
    return coffer_plugin_fail(store->host, sink, COFFER_EXHAUSTED,
                              "toystore: no memory for the entry");
  if (store->byte_limit != 0 && charge(fresh) > store->byte_limit) {
    drop_item(fresh);
    return coffer_plugin_fail(store->host, sink, COFFER_TOO_LARGE,
                              "toystore: the entry alone is over the limit in `bytes`");
  }
  fresh->expires_at = put->ttl == COFFER_TTL_KEEP ? (*slot)->expires_at : expiry(put->ttl, now);
  fresh->version = ++store->last_version;
  if (*slot != NULL) {
    remove_item(store, slot);
  } else {
    store->inserts += 1;
  }
  add_item(store, fresh);
  if (version != NULL) *version = fresh->version;
  return COFFER_OK;
}

static coffer_status put(void* self, const coffer_store_put* items, size_t count,
                         coffer_time deadline, uint64_t* versions, coffer_outcome* each,
                         coffer_sink* sink) {
  (void)deadline;
  toystore* store = self;
  const coffer_time now = now_of(store);
  pthread_mutex_lock(&store->mutex);
  for (size_t i = 0; i < count; ++i) {
    each[i] = (coffer_outcome){
        put_one(store, &items[i], now, versions != NULL ? &versions[i] : NULL, sink), 0};
  }
  pthread_mutex_unlock(&store->mutex);
  return COFFER_OK;
}

static coffer_status del(void* self, const coffer_key* keys, const uint64_t* versions, size_t count,
                         coffer_time deadline, coffer_outcome* each, coffer_sink* sink) {
  (void)deadline, (void)sink;
  toystore* store = self;
  const coffer_time now = now_of(store);
  pthread_mutex_lock(&store->mutex);
  for (size_t i = 0; i < count; ++i) {
    item** slot = find_live(store, &keys[i], now);
    const uint64_t version = versions != NULL ? versions[i] : 0;
    coffer_status status = *slot != NULL ? COFFER_OK : COFFER_MISS;
    if (status == COFFER_OK && version != 0 && (*slot)->version != version) {
      status = COFFER_CONFLICT;
    }
    if (status == COFFER_OK) remove_item(store, slot);
    each[i] = (coffer_outcome){status, 0};
  }
  pthread_mutex_unlock(&store->mutex);
  return COFFER_OK;
}

static coffer_status touch(void* self, const coffer_key* keys, const coffer_ttl* ttls, size_t count,
                           coffer_time deadline, coffer_outcome* each, coffer_sink* sink) {
  (void)deadline, (void)sink;
  toystore* store = self;
  const coffer_time now = now_of(store);
  pthread_mutex_lock(&store->mutex);
  for (size_t i = 0; i < count; ++i) {
    item* it = *find_live(store, &keys[i], now);
    each[i] = (coffer_outcome){it != NULL ? COFFER_OK : COFFER_MISS, 0};
    if (it != NULL) it->expires_at = expiry(ttls[i], now);
  }
  pthread_mutex_unlock(&store->mutex);
  return COFFER_OK;
}

static int has_prefix(const item* it, coffer_bytes prefix) {
  return it->key_size >= prefix.size &&
         (prefix.size == 0 || memcmp(it->bytes, prefix.data, prefix.size) == 0);
}

static coffer_status clear(void* self, coffer_bytes prefix, coffer_time deadline, uint64_t* removed,
                           coffer_sink* sink) {
  (void)deadline, (void)sink;
  toystore* store = self;
  *removed = 0;
  pthread_mutex_lock(&store->mutex);
  for (item *it = store->oldest, *newer; it != NULL; it = newer) {
    newer = it->newer;
    if (!has_prefix(it, prefix)) continue;
    remove_item(store, slot_of(store, it));
    *removed += 1;
  }
  pthread_mutex_unlock(&store->mutex);
  return COFFER_OK;
}

/* A scan pins what matches when it is opened; entries are small and few in a toy. */
typedef struct scan {
  size_t count, next, room;
  item* items[];
} scan;

static coffer_status scan_open(void* self, coffer_bytes prefix, void** out, coffer_sink* sink) {
  toystore* store = self;
  const coffer_time now = now_of(store);
  pthread_mutex_lock(&store->mutex);
  const size_t room = store->entries;
  scan* s = store->host->alloc(store->host, sizeof(scan) + room * sizeof(item*), _Alignof(scan));
  if (s != NULL) {
    s->count = s->next = 0;
    s->room = room;
    for (item* it = store->oldest; it != NULL; it = it->newer) {
      if (!has_prefix(it, prefix) || is_expired(it, now)) continue;
      atomic_fetch_add_explicit(&it->references, 1, memory_order_relaxed);
      s->items[s->count++] = it;
    }
  }
  pthread_mutex_unlock(&store->mutex);
  if (s == NULL)
    return coffer_plugin_fail(store->host, sink, COFFER_EXHAUSTED,
                              "toystore: no memory for the scan");
  *out = s;
  return COFFER_OK;
}

static coffer_status scan_next(void* self, void* state, coffer_time deadline, coffer_bytes* keys,
                               size_t capacity, size_t* n, coffer_sink* sink) {
  (void)self, (void)deadline, (void)sink;
  scan* s = state;
  *n = 0;
  while (*n < capacity && s->next < s->count) {
    const item* it = s->items[s->next++];
    keys[(*n)++] = (coffer_bytes){it->bytes, it->key_size};
  }
  return *n == 0 && s->next == s->count ? COFFER_END : COFFER_OK;
}

static void scan_close(void* self, void* state) {
  toystore* store = self;
  scan* s = state;
  for (size_t i = 0; i < s->count; ++i) drop_item(s->items[i]);
  store->host->free(store->host, s, sizeof(scan) + s->room * sizeof(item*), _Alignof(scan));
}

static void maintain(void* self, coffer_time deadline) {
  (void)deadline; /* one pass over a toy is short */
  toystore* store = self;
  const coffer_time now = now_of(store);
  pthread_mutex_lock(&store->mutex);
  for (item *it = store->oldest, *newer; it != NULL; it = newer) {
    newer = it->newer;
    if (is_expired(it, now)) lose_item(store, it, COFFER_EVENT_EXPIRE);
  }
  pthread_mutex_unlock(&store->mutex);
}

static void stats(void* self, coffer_store_stats* out) {
  toystore* store = self;
  coffer_store_stats all = {.struct_size = out->struct_size};
  pthread_mutex_lock(&store->mutex);
  all.entries = store->entries;
  all.bytes = store->bytes;
  all.capacity = store->capacity;
  all.byte_limit = store->byte_limit;
  all.inserts = store->inserts;
  all.evictions = store->evictions;
  all.expirations = store->expirations;
  pthread_mutex_unlock(&store->mutex);
  memcpy(out, &all, out->struct_size < sizeof(all) ? out->struct_size : sizeof(all));
}

/* ---- Who it is ---- */

enum { CAPS = COFFER_STORE_SCAN | COFFER_STORE_BOUNDED };

static const coffer_store table = {
    .struct_size = sizeof(coffer_store),
    .caps = CAPS,
    .destroy = destroy,
    .get = get,
    .put = put,
    .del = del,
    .touch = touch,
    .clear = clear,
    .scan_open = scan_open,
    .scan_next = scan_next,
    .scan_close = scan_close,
    .maintain = maintain,
    .stats = stats,
};

static const coffer_option_spec options_of[] = {
    {"capacity", "100k", "entries it keeps at most, 0 for no limit", COFFER_TYPE_INT, 0},
    {"bytes", "0", "bytes it keeps at most, 0 for no limit", COFFER_TYPE_SIZE, 0},
};

static const coffer_plugin_info info = {
    .struct_size = sizeof(coffer_plugin_info),
    .abi_version = COFFER_ABI_VERSION,
    .kind = COFFER_KIND_STORE,
    .id = "toystore",
    .version = "0.1",
    .summary = "a table behind one mutex, to learn from",
    .license = "Apache-2.0",
    .caps = CAPS,
    .options = options_of,
    .option_count = sizeof(options_of) / sizeof(options_of[0]),
};

const coffer_plugin_info* coffer_plugin_info_v1(size_t index) { return index == 0 ? &info : NULL; }

coffer_status coffer_plugin_create_v1(const coffer_host* host, const char* id,
                                      const coffer_option* options, size_t count,
                                      coffer_instance* out, coffer_sink* sink) {
  if (strcmp(id, info.id) != 0)
    return coffer_plugin_fail(host, sink, COFFER_NOT_FOUND,
                              "toystore: there is no other plugin here");
  int64_t limits[2] = {0, 0}; /* as in options_of */
  for (size_t i = 0; i < count; ++i) {
    limits[strcmp(options[i].key, "bytes") == 0] = options[i].i64;
  }
  if (limits[0] < 0 || limits[1] < 0) {
    return coffer_plugin_fail(host, sink, COFFER_INVALID_ARGUMENT,
                              "toystore: capacity and bytes are 0 or more");
  }
  toystore* store = host->alloc(host, sizeof(*store), _Alignof(toystore));
  if (store == NULL) return coffer_plugin_fail(host, sink, COFFER_EXHAUSTED, "toystore: no memory");
  memset(store, 0, sizeof(*store));
  store->host = host;
  atomic_init(&store->references, 1);
  store->capacity = (uint64_t)limits[0];
  store->byte_limit = (uint64_t)limits[1];
  store->bucket_count = 1024;
  store->buckets = host->alloc(host, store->bucket_count * sizeof(item*), _Alignof(item*));
  if (store->buckets == NULL) {
    host->free(host, store, sizeof(*store), _Alignof(toystore));
    return coffer_plugin_fail(host, sink, COFFER_EXHAUSTED, "toystore: no memory for the table");
  }
  memset(store->buckets, 0, store->bucket_count * sizeof(item*));
  pthread_mutex_init(&store->mutex, NULL);
  *out = (coffer_instance){store, &table};
  return COFFER_OK;
}
