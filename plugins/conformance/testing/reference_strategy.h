// A fifo strategy that trusts nobody: it checks every call of the store against
// coffer/plugin/strategy.h.
#ifndef COFFER_PLUGINS_CONFORMANCE_TESTING_REFERENCE_STRATEGY_H_
#define COFFER_PLUGINS_CONFORMANCE_TESTING_REFERENCE_STRATEGY_H_

#include "coffer/plugin/strategy.h"

namespace coffer::conformance {

class FakeHost;

// The table for one COFFER_HITS_* mode, and an instance that reports problems to `host`; `destroy`
// of the table ends it.
const coffer_strategy* reference_strategy(int32_t hit_mode);
void* new_reference_strategy(FakeHost* host);

}  // namespace coffer::conformance

#endif  // COFFER_PLUGINS_CONFORMANCE_TESTING_REFERENCE_STRATEGY_H_
