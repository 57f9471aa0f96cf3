/* Allocates where that is forbidden. */
#include <stdlib.h>

#include "tests/broken/plugin.h"

static void hits(void* shard, void* const* nodes, size_t count) {
  void** copy = malloc(count * sizeof(void*) + 1);
  if (copy == NULL) return;
  memcpy(copy, nodes, count * sizeof(void*));
  good_strategy.hits(shard, copy, count);
  free(copy);
}

COFFER_TEST_PLUGIN(strategy, "strategy_allocates_in_hits", , table.hits = hits)
