// The serializer "json": text that every program and person can read (RFC 8259).
#include <new>
#include <string_view>

#include "coffer/plugin/guard.hpp"
#include "coffer/plugin/plugin.h"
#include "plugins/serializers/json/decoder.h"
#include "plugins/serializers/json/encoder.h"
#include "plugins/serializers/json/options.h"

namespace coffer::json {
namespace {

constexpr uint32_t kFormat = 16;
constexpr uint64_t kCaps = COFFER_SERIALIZER_DETERMINISTIC | COFFER_SERIALIZER_TEXT;

// An instance. Nothing changes after it was made, so calls may overlap.
struct Json {
  const coffer_host* host;
  Options options;

  // The memory of the instance is the host's, so that it is counted.
  static coffer_status create(const coffer_host* host, const Options& options, void** out,
                              coffer_sink* sink) {
    void* memory = host->alloc(host, sizeof(Json), alignof(Json));
    if (memory == nullptr) return plugin::fail(host, sink, COFFER_EXHAUSTED, "out of memory");
    *out = new (memory) Json{host, options};
    return COFFER_OK;
  }

  static void destroy(void* self) {
    const coffer_host* host = static_cast<Json*>(self)->host;
    host->free(host, self, sizeof(Json), alignof(Json));
  }

  static coffer_status encode(void* self, const coffer_value* value, const coffer_writer* out,
                              coffer_sink* sink) {
    const Json& me = *static_cast<Json*>(self);
    return plugin::guarded(me.host, sink,
                           [&] { return json::encode(me.host, me.options, *value, *out, sink); });
  }

  static coffer_status decode(void* self, coffer_bytes bytes, const coffer_visitor* into,
                              const coffer_limits* limits, coffer_sink* sink) {
    const Json& me = *static_cast<Json*>(self);
    return plugin::guarded(me.host, sink, [&] {
      return json::decode(me.host, me.options, bytes, *into, *limits, sink);
    });
  }
};

constexpr coffer_serializer kTable = {
    sizeof(coffer_serializer),
    kFormat,
    kCaps,
    "application/json",
    Json::destroy,
    Json::encode,
    Json::decode,
};

const coffer_plugin_info kInfo = {
    sizeof(coffer_plugin_info),
    COFFER_ABI_VERSION,
    COFFER_KIND_SERIALIZER,
    0,
    "json",
    "1.0.0",
    "JSON text: readable everywhere; refuses what JSON cannot hold unless told how to write it",
    "Apache-2.0",
    kCaps,
    kOptionSpecs,
    kOptionCount,
};

}  // namespace
}  // namespace coffer::json

const coffer_plugin_info* coffer_plugin_info_v1(size_t index) {
  return index == 0 ? &coffer::json::kInfo : nullptr;
}

coffer_status coffer_plugin_create_v1(const coffer_host* host, const char* id,
                                      const coffer_option* options, size_t count,
                                      coffer_instance* out, coffer_sink* sink) {
  using namespace coffer::json;
  return coffer::plugin::guarded(host, sink, [&] {
    if (std::string_view(id) != kInfo.id) {
      return coffer::plugin::fail(host, sink, COFFER_NOT_FOUND, "this file holds the plugin json");
    }
    Options read;
    coffer_status status = read_options(host, {options, count}, read, sink);
    void* self = nullptr;
    if (status == COFFER_OK) status = Json::create(host, read, &self, sink);
    if (status == COFFER_OK) *out = {self, &kTable};
    return status;
  });
}
