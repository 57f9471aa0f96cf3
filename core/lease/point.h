// Points of the engine at which the order of threads matters. A test may set a hook and let one
// thread at a time pass: so it walks through every interleaving. Off the paths of hits; without a
// hook a point costs one load.
#ifndef COFFER_CORE_LEASE_POINT_H_
#define COFFER_CORE_LEASE_POINT_H_

#include <atomic>

namespace coffer::core {

using PointHook = void (*)(const char* name);
inline std::atomic<PointHook> g_point_hook{nullptr};

inline bool point_is_watched() { return g_point_hook.load(std::memory_order_acquire) != nullptr; }

inline void point(const char* name) {
  if (const PointHook hook = g_point_hook.load(std::memory_order_acquire); hook != nullptr)
      [[unlikely]]
    hook(name);
}

}  // namespace coffer::core

#endif  // COFFER_CORE_LEASE_POINT_H_
