// The runtime: one engine with its plugins, clock, queues, background threads and open stores.
#ifndef COFFER_CORE_RUNTIME_RUNTIME_H_
#define COFFER_CORE_RUNTIME_RUNTIME_H_

#include <memory>
#include <mutex>
#include <string>

#include "coffer/runtime.h"
#include "core/clock/clock.h"
#include "core/config/options.h"
#include "core/error/error.h"
#include "core/loader/registry.h"
#include "core/metrics/thread_index.h"
#include "core/queue/queue.h"
#include "core/ref/ref.h"
#include "core/runtime/housekeeper.h"
#include "core/runtime/members.h"
#include "core/runtime/workers.h"

struct coffer_runtime : coffer::core::RefCounted<coffer_runtime> {
 public:
  static coffer_status create(const coffer_option* options, size_t count, coffer_runtime** out,
                              coffer_sink& sink);
  ~coffer_runtime();

  coffer::core::Clock& clock() { return clock_; }
  coffer_time now() const { return clock_.now(COFFER_CLOCK_PRECISE); }
  uint64_t hash_seed() const { return hash_seed_; }
  // Options for caches that are not given others, as in a URL.
  const std::string& cache_defaults() const { return options_.find("defaults")->text; }
  coffer::core::Registry& plugins() { return *plugins_; }
  coffer::core::EventHub& hub() { return *hub_; }
  const std::shared_ptr<coffer::core::EventHub>& shared_hub() { return hub_; }
  coffer::core::Workers& workers() { return *workers_; }

  // Restarts the background thread if a fork has lost it. Cheap; called on every write.
  // Also sees to it that the thread can throw (claim_thread_index).
  void keep_house() {
    if (housekeeper_->lost()) [[unlikely]]
      housekeeper_->restart();
    if (coffer::core::own_thread_index() == coffer::core::kSharedThreadIndex) [[unlikely]]
      coffer::core::claim_thread_index();
  }

  // Sweeps every open store for at most `per_store` nanoseconds each, and reports metrics. Holds no
  // lock meanwhile.
  void maintain(int64_t per_store);

  // What is open.
  coffer::core::Members<coffer::core::StoreMember>& stores() { return stores_; }
  coffer::core::Members<coffer::core::CacheMember>& caches() { return caches_; }
  // Held while a named store is looked up and opened, so that two callers cannot open it twice.
  std::mutex& opening() { return opening_; }

  coffer_status describe(const coffer_visitor* into, coffer_sink& sink);

  void before_fork();
  void after_fork(bool in_child);

 private:
  explicit coffer_runtime(const coffer::core::Options& options);

  coffer::core::Options options_;
  coffer::core::Clock clock_;
  uint64_t hash_seed_ = 0;
  std::shared_ptr<coffer::core::EventHub> hub_;
  std::unique_ptr<coffer::core::Registry> plugins_;
  coffer::core::Members<coffer::core::StoreMember> stores_;
  coffer::core::Members<coffer::core::CacheMember> caches_;
  std::mutex opening_;
  std::unique_ptr<coffer::core::Workers> workers_;
  std::unique_ptr<coffer::core::Housekeeper> housekeeper_;
};

#endif  // COFFER_CORE_RUNTIME_RUNTIME_H_
