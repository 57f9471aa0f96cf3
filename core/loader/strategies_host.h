// The host extension "coffer.host.strategies/1" for one store: how the store comes to the strategy
// that its options name, without either knowing the other.
#ifndef COFFER_CORE_LOADER_STRATEGIES_HOST_H_
#define COFFER_CORE_LOADER_STRATEGIES_HOST_H_

#include <atomic>
#include <string>
#include <string_view>

#include "coffer/plugin/strategy.h"
#include "core/config/options.h"
#include "core/error/error.h"
#include "core/loader/append_list.h"
#include "core/loader/registry.h"

namespace coffer::core {

// Lives as long as the store's host. The host's `extension` returns table() for
// COFFER_HOST_STRATEGIES; `open` finds its way back by asking the host for that same extension.
class StrategiesHost {
 public:
  // `options` are the store's "strategy.x" options as "x"; each strategy opened gets them all.
  StrategiesHost(Registry& registry, Options options);

  const coffer_host_strategies* table() const { return &door_.table; }

  // One strategy that the store has opened, also if it has been closed since.
  struct Opened {
    const Plugin* plugin;
    Options options;  // checked, with defaults
  };

  // Visits each, the latest first.
  template <typename Visit>
  void each_opened(Visit&& visit) const {
    opened_.each(visit);
  }

  // After the store's create: refuses "strategy.x" options that no strategy took, since nothing
  // would come of them. `owner` is "store memory".
  coffer_status check_used(std::string_view owner, coffer_sink& sink) const;

  // Strategies opened and not closed; 0 once the store has been destroyed, if the store is right.
  size_t live() const { return live_.load(std::memory_order_relaxed); }

 private:
  struct Door {
    coffer_host_strategies table;
    StrategiesHost* self;
  };

  static coffer_status open(const coffer_host* host, const char* name,
                            const coffer_strategy** table, void** self, coffer_sink* sink);
  static void close(const coffer_host* host, const coffer_strategy* table, void* self);
  static StrategiesHost& of(const coffer_host* host);

  coffer_status open_checked(const coffer_host* host, std::string_view name,
                             const coffer_strategy** table, void** self, coffer_sink& sink);

  Registry& registry_;
  const Options options_;
  Door door_;
  AppendList<Opened> opened_;
  std::atomic<size_t> live_ = 0;
};

}  // namespace coffer::core

#endif  // COFFER_CORE_LOADER_STRATEGIES_HOST_H_
