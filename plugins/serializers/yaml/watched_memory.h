// Every allocation of a test, of libyaml's too: the linker wraps the functions.
#ifndef COFFER_PLUGINS_SERIALIZERS_YAML_WATCHED_MEMORY_H_
#define COFFER_PLUGINS_SERIALIZERS_YAML_WATCHED_MEMORY_H_

#include <cstddef>
#include <cstdint>

#include "coffer/value.h"

namespace coffer::yaml {

// For one thread.
struct WatchedMemory {
  size_t allocations = 0;       // calls
  size_t fail_from = SIZE_MAX;  // the number of the call from which on there is no memory
  size_t live = 0;              // bytes held now
  size_t peak = 0;              // and at most
};
extern WatchedMemory memory;

// A visitor that keeps nothing.
struct Nobody {
  coffer_visitor visitor = {
      sizeof(coffer_visitor),
      0,
      nullptr,
      [](void*) -> coffer_status { return COFFER_OK; },
      [](void*, uint8_t) -> coffer_status { return COFFER_OK; },
      [](void*, int64_t) -> coffer_status { return COFFER_OK; },
      [](void*, uint64_t) -> coffer_status { return COFFER_OK; },
      [](void*, const char*, size_t) -> coffer_status { return COFFER_OK; },
      [](void*, double) -> coffer_status { return COFFER_OK; },
      [](void*, const char*, size_t) -> coffer_status { return COFFER_OK; },
      [](void*, const void*, size_t) -> coffer_status { return COFFER_OK; },
      [](void*, uint64_t, uint32_t) -> coffer_status { return COFFER_OK; },
      [](void*) -> coffer_status { return COFFER_OK; },
      [](void*, uint64_t) -> coffer_status { return COFFER_OK; },
      [](void*) -> coffer_status { return COFFER_OK; },
      [](void*, uint32_t, const void*, size_t) -> coffer_status { return COFFER_OK; }};
};

}  // namespace coffer::yaml

#endif  // COFFER_PLUGINS_SERIALIZERS_YAML_WATCHED_MEMORY_H_
