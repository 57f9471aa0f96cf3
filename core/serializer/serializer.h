// An open serializer: a plugin instance with its host, guarded and within limits.
#ifndef COFFER_CORE_SERIALIZER_SERIALIZER_H_
#define COFFER_CORE_SERIALIZER_SERIALIZER_H_

#include <atomic>
#include <string>

#include "coffer/plugin/serializer.h"
#include "core/config/options.h"
#include "core/error/error.h"
#include "core/loader/instance.h"
#include "core/ref/ref.h"
#include "core/runtime/host.h"
#include "core/value/buffer.h"
#include "core/value/stream.h"

struct coffer_runtime;

namespace coffer::core {

class Serializer : public RefCounted<Serializer> {
 public:
  static coffer_status open(coffer_runtime* runtime, const std::string& name,
                            const Options& options, Ref<Serializer>& out, coffer_sink& sink);
  ~Serializer();

  uint32_t format() const { return instance_.table.format; }
  const char* media_type() const { return instance_.table.media_type; }
  const Options& options() const { return options_; }  // checked, with defaults

  // Writes one value of a program's into `out`. `limits` may be NULL.
  coffer_status encode(const coffer_value& value, const coffer_limits* limits, BufferWriter& out,
                       coffer_sink& sink);
  coffer_status encode(const coffer_value& value, const coffer_limits* limits, StreamWriter& out,
                       coffer_sink& sink);

  // Plays one value out of bytes of unknown origin. `limits` may be NULL.
  coffer_status decode(coffer_bytes bytes, const coffer_visitor* into, const coffer_limits* limits,
                       coffer_sink& sink);

 private:
  explicit Serializer(Ref<Host> host) : host_(std::move(host)) {}

  // Calls into the plugin; after a fault the instance is left alone.
  template <typename Call>
  coffer_status call(coffer_sink& sink, Call&& plugin_call);

  template <typename Writer>
  coffer_status encode_into(const coffer_value& value, const coffer_limits* limits, Writer& out,
                            coffer_sink& sink);

  // Puts the serializer's name to a failure.
  coffer_status name_failure(coffer_status status, coffer_sink& sink);

  const Ref<Host> host_;
  Options options_;
  SerializerInstance instance_;
  std::atomic<bool> poisoned_{false};
};

}  // namespace coffer::core

#endif  // COFFER_CORE_SERIALIZER_SERIALIZER_H_
