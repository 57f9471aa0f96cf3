// An open codec: a plugin instance with its host, guarded and held to its word.
#ifndef COFFER_CORE_CODEC_CODEC_H_
#define COFFER_CORE_CODEC_CODEC_H_

#include <atomic>
#include <string>

#include "coffer/plugin/codec.h"
#include "core/config/options.h"
#include "core/error/error.h"
#include "core/loader/instance.h"
#include "core/ref/ref.h"
#include "core/runtime/host.h"
#include "core/value/buffer.h"

struct coffer_runtime;

namespace coffer::core {

// [any-thread]
class Codec : public RefCounted<Codec> {
 public:
  static coffer_status open(coffer_runtime* runtime, const std::string& name,
                            const Options& options, Ref<Codec>& out, coffer_sink& sink);
  ~Codec();

  uint32_t id() const { return instance_.table.codec; }
  bool compresses() const { return (instance_.table.caps & COFFER_CODEC_COMPRESSES) != 0; }
  bool encrypts() const { return (instance_.table.caps & COFFER_CODEC_ENCRYPTS) != 0; }
  std::string_view plugin_id() const { return instance_.plugin->id(); }
  const std::string& name() const { return host_->name(); }  // "codec zstd"
  const Options& options() const { return options_; }  // checked, with defaults, secrets marked

  // Writes what becomes of `bytes` into `out`, which is empty. One that compresses may skip them
  // (note.skipped), and does if it cannot make do with `max_size`; `out` is empty then.
  coffer_status encode(coffer_bytes bytes, coffer_bytes context, uint64_t max_size,
                       BufferWriter& out, coffer_codec_note& note, coffer_sink& sink);

  // Writes what `bytes` of unknown origin were into `out`, which is empty; at most `max_size`.
  coffer_status decode(coffer_bytes bytes, coffer_bytes context, coffer_bytes parameters,
                       uint64_t max_size, BufferWriter& out, coffer_sink& sink);

 private:
  explicit Codec(Ref<Host> host) : host_(std::move(host)) {}

  // Calls into the plugin; after a fault the instance is left alone.
  template <typename Call>
  coffer_status call(coffer_sink& sink, Call&& plugin_call);
  coffer_status broke_contract(const std::string& how, coffer_sink& sink);
  // Puts the codec's name to a failure.
  coffer_status name_failure(coffer_status status, coffer_sink& sink);

  const Ref<Host> host_;
  Options options_;
  CodecInstance instance_;
  std::atomic<bool> poisoned_{false};
};

}  // namespace coffer::core

#endif  // COFFER_CORE_CODEC_CODEC_H_
