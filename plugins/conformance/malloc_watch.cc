#include "plugins/conformance/malloc_watch.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define COFFER_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define COFFER_SANITIZED 1
#endif
#endif

#if defined(COFFER_SANITIZED)
// The compilers' header for these is not installed everywhere.
extern "C" int __sanitizer_install_malloc_and_free_hooks(
    void (*on_malloc)(const volatile void* memory, size_t size),
    void (*on_free)(const volatile void* memory));
extern "C" size_t __sanitizer_get_current_allocated_bytes();
#else
#include <errno.h>
#include <malloc.h>
#endif

namespace coffer::conformance {
namespace {

// Plain data: reading it must not allocate.
struct Counters {
  uint64_t calls;
  uint64_t bytes;
};
__attribute__((tls_model("initial-exec"))) thread_local Counters counters;

void count(size_t size) {
  ++counters.calls;
  counters.bytes += size;
}

}  // namespace

MallocWatch::MallocWatch() : calls_(counters.calls), bytes_(counters.bytes) {}

uint64_t MallocWatch::calls() const { return counters.calls - calls_; }

uint64_t MallocWatch::bytes() const { return counters.bytes - bytes_; }

#if defined(COFFER_SANITIZED)

// The sanitizers' allocators tell of every block by themselves.
namespace {
const int installed = __sanitizer_install_malloc_and_free_hooks(
    [](const volatile void*, size_t size) { count(size); }, [](const volatile void*) {});
}  // namespace

size_t allocated_now() {
  static_cast<void>(installed);
  return __sanitizer_get_current_allocated_bytes();
}

}  // namespace coffer::conformance

#else

size_t allocated_now() {
  const struct mallinfo2 info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

}  // namespace coffer::conformance

// The program's own definitions come first for every library in the process, the plugin included.
// They count and pass on to glibc.
extern "C" {
#define COFFER_VISIBLE __attribute__((visibility("default")))

void* __libc_malloc(size_t size);
void* __libc_calloc(size_t count, size_t size);
void* __libc_realloc(void* memory, size_t size);
void* __libc_memalign(size_t align, size_t size);

COFFER_VISIBLE void* malloc(size_t size) noexcept {
  coffer::conformance::count(size);
  return __libc_malloc(size);
}

COFFER_VISIBLE void* calloc(size_t n, size_t size) noexcept {
  coffer::conformance::count(n * size);
  return __libc_calloc(n, size);
}

COFFER_VISIBLE void* realloc(void* memory, size_t size) noexcept {
  coffer::conformance::count(size);
  return __libc_realloc(memory, size);
}

COFFER_VISIBLE void* memalign(size_t align, size_t size) noexcept {
  coffer::conformance::count(size);
  return __libc_memalign(align, size);
}

COFFER_VISIBLE void* aligned_alloc(size_t align, size_t size) noexcept {
  coffer::conformance::count(size);
  return __libc_memalign(align, size);
}

COFFER_VISIBLE int posix_memalign(void** out, size_t align, size_t size) noexcept {
  coffer::conformance::count(size);
  void* memory = __libc_memalign(align, size);
  if (memory == nullptr) return ENOMEM;
  *out = memory;
  return 0;
}
}

#endif  // COFFER_SANITIZED
