#include "core/runtime/fork.h"

#include <pthread.h>

#include <mutex>
#include <new>
#include <vector>

#include "core/object/objects.h"
#include "core/runtime/runtime.h"

namespace coffer::core {
namespace {

struct Runtimes {
  std::mutex mutex;
  std::vector<coffer_runtime*> all;
  bool registered = false;  // with pthread_atfork
};

// Never destroyed: a fork may come while the process ends.
Runtimes& runtimes() {
  static Runtimes* const instance = new Runtimes;
  return *instance;
}

void prepare() {
  runtimes().mutex.lock();
  for (coffer_runtime* runtime : runtimes().all) runtime->before_fork();
  objects_before_fork();
}

void mend(bool in_child) {
  objects_after_fork();
  for (coffer_runtime* runtime : runtimes().all) runtime->after_fork(in_child);
  runtimes().mutex.unlock();
}

}  // namespace

void survive_fork(coffer_runtime* runtime) {
  const std::lock_guard lock(runtimes().mutex);
  if (!runtimes().registered) {
    const int failed = pthread_atfork(
        prepare, [] { mend(false); }, [] { mend(true); });
    if (failed != 0) throw std::bad_alloc();  // and the next runtime tries again
    runtimes().registered = true;
  }
  runtimes().all.push_back(runtime);
}

void forget_at_fork(coffer_runtime* runtime) {
  const std::lock_guard lock(runtimes().mutex);
  std::erase(runtimes().all, runtime);
}

}  // namespace coffer::core
