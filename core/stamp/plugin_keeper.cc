#include "core/stamp/plugin_keeper.h"

#include <algorithm>
#include <exception>

namespace coffer::core {

coffer_status PluginKeeper::pin(std::span<coffer_stamp_pin> items, coffer_time deadline,
                                coffer_sink& sink) {
  const coffer_status status = guard_(sink, [&] {
    return table_.pin(self_, items.data(), items.size(), kStampLifetime, deadline, &sink);
  });
  if (failed(status)) return status;
  const bool all = std::all_of(items.begin(), items.end(),
                               [](const coffer_stamp_pin& item) { return item.stamp != 0; });
  return all ? COFFER_OK
             : sink.fail(COFFER_PLUGIN_FAULT,
                         "the store pinned stamps and told none for some of them");
}

coffer_status PluginKeeper::read(std::span<const coffer_stamp_id> ids, coffer_time deadline,
                                 std::span<uint64_t> stamps, coffer_sink& sink) {
  return guard_(sink, [&] {
    return table_.read(self_, ids.data(), ids.size(), deadline, stamps.data(), &sink);
  });
}

coffer_status PluginKeeper::move(std::span<const coffer_stamp_id> ids, coffer_time deadline,
                                 coffer_sink& sink) {
  return guard_(sink, [&] { return table_.move(self_, ids.data(), ids.size(), deadline, &sink); });
}

coffer_status PluginKeeper::schemes(const coffer_stamp_id& space, coffer_time deadline,
                                    std::vector<Scheme>& out, coffer_sink& sink) {
  struct Collector {
    std::vector<Scheme>& out;
    bool damaged = false;
  } collector{out};
  const auto each = [](void* user, coffer_bytes scheme) {
    auto* const into = static_cast<Collector*>(user);
    try {
      Scheme& added = into->out.emplace_back(static_cast<const char*>(scheme.data), scheme.size);
      if (!is_scheme(added)) into->damaged = true;
    } catch (const std::exception&) {
      into->damaged = true;
    }
  };
  const coffer_status status = guard_(
      sink, [&] { return table_.schemes(self_, &space, deadline, each, &collector, &sink); });
  if (failed(status) || !collector.damaged) return status;
  return sink.fail(COFFER_CORRUPT, "the store told a scheme that is none");
}

}  // namespace coffer::core
