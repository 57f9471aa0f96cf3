#include "plugins/serializers/yaml/watched_memory.h"

#include <malloc.h>

#include <algorithm>
#include <cstring>
#include <new>

namespace coffer::yaml {

WatchedMemory memory;

namespace {

bool refuse() { return memory.allocations++ >= memory.fail_from; }

void* took(void* block) {
  memory.live += malloc_usable_size(block);
  memory.peak = std::max(memory.peak, memory.live);
  return block;
}

// Freed blocks may be older than the count.
void gone(void* block) { memory.live -= std::min(memory.live, malloc_usable_size(block)); }

}  // namespace

extern "C" {
void* __real_malloc(size_t size);
void* __real_realloc(void* block, size_t size);
void __real_free(void* block);

void* __wrap_malloc(size_t size) { return refuse() ? nullptr : took(__real_malloc(size)); }
void* __wrap_realloc(void* block, size_t size) {
  if (refuse()) return nullptr;
  gone(block);
  return took(__real_realloc(block, size));
}
char* __wrap_strdup(const char* text) {
  const size_t size = std::strlen(text) + 1;
  void* copy = __wrap_malloc(size);
  return static_cast<char*>(copy == nullptr ? nullptr : std::memcpy(copy, text, size));
}
void __wrap_free(void* block) {
  gone(block);
  __real_free(block);
}
}

}  // namespace coffer::yaml

void* operator new(size_t size) {
  void* block = coffer::yaml::__wrap_malloc(size);
  if (block == nullptr) throw std::bad_alloc();
  return block;
}
void operator delete(void* block) noexcept { coffer::yaml::__wrap_free(block); }
void operator delete(void* block, size_t) noexcept { coffer::yaml::__wrap_free(block); }
