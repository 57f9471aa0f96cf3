// How instances and shards come and go: in memory that the host counts.
#ifndef COFFER_PLUGINS_STRATEGIES_CREATE_H_
#define COFFER_PLUGINS_STRATEGIES_CREATE_H_

#include <cstring>
#include <new>
#include <utility>

#include "coffer/plugin/guard.hpp"
#include "coffer/plugin/plugin.h"

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

// What coffer_plugin_create_v1 does in a file that holds one strategy.
template <typename Instance, typename... Args>
coffer_status create(const coffer_plugin_info& info, const coffer_strategy& table,
                     const coffer_host* host, const char* id, coffer_instance* out,
                     coffer_sink* sink, Args&&... args) {
  if (std::strcmp(id, info.id) != 0) {
    return plugin::fail(host, sink, COFFER_NOT_FOUND, "this file holds no plugin of that name");
  }
  void* self = nullptr;
  const coffer_status status = make<Instance>(host, sink, &self, host, std::forward<Args>(args)...);
  if (status == COFFER_OK) *out = {self, &table};
  return status;
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

#endif  // COFFER_PLUGINS_STRATEGIES_CREATE_H_
