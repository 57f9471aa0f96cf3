// A plugin that keeps stamps by itself.
#ifndef COFFER_CORE_STAMP_PLUGIN_KEEPER_H_
#define COFFER_CORE_STAMP_PLUGIN_KEEPER_H_

#include <functional>
#include <utility>

#include "core/stamp/keeper.h"

namespace coffer::core {

class PluginKeeper final : public StampKeeper {
 public:
  // Makes a call into the plugin, so that what it throws becomes a failure.
  using Guard = std::function<coffer_status(coffer_sink&, const std::function<coffer_status()>&)>;

  // `table` and what `self` points to outlive this.
  PluginKeeper(const coffer_store_stamps& table, void* self, Guard guard)
      : table_(table), self_(self), guard_(std::move(guard)) {}

  coffer_status pin(std::span<coffer_stamp_pin> items, coffer_time deadline,
                    coffer_sink& sink) override;
  coffer_status read(std::span<const coffer_stamp_id> ids, coffer_time deadline,
                     std::span<uint64_t> stamps, coffer_sink& sink) override;
  coffer_status move(std::span<const coffer_stamp_id> ids, coffer_time deadline,
                     coffer_sink& sink) override;
  coffer_status schemes(const coffer_stamp_id& space, coffer_time deadline,
                        std::vector<Scheme>& out, coffer_sink& sink) override;

 private:
  const coffer_store_stamps& table_;
  void* const self_;
  const Guard guard_;
};

}  // namespace coffer::core

#endif  // COFFER_CORE_STAMP_PLUGIN_KEEPER_H_
