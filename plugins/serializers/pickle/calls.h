// What a pickle asks to be called, acted out for the globals on the allow-list. Each function
// throws Failure for arguments that no pickler writes.
#ifndef COFFER_PLUGINS_SERIALIZERS_PICKLE_CALLS_H_
#define COFFER_PLUGINS_SERIALIZERS_PICKLE_CALLS_H_

#include <cstddef>
#include <span>

#include "plugins/serializers/pickle/globals.h"
#include "plugins/serializers/pickle/memory.h"
#include "plugins/serializers/pickle/slot.h"

namespace coffer::pickle {

// global(*arguments), at an instruction at `offset`.
Slot call(Global global, std::span<const Slot> arguments, size_t offset, Arena& arena);

// global.__new__(global, *arguments): an object that build() has yet to fill.
Slot new_object(Global global, std::span<const Slot> arguments, size_t offset, Arena& arena);

// Sets the state of an object.
void build(const Slot& object, const Slot& state, size_t offset);

}  // namespace coffer::pickle

#endif  // COFFER_PLUGINS_SERIALIZERS_PICKLE_CALLS_H_
