/* The table of the toy store: who owns an item, where it is, and when it leaves. */
#ifndef TOYSTORE_TABLE_H_
#define TOYSTORE_TABLE_H_

#include <pthread.h>
#include <stdatomic.h>

#include "coffer/plugin/plugin.h"

typedef struct toystore toystore;

/* One entry. Never written after it is in the table, but for its links and expiry, which the mutex
 * guards: so a pin is one more reference. Key, meta and value follow in the same block. */
typedef struct item {
  toystore* store;
  struct item* next_in_bucket;
  struct item* older;
  struct item* newer;
  atomic_size_t references; /* the table's and one for each pin */
  size_t size;              /* of the block */
  uint64_t hash, version, weight;
  coffer_time expires_at;
  size_t key_size, value_size;
  uint32_t meta_size, flags, format;
  char bytes[];
} item;

struct toystore {
  const coffer_host* host;
  atomic_size_t references; /* the instance's and one for each item, in the table or only pinned */
  pthread_mutex_t mutex;
  item** buckets;
  size_t bucket_count; /* a power of two */
  item* oldest;
  item* newest;
  uint64_t capacity, byte_limit; /* 0: none */
  uint64_t entries, bytes, last_version, inserts, evictions, expirations;
};

/* An item of its own, with one reference; NULL without memory. */
item* make_item(toystore* store, const coffer_store_put* put);

/* Gives one reference back: what an entry's `release` is. */
void drop_item(void* owner);

/* Gives the instance's reference on the store back; the last item does so too. */
void drop_store(toystore* store);

/* ---- Under the mutex ---- */

/* The slot of a live entry, or an empty one; an expired entry is swept on the way. */
item** find_live(toystore* store, const coffer_key* key, coffer_time now);

/* The slot of an item that is in the table. */
item** slot_of(toystore* store, const item* it);

/* Puts an item in as the newest; the oldest make room. Its reference is the table's now. */
void add_item(toystore* store, item* it);

/* Takes an item out and drops it. */
void remove_item(toystore* store, item** slot);

/* The same for one that leaves by itself (COFFER_EVENT_EVICT or EXPIRE), which those who listen are
 * told. */
void lose_item(toystore* store, item* it, uint32_t kind);

uint64_t charge(const item* it);
int is_expired(const item* it, coffer_time now);

#endif /* TOYSTORE_TABLE_H_ */
