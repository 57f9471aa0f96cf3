// Objects in memory that the host counts.
#ifndef COFFER_PLUGINS_STRATEGIES_MEMORY_H_
#define COFFER_PLUGINS_STRATEGIES_MEMORY_H_

#include <new>
#include <utility>

#include "coffer/plugin/guard.hpp"

namespace coffer::strategy {

// Writes a new T to `*out`, or reports that there is no memory for it.
template <typename T, typename... Args>
coffer_status make(const coffer_host* host, coffer_sink* sink, void** out, Args&&... args) {
  void* memory = host->alloc(host, sizeof(T), alignof(T));
  if (memory == nullptr) {
    return plugin::fail(host, sink, COFFER_EXHAUSTED, "out of memory for a strategy's state");
  }
  *out = new (memory) T(std::forward<Args>(args)...);
  return COFFER_OK;
}

// Ends what `make` made; it has a member `host`.
template <typename T>
void unmake(void* object) {
  auto* typed = static_cast<T*>(object);
  const coffer_host* host = typed->host;
  typed->~T();
  host->free(host, typed, sizeof(T), alignof(T));
}

}  // namespace coffer::strategy

#endif  // COFFER_PLUGINS_STRATEGIES_MEMORY_H_
