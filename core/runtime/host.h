// The host table given to one plugin instance.
#ifndef COFFER_CORE_RUNTIME_HOST_H_
#define COFFER_CORE_RUNTIME_HOST_H_

#include <atomic>
#include <memory>
#include <string>

#include "coffer/plugin/host.h"
#include "coffer/plugin/host_entries.h"
#include "core/loader/strategies_host.h"
#include "core/ref/ref.h"

struct coffer_runtime;

namespace coffer::core {

class AsyncBatches;

// Hears of a store's entries (coffer.host.entries/1).
class EntryWatcher {
 public:
  virtual void stored(coffer_bytes meta) noexcept = 0;
  virtual void left(coffer_bytes meta) noexcept = 0;
  virtual uint64_t held(int32_t what) const noexcept = 0;

 protected:
  ~EntryWatcher() = default;
};

// Counted: the instance holds it, and a store with pinned entries may hold it longer
// (host->retain). It keeps the runtime's clock and queues alive.
class Host : public RefCounted<Host> {
 public:
  // `name` is what logs and events call the instance. `strategy_options` are what the store's
  // strategies get.
  Host(coffer_runtime* runtime, std::string name, Options strategy_options);
  ~Host();

  const coffer_host* table() const { return &table_; }
  coffer_runtime* runtime() const { return runtime_; }
  const std::string& name() const { return name_; }
  StrategiesHost& strategies() { return strategies_; }
  AsyncBatches& batches() { return *batches_; }

  // Whether the plugin has asked for coffer.host.entries/1, and who hears of its entries: from
  // before the first is stored until after the instance is closed.
  bool tells_of_entries() const { return tells_of_entries_.load(std::memory_order_relaxed); }
  void watch_entries(EntryWatcher* watcher) { watcher_.store(watcher, std::memory_order_release); }

  // Bytes the plugin holds through host->alloc.
  uint64_t bytes() const { return bytes_.load(std::memory_order_relaxed); }
  // Bytes it has ever given back.
  uint64_t freed() const { return freed_.load(std::memory_order_relaxed); }

 private:
  friend struct HostDoors;

  coffer_host table_;
  coffer_runtime* const runtime_;
  const std::string name_;
  StrategiesHost strategies_;
  std::unique_ptr<AsyncBatches> batches_;
  std::atomic<uint64_t> bytes_{0};
  std::atomic<uint64_t> freed_{0};
  std::atomic<bool> tells_of_entries_{false};
  std::atomic<EntryWatcher*> watcher_{nullptr};
};

}  // namespace coffer::core

#endif  // COFFER_CORE_RUNTIME_HOST_H_
