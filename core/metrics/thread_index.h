// A small number for the calling thread, for counters that each thread keeps on a cache line of its own.
#ifndef COFFER_CORE_METRICS_THREAD_INDEX_H_
#define COFFER_CORE_METRICS_THREAD_INDEX_H_

#include <cstdint>

namespace coffer::core {

// Threads alive at the same time have different indexes below kSharedThreadIndex, as long as there are that many;
// the others share kSharedThreadIndex. An index is used again after its thread has ended.
inline constexpr uint32_t kSharedThreadIndex = 63;
inline constexpr uint32_t kThreadIndexes = 64;

namespace internal {
inline constexpr uint32_t kNoThreadIndex = UINT32_MAX;
// initial-exec: a plain load relative to the thread pointer, no call, though libcoffer is often dlopened itself.
extern thread_local constinit uint32_t thread_index __attribute__((tls_model("initial-exec")));
uint32_t claim_thread_index() noexcept;
}  // namespace internal

inline uint32_t thread_index() noexcept {
  const uint32_t index = internal::thread_index;
  if (index == internal::kNoThreadIndex) [[unlikely]] return internal::claim_thread_index();
  return index;
}

}  // namespace coffer::core

#endif  // COFFER_CORE_METRICS_THREAD_INDEX_H_
