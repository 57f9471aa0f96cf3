#include "core/metrics/thread_index.h"

#include <cxxabi.h>
#include <pthread.h>

#include <atomic>
#include <bit>
#include <cstdlib>

namespace coffer::core {

thread_local constinit uint32_t internal::thread_index __attribute__((tls_model("initial-exec"))) =
    kSharedThreadIndex;

namespace {

// One bit per index in use. Taking one synchronises with the thread that gave it back, so that
// counters written with plain loads and stores carry over.
std::atomic<uint64_t> used{0};

void give_back(void*) {
  const uint32_t index = internal::thread_index;
  // For destructors of other thread-locals that still count.
  internal::thread_index = kSharedThreadIndex;
  if (index < kSharedThreadIndex)
    used.fetch_and(~(uint64_t{1} << index), std::memory_order_release);
}

// Calls give_back when a thread ends. A thread_local with a destructor would be registered by the C
// library, which ends the process if it has no memory for that.
struct AtThreadExit {
  AtThreadExit() : works(pthread_key_create(&key, give_back) == 0) {}
  // The function lies in this library: it must not be called once that is unloaded.
  ~AtThreadExit() {
    if (works) pthread_key_delete(key);
  }
  // False if the present thread cannot be had for it.
  bool watch() const { return works && pthread_setspecific(key, &used) == 0; }

  pthread_key_t key{};
  const bool works;
};
const AtThreadExit at_thread_exit;

uint32_t take_free_bit() noexcept {
  uint64_t bits = used.load(std::memory_order_relaxed);
  for (;;) {
    const uint32_t index = static_cast<uint32_t>(std::countr_one(bits));
    if (index >= kSharedThreadIndex) return kSharedThreadIndex;
    if (used.compare_exchange_weak(bits, bits | uint64_t{1} << index, std::memory_order_acquire,
                                   std::memory_order_relaxed)) {
      return index;
    }
  }
}

// Whether this thread has asked; it asks once, so that threads beyond the last index do not search
// again and again.
constexpr size_t kProbe = 1024;

thread_local constinit bool asked __attribute__((tls_model("initial-exec"))) = false;

// The C++ runtime library has a thread-local of its own, which is allocated when a thread first
// throws if that library was loaded late; and without memory, which is when we throw, the C library
// ends the process. So it is allocated beforehand, while there is memory.
bool prepare_exceptions() noexcept {
  void* const probe = std::malloc(kProbe);
  if (probe == nullptr) return false;
  std::free(probe);
  static_cast<void>(abi::__cxa_get_globals());
  return true;
}

}  // namespace

uint32_t claim_thread_index() noexcept {
  if (asked) return internal::thread_index;
  if (!prepare_exceptions()) return kSharedThreadIndex;  // and ask again
  asked = true;
  if (at_thread_exit.watch()) internal::thread_index = take_free_bit();
  return internal::thread_index;
}

}  // namespace coffer::core
