// Who the plugin is, and its table.
#include "coffer/plugin/guard.hpp"
#include "plain/plain.h"

namespace {

constexpr uint64_t kCaps = COFFER_SERIALIZER_DETERMINISTIC;

// An instance is the host it was made by: there are no options and no state.
void destroy(void*) {}

coffer_status encode(void*, const coffer_value* value, const coffer_writer* out,
                     coffer_sink* sink) {
  return plain::encode(*value, *out, sink);
}

coffer_status decode(void* self, coffer_bytes bytes, const coffer_visitor* into,
                     const coffer_limits* limits, coffer_sink* sink) {
  return plain::decode(static_cast<const coffer_host*>(self), bytes, *into, *limits, sink);
}

constexpr coffer_serializer kTable = {
    .struct_size = sizeof(coffer_serializer),
    .format = 2001,
    .caps = kCaps,
    .media_type = "application/x-plain",
    .destroy = destroy,
    .encode = encode,
    .decode = decode,
};

constexpr coffer_plugin_info kInfo = {
    .struct_size = sizeof(coffer_plugin_info),
    .abi_version = COFFER_ABI_VERSION,
    .kind = COFFER_KIND_SERIALIZER,
    .reserved = 0,
    .id = "plain",
    .version = "0.1",
    .summary = "every value as letters and lengths, to learn from",
    .license = "Apache-2.0",
    .caps = kCaps,
    .options = nullptr,
    .option_count = 0,
};

}  // namespace

extern "C" const coffer_plugin_info* coffer_plugin_info_v1(size_t index) {
  return index == 0 ? &kInfo : nullptr;
}

extern "C" coffer_status coffer_plugin_create_v1(const coffer_host* host, const char* id,
                                                 const coffer_option*, size_t, coffer_instance* out,
                                                 coffer_sink* sink) {
  if (std::strcmp(id, kInfo.id) != 0) {
    return coffer::plugin::fail(host, sink, COFFER_NOT_FOUND, "plain: there is no other plugin");
  }
  *out = {const_cast<coffer_host*>(host), &kTable};
  return COFFER_OK;
}
