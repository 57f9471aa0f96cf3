// The serializer "pickle": Python's own format, of which it reads and writes what is data and runs
// nothing.
#include <new>
#include <string_view>

#include "coffer/plugin/guard.hpp"
#include "coffer/plugin/plugin.h"
#include "plugins/serializers/pickle/decoder.h"
#include "plugins/serializers/pickle/encoder.h"
#include "plugins/serializers/pickle/options.h"

namespace coffer::pickle {
namespace {

constexpr uint32_t kFormat = 19;
constexpr uint64_t kCaps = COFFER_SERIALIZER_DETERMINISTIC;

// An instance. Nothing changes after it was made, so calls may overlap.
struct Pickle {
  const coffer_host* host;
  Options options;

  // The memory of the instance is the host's, so that it is counted.
  static coffer_status create(const coffer_host* host, const Options& options, void** out,
                              coffer_sink* sink) {
    void* memory = host->alloc(host, sizeof(Pickle), alignof(Pickle));
    if (memory == nullptr) return plugin::fail(host, sink, COFFER_EXHAUSTED, "out of memory");
    *out = new (memory) Pickle{host, options};
    return COFFER_OK;
  }

  static void destroy(void* self) {
    const coffer_host* host = static_cast<Pickle*>(self)->host;
    host->free(host, self, sizeof(Pickle), alignof(Pickle));
  }

  static coffer_status encode(void* self, const coffer_value* value, const coffer_writer* out,
                              coffer_sink* sink) {
    const Pickle& me = *static_cast<Pickle*>(self);
    return plugin::guarded(me.host, sink,
                           [&] { return pickle::encode(me.host, me.options, *value, *out, sink); });
  }

  static coffer_status decode(void* self, coffer_bytes bytes, const coffer_visitor* into,
                              const coffer_limits* limits, coffer_sink* sink) {
    const Pickle& me = *static_cast<Pickle*>(self);
    return plugin::guarded(me.host, sink, [&] {
      return pickle::decode(me.host, me.options, bytes, *into, *limits, sink);
    });
  }
};

constexpr coffer_serializer kTable = {
    sizeof(coffer_serializer), kFormat,        kCaps,          "application/x-python-pickle",
    Pickle::destroy,           Pickle::encode, Pickle::decode,
};

const coffer_plugin_info kInfo = {
    sizeof(coffer_plugin_info),
    COFFER_ABI_VERSION,
    COFFER_KIND_SERIALIZER,
    0,
    "pickle",
    "1.0.0",
    "Python's pickle, its data only: shares values with Python programs, and runs nothing",
    "Apache-2.0",
    kCaps,
    kOptionSpecs,
    kOptionCount,
};

}  // namespace
}  // namespace coffer::pickle

const coffer_plugin_info* coffer_plugin_info_v1(size_t index) {
  return index == 0 ? &coffer::pickle::kInfo : nullptr;
}

coffer_status coffer_plugin_create_v1(const coffer_host* host, const char* id,
                                      const coffer_option* options, size_t count,
                                      coffer_instance* out, coffer_sink* sink) {
  using namespace coffer::pickle;
  return coffer::plugin::guarded(host, sink, [&] {
    if (std::string_view(id) != kInfo.id) {
      return coffer::plugin::fail(host, sink, COFFER_NOT_FOUND,
                                  "this file holds the plugin pickle");
    }
    Options read;
    coffer_status status = read_options(host, {options, count}, read, sink);
    void* self = nullptr;
    if (status == COFFER_OK) status = Pickle::create(host, read, &self, sink);
    if (status == COFFER_OK) *out = {self, &kTable};
    return status;
  });
}
