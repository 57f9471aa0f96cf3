// An open store: a plugin instance with its host, shared by all cache handles on it.
#ifndef COFFER_CORE_CACHE_STORE_H_
#define COFFER_CORE_CACHE_STORE_H_

#include <atomic>
#include <memory>
#include <string>
#include <string_view>

#include "coffer/cache.h"
#include "coffer/plugin/store.h"
#include "coffer/plugin/store_async.h"
#include "core/cache/config.h"
#include "core/cache/entry_stamps.h"
#include "core/cache/sweep.h"
#include "core/config/options.h"
#include "core/dependency/spaces.h"
#include "core/error/error.h"
#include "core/freshness/roots.h"
#include "core/lease/table.h"
#include "core/loader/guard.h"
#include "core/loader/instance.h"
#include "core/ref/ref.h"
#include "core/runtime/host.h"
#include "core/runtime/members.h"
#include "core/stamp/stamps.h"
#include "core/value/describe.h"
#include "core/wire/sealed_store.h"

namespace coffer::core {

class Store final : public StoreMember {
 public:
  // Opens plugin `id` with `options`, its own and "strategy.x". With a name: the open store of that
  // name, if there is one with the same options; COFFER_INVALID_STATE if its options are others.
  static coffer_status open(coffer_runtime* runtime, const std::string& id, const std::string& name,
                            Options options, const WireConfig& wire, Ref<Store>& out,
                            coffer_sink& sink);
  ~Store() override;

  coffer_runtime* runtime() const { return host_->runtime(); }
  Host& host() { return *host_; }
  // What caches call: the plugin, or what stands in front of it (core/wire).
  const coffer_store& table() const { return front_.table; }
  void* self() const { return front_.self; }
  bool has(uint64_t caps) const { return (front_.table.caps & caps) == caps; }
  // The plugin itself.
  const coffer_store& plugin_table() const { return instance_.table; }
  void* plugin_self() const { return instance_.self; }
  uint64_t plugin_caps() const { return instance_.table.caps; }
  // Whether all its entries are of this process, so that stamps are cells in memory.
  bool local() const { return !has(COFFER_STORE_SHARED) && !has(COFFER_STORE_PERSISTENT); }
  // Whether it keeps bare values, with which nothing can be kept.
  bool bare() const { return wire_.raw && !local(); }
  // A handle takes values of this size: then they must come back, too.
  void accept(uint64_t max_value) {
    if (sealed_ != nullptr) sealed_->sealer().allow(max_value);
  }

  // What decides whether its entries are fresh, and who computes those that are not.
  Stamps& stamps() { return *stamps_; }
  Spaces& spaces() { return spaces_; }
  Roots& roots() { return roots_; }
  LeaseTable& leases() { return *leases_; }
  Sweeper& sweeper() { return sweeper_; }
  // Whether entries may be there that are not fresh: else a scan need not look at each.
  bool may_be_stale() const { return stale_.load(std::memory_order_relaxed); }
  void note_stale() {
    if (!stale_.load(std::memory_order_relaxed)) stale_.store(true, std::memory_order_relaxed);
  }

  // NULL unless the store answers later by itself.
  const coffer_store_async* async() const { return async_; }

  // "memory" or "memory://name": how events and messages call it.
  const std::string& label() const override { return host_->name(); }

  // Calls into the plugin. What it throws becomes PLUGIN_FAULT, and after a fault the instance is
  // left alone: its state can no longer be trusted. As guard_call, but nothing is looked up unless
  // something is thrown.
  template <typename Call>
  [[gnu::always_inline]] coffer_status call(coffer_sink& sink, Call&& plugin_call) {
    if (poisoned()) [[unlikely]]
      return refuse(sink);
    coffer_status status;
    try {
      status = std::forward<Call>(plugin_call)();
    } catch (...) {
      status = threw(sink);
    }
    if (failed(status)) [[unlikely]]
      note_failure(status, sink);
    return status;
  }

  // The same in parts, for the one call that cannot afford it: ask first, and answer what was
  // thrown.
  bool poisoned() const { return poisoned_.load(std::memory_order_relaxed); }
  [[gnu::cold, gnu::noinline]] coffer_status refuse(coffer_sink& sink) const;
  [[gnu::cold, gnu::noinline]] coffer_status threw(coffer_sink& sink) noexcept;
  // A fault poisons the instance; a failure that the plugin gave no reason for gets its name at
  // least.
  [[gnu::cold, gnu::noinline]] void note_failure(coffer_status status, coffer_sink& sink) noexcept;

  void maintain(coffer_time deadline) noexcept override;
  void before_fork() override;
  void after_fork(bool in_child) override;
  void add_stats(coffer_stats* out) noexcept;
  void play_description(Player& player) const;

  // Its part of the URL that opens it: what was given, "strategy.x" included, secrets marked as
  // such.
  const std::string& name() const { return name_; }
  std::string_view plugin_id() const { return instance_.plugin->id(); }
  Options given_options() const;

 private:
  Store(Ref<Host> host, std::string name, Options options, Options strategy_options,
        WireConfig wire);
  coffer_status start(const Plugin& plugin, coffer_sink& sink);
  coffer_status stand_in_front(coffer_sink& sink);
  void note_freed(bool at_once) noexcept;
  void note_unreadable(const coffer_key& key, const coffer_error* why) noexcept;

  Ref<Host> host_;
  const std::string name_;
  const Options options_;           // checked, with defaults
  const Options strategy_options_;  // as given: what they mean depends on the strategy
  const WireConfig wire_;
  StoreInstance instance_;
  std::unique_ptr<SealedStore> sealed_;
  struct {
    void* self;
    coffer_store table;
  } front_{};
  std::atomic<uint64_t> unreadable_{0};
  const coffer_store_async* async_ = nullptr;
  Spaces spaces_;
  Roots roots_;
  std::unique_ptr<Stamps> stamps_;
  std::unique_ptr<LeaseTable> leases_;         // holds stamps: goes before them
  std::unique_ptr<EntryStamps> entry_stamps_;  // of a local store
  Sweeper sweeper_;
  std::atomic<uint64_t> noted_freed_{0};
  std::atomic<bool> stale_{false};
  std::atomic<bool> poisoned_{false};
};

}  // namespace coffer::core

#endif  // COFFER_CORE_CACHE_STORE_H_
