// The serializer "protobuf": values as coffer.Value messages (value.proto).
#include <new>
#include <string_view>

#include "coffer/plugin/guard.hpp"
#include "coffer/plugin/plugin.h"
#include "plugins/serializers/protobuf/decoder.h"
#include "plugins/serializers/protobuf/encoder.h"
#include "plugins/serializers/protobuf/options.h"

namespace coffer::protobuf {
namespace {

constexpr uint32_t kFormat = 20;
constexpr uint64_t kCaps = COFFER_SERIALIZER_DETERMINISTIC;

// An instance. Nothing changes after it was made, so calls may overlap.
struct Protobuf {
  const coffer_host* host;
  Options options;

  // The memory of the instance is the host's, so that it is counted.
  static coffer_status create(const coffer_host* host, const Options& options, void** out,
                              coffer_sink* sink) {
    void* memory = host->alloc(host, sizeof(Protobuf), alignof(Protobuf));
    if (memory == nullptr) return plugin::fail(host, sink, COFFER_EXHAUSTED, "out of memory");
    *out = new (memory) Protobuf{host, options};
    return COFFER_OK;
  }

  static void destroy(void* self) {
    const coffer_host* host = static_cast<Protobuf*>(self)->host;
    host->free(host, self, sizeof(Protobuf), alignof(Protobuf));
  }

  static coffer_status encode(void* self, const coffer_value* value, const coffer_writer* out,
                              coffer_sink* sink) {
    const Protobuf& me = *static_cast<Protobuf*>(self);
    return plugin::guarded(
        me.host, sink, [&] { return protobuf::encode(me.host, me.options, *value, *out, sink); });
  }

  static coffer_status decode(void* self, coffer_bytes bytes, const coffer_visitor* into,
                              const coffer_limits* limits, coffer_sink* sink) {
    const Protobuf& me = *static_cast<Protobuf*>(self);
    return plugin::guarded(me.host, sink, [&] {
      return protobuf::decode(me.host, me.options, bytes, *into, *limits, sink);
    });
  }
};

constexpr coffer_serializer kTable = {
    sizeof(coffer_serializer), kFormat,          kCaps, "application/x-protobuf", Protobuf::destroy,
    Protobuf::encode,          Protobuf::decode,
};

const coffer_plugin_info kInfo = {
    sizeof(coffer_plugin_info),
    COFFER_ABI_VERSION,
    COFFER_KIND_SERIALIZER,
    0,
    "protobuf",
    "1.0.0",
    "protobuf messages of the published type coffer.Value; every type survives",
    "Apache-2.0",
    kCaps,
    kOptionSpecs,
    kOptionCount,
};

}  // namespace
}  // namespace coffer::protobuf

const coffer_plugin_info* coffer_plugin_info_v1(size_t index) {
  return index == 0 ? &coffer::protobuf::kInfo : nullptr;
}

coffer_status coffer_plugin_create_v1(const coffer_host* host, const char* id,
                                      const coffer_option* options, size_t count,
                                      coffer_instance* out, coffer_sink* sink) {
  using namespace coffer::protobuf;
  return coffer::plugin::guarded(host, sink, [&] {
    if (std::string_view(id) != kInfo.id) {
      return coffer::plugin::fail(host, sink, COFFER_NOT_FOUND,
                                  "this file holds the plugin protobuf");
    }
    Options read;
    coffer_status status = read_options(host, {options, count}, read, sink);
    void* self = nullptr;
    if (status == COFFER_OK) status = Protobuf::create(host, read, &self, sink);
    if (status == COFFER_OK) *out = {self, &kTable};
    return status;
  });
}
