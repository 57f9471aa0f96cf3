/* coffer/plugin/host_entries.h: what the host keeps for a store's entries, host extension
 * "coffer.host.entries/1". For stores whose entries are all of this process.
 *
 * Beside a value stands meta of the host, and for what it depends on the host keeps memory. A store
 * that asks for this extension in its create tells of every entry that has meta, so that this memory
 * goes with the last entry that needs it, and can count it towards its own limit. For other stores
 * the host guesses, within a bound. */
#ifndef COFFER_PLUGIN_HOST_ENTRIES_H_
#define COFFER_PLUGIN_HOST_ENTRIES_H_

#include "coffer/plugin/host.h"

#ifdef __cplusplus
extern "C" {
#endif

#define COFFER_HOST_ENTRIES "coffer.host.entries/1"

/* Kinds of memory that `held` tells. */
enum {
  COFFER_HELD_ENTRIES = 1, /* for entries: goes when they go */
  COFFER_HELD_PENDING = 2  /* for values that are being computed, and namespaces */
};

/* Append only. All [any-thread no-block]; they may be called while the store holds locks that its
 * other functions take. */
typedef struct coffer_host_entries {
  uint32_t struct_size;
  uint32_t reserved; /* zero */

  /* An entry with this meta is about to be found by readers; or a copy of one takes its place, which
   * is told before the other has left. */
  void (*stored)(const struct coffer_host* host, coffer_bytes meta);

  /* Such an entry has left and no reader finds it any more; it may still be pinned. Once for each
   * that was stored. Need not be told when the store is destroyed. */
  void (*left)(const struct coffer_host* host, coffer_bytes meta);

  /* Bytes that the host holds now for this store, COFFER_HELD_*. */
  uint64_t (*held)(const struct coffer_host* host, int32_t what);
} coffer_host_entries;

#ifdef __cplusplus
}
#endif
#endif /* COFFER_PLUGIN_HOST_ENTRIES_H_ */
