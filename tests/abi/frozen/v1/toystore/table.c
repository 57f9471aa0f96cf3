#include "table.h"

#include <string.h>

/* ---- Lifetime ---- */

void drop_store(toystore* store) {
  if (atomic_fetch_sub_explicit(&store->references, 1, memory_order_acq_rel) != 1) return;
  const coffer_host* host = store->host;
  pthread_mutex_destroy(&store->mutex);
  host->free(host, store->buckets, store->bucket_count * sizeof(item*), _Alignof(item*));
  host->free(host, store, sizeof(*store), _Alignof(toystore));
  host->release(host);
}

void drop_item(void* owner) {
  item* it = owner;
  if (atomic_fetch_sub_explicit(&it->references, 1, memory_order_acq_rel) != 1) return;
  toystore* store = it->store;
  store->host->free(store->host, it, it->size, _Alignof(item));
  drop_store(store);
}

item* make_item(toystore* store, const coffer_store_put* put) {
  const size_t size = sizeof(item) + put->key.size + put->meta.size + put->value.size;
  item* it = store->host->alloc(store->host, size, _Alignof(item));
  if (it == NULL) return NULL;
  memset(it, 0, sizeof(*it));
  atomic_init(&it->references, 1);
  atomic_fetch_add_explicit(&store->references, 1, memory_order_relaxed);
  it->store = store;
  it->size = size;
  it->hash = put->key.hash;
  it->weight = put->weight;
  it->key_size = put->key.size;
  it->meta_size = (uint32_t)put->meta.size;
  it->value_size = put->value.size;
  it->flags = put->flags;
  it->format = put->format;
  char* to = it->bytes;
  if (put->key.size > 0) memcpy(to, put->key.data, put->key.size);
  if (put->meta.size > 0) memcpy(to + put->key.size, put->meta.data, put->meta.size);
  if (put->value.size > 0)
    memcpy(to + put->key.size + put->meta.size, put->value.data, put->value.size);
  return it;
}

/* ---- Table, under the mutex ---- */

static item** find_slot(toystore* store, const void* key, size_t size, uint64_t hash) {
  item** slot = &store->buckets[hash & (store->bucket_count - 1)];
  while (*slot != NULL && ((*slot)->hash != hash || (*slot)->key_size != size ||
                           (size > 0 && memcmp((*slot)->bytes, key, size) != 0))) {
    slot = &(*slot)->next_in_bucket;
  }
  return slot;
}

item** slot_of(toystore* store, const item* it) {
  return find_slot(store, it->bytes, it->key_size, it->hash);
}

uint64_t charge(const item* it) {
  return it->weight > UINT64_MAX - it->size ? UINT64_MAX : it->size + it->weight;
}

static int is_full(const toystore* store, const item* incoming) {
  return (store->capacity != 0 && store->entries + 1 > store->capacity) ||
         (store->byte_limit != 0 && store->bytes + charge(incoming) > store->byte_limit);
}

void add_item(toystore* store, item* it) {
  while (is_full(store, it)) lose_item(store, store->oldest, COFFER_EVENT_EVICT);
  item** slot = slot_of(store, it);
  it->next_in_bucket = *slot;
  *slot = it;
  it->older = store->newest;
  if (store->newest != NULL) store->newest->newer = it;
  store->newest = it;
  if (store->oldest == NULL) store->oldest = it;
  store->entries += 1;
  store->bytes += charge(it);
}

void remove_item(toystore* store, item** slot) {
  item* it = *slot;
  *slot = it->next_in_bucket;
  *(it->older != NULL ? &it->older->newer : &store->oldest) = it->newer;
  *(it->newer != NULL ? &it->newer->older : &store->newest) = it->older;
  store->entries -= 1;
  store->bytes -= charge(it);
  drop_item(it);
}

void lose_item(toystore* store, item* it, uint32_t kind) {
  const coffer_host* host = store->host;
  *(kind == COFFER_EVENT_EVICT ? &store->evictions : &store->expirations) += 1;
  if (host->events_wanted(host) & kind) host->event(host, kind, it->bytes, it->key_size);
  remove_item(store, slot_of(store, it));
}

int is_expired(const item* it, coffer_time now) {
  return it->expires_at != COFFER_NEVER && it->expires_at <= now;
}

item** find_live(toystore* store, const coffer_key* key, coffer_time now) {
  item** slot = find_slot(store, key->data, key->size, key->hash);
  if (*slot == NULL || !is_expired(*slot, now)) return slot;
  lose_item(store, *slot, COFFER_EVENT_EXPIRE);
  return find_slot(store, key->data, key->size, key->hash);
}
