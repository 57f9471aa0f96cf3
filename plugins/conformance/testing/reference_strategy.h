// A fifo strategy that trusts nobody: it checks every call of the store against
// coffer/plugin/strategy.h.
#ifndef COFFER_PLUGINS_CONFORMANCE_TESTING_REFERENCE_STRATEGY_H_
#define COFFER_PLUGINS_CONFORMANCE_TESTING_REFERENCE_STRATEGY_H_

#include "coffer/plugin/strategy.h"

namespace coffer::conformance {

class FakeHost;

// Is `hits` called?
inline bool hears_of_hits(int32_t hit_mode) {
  return hit_mode == COFFER_HITS_BATCH || hit_mode == COFFER_HITS_RECENT;
}

// The table for one COFFER_HITS_* mode, and an instance that reports problems to `host`; `destroy`
// of the table ends it.
const coffer_strategy* reference_strategy(int32_t hit_mode);
void* new_reference_strategy(FakeHost* host);

}  // namespace coffer::conformance

#endif  // COFFER_PLUGINS_CONFORMANCE_TESTING_REFERENCE_STRATEGY_H_
