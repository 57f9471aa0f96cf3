/* coffer/plugin/store_stamps.h: extension "coffer.store.stamps/1": a store that keeps stamps by
 * itself.
 *
 * A stamp is a unique number that stands for the present state of a tag, a space (a table) or a
 * conjunction of a space. Values are kept with the stamps they depend on and are fresh while those
 * are the present ones. Core makes stamps of any shared store out of get, put and del; a store that
 * offers this does the same in one step, with a script for instance.
 *
 * Only loss is allowed: a store may forget a stamp at any time (evict it, expire it), and what
 * depends on it then reads as changed. Never may it bring a former stamp back, not even after a
 * crash or from a replica. A space and its schemes live and die together: if the stamp of a space
 * is lost or moved, its schemes are gone, and if they are lost, so is its stamp.
 *
 * `deadline` is an absolute instant of the host's PRECISE clock, or COFFER_NEVER. A call does all
 * or fails; after a failure it may have been done in part. All functions are [any-thread]; calls
 * overlap. */
#ifndef COFFER_PLUGIN_STORE_STAMPS_H_
#define COFFER_PLUGIN_STORE_STAMPS_H_

#include "coffer/plugin/store.h"

#ifdef __cplusplus
extern "C" {
#endif

#define COFFER_STORE_STAMPS_ID "coffer.store.stamps/1"

/* Names one dependency among all of all caches and languages. Frozen. */
typedef struct coffer_stamp_id {
  uint64_t low;
  uint64_t high;
} coffer_stamp_id;

/* One dependency of a value that is about to be computed. Frozen. */
typedef struct coffer_stamp_pin {
  coffer_stamp_id id;
  coffer_stamp_id
      space; /* of a conjunction that of its space, also in this call; of a space `id`; else zero */
  coffer_bytes scheme; /* of a conjunction its columns, an opaque text: to be one of the schemes of
                          its space; empty for that of every row, which needs none */
  uint64_t
      fresh; /* becomes the stamp if there is none. Unique: never given before or again, never 0 */
  uint64_t stamp; /* out: the present stamp */
} coffer_stamp_pin;

/* Append only. */
typedef struct coffer_store_stamps {
  uint32_t struct_size;
  uint32_t reserved;

  /* Reads stamps and makes those that are missing, with the schemes. If adding a scheme moves the
   * stamp of the space, the one after that is told. `lifetime` (a positive duration): how long they
   * are kept at least from now, if nothing is evicted. */
  coffer_status (*pin)(void* self, coffer_stamp_pin* items, size_t count, coffer_ttl lifetime,
                       coffer_time deadline, coffer_sink* sink);

  /* Reads stamps: 0 where there is none. For every read of a value that has dependencies. */
  coffer_status (*read)(void* self, const coffer_stamp_id* ids, size_t count, coffer_time deadline,
                        uint64_t* stamps, coffer_sink* sink);

  /* Moves or removes stamps: after COFFER_OK no `read` that begins gives one of before. */
  coffer_status (*move)(void* self, const coffer_stamp_id* ids, size_t count, coffer_time deadline,
                        coffer_sink* sink);

  /* Calls `each` (which neither keeps `scheme` nor throws) for every scheme of a space: those of
   * pins that have returned before the call began and whose stamp of the space is still the present
   * one, perhaps more. */
  coffer_status (*schemes)(void* self, const coffer_stamp_id* space, coffer_time deadline,
                           void (*each)(void* user, coffer_bytes scheme), void* user,
                           coffer_sink* sink);
} coffer_store_stamps;

#ifdef __cplusplus
}
#endif
#endif /* COFFER_PLUGIN_STORE_STAMPS_H_ */
