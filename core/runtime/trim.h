// Memory that was freed goes back to the system.
#ifndef COFFER_CORE_RUNTIME_TRIM_H_
#define COFFER_CORE_RUNTIME_TRIM_H_

#include <cstdint>

namespace coffer::core {

// Tells that a store has freed so many bytes since the last call, and holds so many now. The C
// library keeps what was freed, and after entries of changing sizes that can be many times what is
// in use: so once enough has been freed it is asked for its unused pages, of the whole process. That
// takes time in proportion to the heap, so it comes in intervals a hundred times as long, unless it
// must be `at_once`. Does nothing where there is no malloc_trim. [any-thread]
void freed_memory(uint64_t freed, uint64_t held, bool at_once) noexcept;

}  // namespace coffer::core

#endif  // COFFER_CORE_RUNTIME_TRIM_H_
