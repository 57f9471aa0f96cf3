// Keeps what a plugin throws from crossing into the host. Costs nothing while nothing is thrown.
#ifndef COFFER_CORE_LOADER_GUARD_H_
#define COFFER_CORE_LOADER_GUARD_H_

#include <string_view>
#include <utility>

#include "core/error/error.h"

namespace coffer::core {

// Reports the exception in flight; only from a catch block. `who` is "store memory". Returns
// PLUGIN_FAULT; of std::bad_alloc EXHAUSTED, without `flags`, since a lack of memory passes.
[[gnu::cold, gnu::noinline]] coffer_status plugin_threw(std::string_view who, coffer_sink& sink,
                                                        uint32_t flags = 0) noexcept;

// Runs `fn`, a call into a plugin that returns a coffer_status. An exception that escapes becomes
// PLUGIN_FAULT with `flags` (COFFER_FAIL_POISONED for an instance that is not to be called again).
template <typename Fn>
[[gnu::always_inline]] inline coffer_status guard_call(std::string_view who, coffer_sink& sink,
                                                       Fn&& fn, uint32_t flags = 0) noexcept {
  try {
    return std::forward<Fn>(fn)();
  } catch (...) {
    return plugin_threw(who, sink, flags);
  }
}

}  // namespace coffer::core

#endif  // COFFER_CORE_LOADER_GUARD_H_
