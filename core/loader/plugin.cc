#include "core/loader/plugin.h"

namespace coffer::core {

std::string_view kind_name(int32_t kind) {
  switch (kind) {
    case COFFER_KIND_STORE: return "store";
    case COFFER_KIND_STRATEGY: return "strategy";
    case COFFER_KIND_SERIALIZER: return "serializer";
    case COFFER_KIND_CODEC: return "codec";
    default: return "plugin";
  }
}

bool is_plugin_name(std::string_view name) {
  constexpr size_t kLongest = 64;
  if (name.empty() || name.size() > kLongest || name[0] < 'a' || name[0] > 'z') return false;
  for (const char c : name) {
    if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_')) return false;
  }
  return true;
}

coffer_status check_options(const Plugin& plugin, const Options& in, Options& out,
                            coffer_sink& sink, std::span<const coffer_option_spec> also) {
  const coffer_status status = check_options(plugin.title, plugin.schema(), in, out, sink, also);
  if (failed(status)) sink.detail("plugin", plugin.id());
  return status;
}

}  // namespace coffer::core
