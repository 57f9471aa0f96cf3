#include "tests/faults/allocations.h"

#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
// The sanitizer's own, which ours stand in front of.
#define COFFER_REAL(name) __interceptor_##name
#else
#define COFFER_REAL(name) __libc_##name
#endif

extern "C" {
void* COFFER_REAL(malloc)(size_t size);
void* COFFER_REAL(calloc)(size_t count, size_t size);
void* COFFER_REAL(realloc)(void* memory, size_t size);
void* COFFER_REAL(memalign)(size_t align, size_t size);
void COFFER_REAL(free)(void* memory);
}

namespace coffer::faults {
namespace {

constexpr int kDepth = 20;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

__attribute__((tls_model("initial-exec"))) thread_local bool busy = false;
__attribute__((tls_model("initial-exec"))) thread_local int no_memory = 0;

Places* g_failed = nullptr;  // atomic, by builtins
std::atomic_flag g_lock;
std::atomic<bool> g_has_failed{false};
void* g_stack[kDepth];
int g_depth = 0;

// The first call of backtrace loads a library.
[[maybe_unused]] const int g_ready = [] {
  void* stack[2];
  return backtrace(stack, 2);
}();

// A sanitizer ends the process if it has no memory for itself.
bool is_for_a_sanitizer([[maybe_unused]] void* const* stack, [[maybe_unused]] int depth) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  for (int i = 0; i < depth; ++i) {
    Dl_info info = {};
    if (dladdr(stack[i], &info) == 0 || info.dli_fname == nullptr) continue;
    if (std::strstr(info.dli_fname, "libasan.so") != nullptr) return true;
    if (std::strstr(info.dli_fname, "libtsan.so") != nullptr) return true;
  }
#endif
  return false;
}

bool fails_here(Places* failed) {
  void* stack[kDepth];
  const int depth = backtrace(stack, kDepth);
  if (is_for_a_sanitizer(stack, depth)) return false;
  uint64_t place = 14695981039346656037u;
  for (int i = 1; i < depth; ++i)
    place = (place ^ reinterpret_cast<uintptr_t>(stack[i])) * 1099511628211u;
  while (g_lock.test_and_set(std::memory_order_acquire)) {
  }
  const bool fails =
      __atomic_load_n(&g_failed, __ATOMIC_RELAXED) == failed && failed->add(place | 1);
  if (fails) {
    __atomic_store_n(&g_failed, nullptr, __ATOMIC_RELAXED);
    std::memcpy(g_stack, stack, sizeof stack);
    g_depth = depth;
    g_has_failed.store(true, std::memory_order_relaxed);
  }
  g_lock.clear(std::memory_order_release);
  return fails;
}

// Called before a sanitizer is ready, so it is not instrumented, nor is what calls it.
#define COFFER_EARLY __attribute__((no_sanitize("address", "thread", "undefined")))

COFFER_EARLY bool fails() {
  if (no_memory > 0 && !busy) {
    busy = true;
    void* stack[kDepth];
    const bool exempt = kSanitized && is_for_a_sanitizer(stack, backtrace(stack, kDepth));
    busy = false;
    if (exempt) return false;
    errno = ENOMEM;
    return true;
  }
  Places* const failed = __atomic_load_n(&g_failed, __ATOMIC_RELAXED);
  if (failed == nullptr || busy) return false;
  busy = true;
  const bool result = fails_here(failed);
  busy = false;
  if (result) errno = ENOMEM;
  return result;
}

}  // namespace

bool Places::add(uint64_t place) {
  size_t at = place * 0x9e3779b97f4a7c15u >> 50;
  for (; places_[at] != 0; at = (at + 1) % kRoom) {
    if (places_[at] == place) return false;
  }
  places_[at] = place;
  return true;
}

void fail_next(Places& failed) {
  g_has_failed.store(false);
  __atomic_store_n(&g_failed, &failed, __ATOMIC_SEQ_CST);
}

bool stop_failing(std::string* place) {
  __atomic_store_n(&g_failed, nullptr, __ATOMIC_SEQ_CST);
  if (!g_has_failed.load()) return false;
  if (place == nullptr) return true;
  place->clear();
  char** const names = backtrace_symbols(g_stack, g_depth);
  for (int i = 2; names != nullptr && i < g_depth; ++i) *place += std::string("\n  ") + names[i];
  COFFER_REAL(free)(names);
  return true;
}

NoMemory::NoMemory() { ++no_memory; }
NoMemory::~NoMemory() { --no_memory; }

}  // namespace coffer::faults

// The program's own definitions come first for every library in the process.
#define COFFER_VISIBLE COFFER_EARLY __attribute__((visibility("default")))

extern "C" {

COFFER_VISIBLE void* malloc(size_t size) noexcept {
  return coffer::faults::fails() ? nullptr : COFFER_REAL(malloc)(size);
}
COFFER_VISIBLE void* calloc(size_t count, size_t size) noexcept {
  return coffer::faults::fails() ? nullptr : COFFER_REAL(calloc)(count, size);
}
COFFER_VISIBLE void* realloc(void* memory, size_t size) noexcept {
  return coffer::faults::fails() ? nullptr : COFFER_REAL(realloc)(memory, size);
}
COFFER_VISIBLE void* memalign(size_t align, size_t size) noexcept {
  return coffer::faults::fails() ? nullptr : COFFER_REAL(memalign)(align, size);
}
COFFER_VISIBLE void* aligned_alloc(size_t align, size_t size) noexcept {
  return coffer::faults::fails() ? nullptr : COFFER_REAL(memalign)(align, size);
}
COFFER_VISIBLE int posix_memalign(void** out, size_t align, size_t size) noexcept {
  void* const memory = memalign(align, size);
  if (memory == nullptr) return ENOMEM;
  *out = memory;
  return 0;
}
COFFER_VISIBLE void free(void* memory) noexcept { COFFER_REAL(free)(memory); }
}

// Sanitizers have an operator new of their own, which does not come to malloc.
COFFER_VISIBLE void* operator new(size_t size) {
  void* const memory = malloc(size != 0 ? size : 1);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
COFFER_VISIBLE void* operator new[](size_t size) { return operator new(size); }
COFFER_VISIBLE void* operator new(size_t size, const std::nothrow_t&) noexcept {
  return malloc(size != 0 ? size : 1);
}
COFFER_VISIBLE void* operator new[](size_t size, const std::nothrow_t&) noexcept {
  return malloc(size != 0 ? size : 1);
}
COFFER_VISIBLE void* operator new(size_t size, std::align_val_t align) {
  void* const memory = memalign(static_cast<size_t>(align), size != 0 ? size : 1);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
COFFER_VISIBLE void* operator new[](size_t size, std::align_val_t align) {
  return operator new(size, align);
}
COFFER_VISIBLE void* operator new(size_t size, std::align_val_t align,
                                  const std::nothrow_t&) noexcept {
  return memalign(static_cast<size_t>(align), size != 0 ? size : 1);
}
COFFER_VISIBLE void operator delete(void* memory) noexcept { free(memory); }
COFFER_VISIBLE void operator delete[](void* memory) noexcept { free(memory); }
COFFER_VISIBLE void operator delete(void* memory, size_t) noexcept { free(memory); }
COFFER_VISIBLE void operator delete[](void* memory, size_t) noexcept { free(memory); }
COFFER_VISIBLE void operator delete(void* memory, std::align_val_t) noexcept { free(memory); }
COFFER_VISIBLE void operator delete[](void* memory, std::align_val_t) noexcept { free(memory); }
COFFER_VISIBLE void operator delete(void* memory, size_t, std::align_val_t) noexcept {
  free(memory);
}
COFFER_VISIBLE void operator delete[](void* memory, size_t, std::align_val_t) noexcept {
  free(memory);
}

// What the dynamic linker forgets when it has no memory.
extern "C" COFFER_VISIBLE const char* __lsan_default_suppressions() {
  return "leak:dl_open_worker";
}
