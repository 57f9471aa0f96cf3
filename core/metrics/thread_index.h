// A small number for the calling thread, for counters that each thread keeps on a cache line of its
// own.
#ifndef COFFER_CORE_METRICS_THREAD_INDEX_H_
#define COFFER_CORE_METRICS_THREAD_INDEX_H_

#include <cstdint>

namespace coffer::core {

// Threads alive at the same time have different indexes below kSharedThreadIndex, as long as there
// are that many; the others share kSharedThreadIndex. An index is used again after its thread has
// ended.
inline constexpr uint32_t kSharedThreadIndex = 63;
inline constexpr uint32_t kThreadIndexes = 64;

namespace internal {
// Starts as the shared index, so that one comparison on the fast path covers both what is shared
// and what is not yet claimed. initial-exec: a plain load relative to the thread pointer, no call,
// though libcoffer is often dlopened.
extern thread_local constinit uint32_t thread_index __attribute__((tls_model("initial-exec")));
}  // namespace internal

// This thread's own index, or kSharedThreadIndex if it has none (yet).
inline uint32_t own_thread_index() noexcept { return internal::thread_index; }

// Gives this thread an index of its own if one is left and it has none. Returns what it has then.
uint32_t claim_thread_index() noexcept;

}  // namespace coffer::core

#endif  // COFFER_CORE_METRICS_THREAD_INDEX_H_
