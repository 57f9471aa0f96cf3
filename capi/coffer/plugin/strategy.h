/* coffer/plugin/strategy.h: a strategy orders what a bounded store evicts.
 *
 * The store embeds `node_size` bytes of the strategy's in each entry, zeroed before `insert` and
 * before it is the new node of a `replace`, and fixed in memory until `remove` or `replace`. The
 * store owns the entries, their index, expiry and weight; the strategy owns the order.
 *
 * A store is divided into shards, and each shard has its own state. All functions on a shard are
 * [shard no-block no-alloc no-host-call]: never two at once for one shard, and none may wait,
 * allocate or call the host, except shard_create, shard_destroy and resize, which may allocate and
 * call the host. */
#ifndef COFFER_PLUGIN_STRATEGY_H_
#define COFFER_PLUGIN_STRATEGY_H_

#include "coffer/plugin/host.h"

#ifdef __cplusplus
extern "C" {
#endif

/* How a strategy learns of hits. */
enum {
  COFFER_HITS_NONE = 0, /* it does not: fifo, ttl */
  /* The first byte of the node counts: on a hit the store adds 1 unless it has reached `hit_limit`,
   * with one relaxed load and at most one relaxed store, and no lock. The strategy reads and resets
   * it with relaxed atomics. */
  COFFER_HITS_BYTE = 1,
  /* `hits` receives them in batches, in order per thread. Some may be lost under load; none is of a
     removed node. */
  COFFER_HITS_BATCH = 2,
  /* As BATCH, for a strategy that orders by last use alone: hits of an entry that was inserted,
   * replaced or reported so lately that it is among the last used quarter of its shard may be left
   * out, if the shard is not small. */
  COFFER_HITS_RECENT = 3
};

enum { COFFER_MAX_NODE_SIZE = 64 };

/* Why a node leaves. */
enum { COFFER_REMOVE_EVICTED = 1, COFFER_REMOVE_EXPIRED = 2, COFFER_REMOVE_DELETED = 3 };

/* What a strategy is told of an entry. Frozen. */
typedef struct coffer_node_info {
  uint64_t hash;          /* of the key */
  uint64_t weight;        /* 1, or bytes where the store is bounded by bytes */
  coffer_time expires_at; /* COFFER_NEVER or an instant */
  coffer_time now;        /* coarse */
} coffer_node_info;

/* Append only. */
typedef struct coffer_strategy {
  uint32_t struct_size;
  int32_t hit_mode;    /* COFFER_HITS_* */
  uint32_t node_size;  /* 0 to COFFER_MAX_NODE_SIZE */
  uint32_t node_align; /* power of two, at most 16 */
  uint32_t hit_limit;  /* 1 to 255 with COFFER_HITS_BYTE, else 0 */
  uint32_t reserved;

  /* Ends the instance, after all its shards. */
  void (*destroy)(void* self);

  /* State for one shard that may hold `capacity` units of weight (0: unlimited). */
  coffer_status (*shard_create)(void* self, uint64_t capacity, void** shard, coffer_sink* sink);
  void (*shard_destroy)(void* shard);

  /* A new entry. */
  void (*insert)(void* shard, void* node, const coffer_node_info* info);

  /* An entry was written again or got another expiry: `node` takes the place of `old_node` (which
   * is gone after the call, or is the same node). `used` is 1 if this counts as use of the entry.
   */
  void (*replace)(void* shard, void* old_node, void* node, const coffer_node_info* info,
                  uint8_t used);

  /* Entries were hit. Only called with COFFER_HITS_BATCH and COFFER_HITS_RECENT; may be NULL
   * otherwise. */
  void (*hits)(void* shard, void* const* nodes, size_t count);

  /* An entry leaves, COFFER_REMOVE_*. */
  void (*remove)(void* shard, void* node, int32_t reason);

  /* Proposes entries to evict, best first, until their weights add up to `need` or `capacity` nodes
   * are named; returns their number, 0 only if the shard has none. Proposing does not remove: the
   * store calls `remove` for those it takes. Each at most once per call; `weight` is the strategy's
   * own record of what `info` said. */
  size_t (*victims)(void* shard, uint64_t need, void** nodes, size_t capacity);

  /* The shard's capacity changed. */
  void (*resize)(void* shard, uint64_t capacity);

  /* Bytes the shard's own state takes, nodes not included. */
  uint64_t (*bytes)(const void* shard);
} coffer_strategy;

/* Host extension "coffer.host.strategies/1": how a store finds the strategy its options name.
 * Append only. */
#define COFFER_HOST_STRATEGIES "coffer.host.strategies/1"
typedef struct coffer_host_strategies {
  uint32_t struct_size;
  uint32_t reserved;

  /* Opens strategy `name` with its options ("strategy.x" of the cache, already collected by the
   * host). The table is the host's checked copy: no member is NULL. Not from functions of the store
   * other than create. */
  coffer_status (*open)(const coffer_host* host, const char* name, const coffer_strategy** table,
                        void** self, coffer_sink* sink);

  /* Ends the instance, after all its shards. */
  void (*close)(const coffer_host* host, const coffer_strategy* table, void* self);
} coffer_host_strategies;

#ifdef __cplusplus
}
#endif
#endif /* COFFER_PLUGIN_STRATEGY_H_ */
