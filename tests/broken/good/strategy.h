/* A small strategy that keeps every promise: a list in order of use. */
#ifndef COFFER_TESTS_BROKEN_GOOD_STRATEGY_H_
#define COFFER_TESTS_BROKEN_GOOD_STRATEGY_H_

#include "coffer/plugin/plugin.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The node and the shard; the list runs from `first.next`, least recently used, back to `first`. */
typedef struct good_node {
  struct good_node* next;
  struct good_node* previous;
  uint64_t weight;
} good_node;
typedef struct good_shard {
  good_node first;
  const coffer_host* host;
} good_shard;

void good_strategy_fill(const char* id, coffer_plugin_info* info, coffer_strategy* table);
coffer_status good_strategy_create(const coffer_host* host, const coffer_strategy* table,
                                   coffer_instance* out, coffer_sink* sink);

/* For faults that do something of their own before or after. */
extern const coffer_strategy good_strategy;

#ifdef __cplusplus
}
#endif
#endif /* COFFER_TESTS_BROKEN_GOOD_STRATEGY_H_ */
