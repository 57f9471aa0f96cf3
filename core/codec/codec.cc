#include "core/codec/codec.h"

#include <utility>

#include "core/loader/guard.h"
#include "core/runtime/runtime.h"

namespace coffer::core {

coffer_status Codec::open(coffer_runtime* runtime, const std::string& name, const Options& options,
                          Ref<Codec>& out, coffer_sink& sink) {
  const Plugin* plugin = nullptr;
  coffer_status status = runtime->plugins().find(COFFER_KIND_CODEC, name, plugin, sink);
  if (failed(status)) return status;
  auto host = Ref<Host>::adopt(new Host(runtime, plugin->title, {}));
  auto codec = Ref<Codec>::adopt(new Codec(std::move(host)));
  status = check_options(*plugin, options, codec->options_, sink);
  if (failed(status)) return status;
  status = open_codec(codec->host_->table(), *plugin, codec->options_, codec->instance_, sink);
  if (!failed(status)) out = std::move(codec);
  return status;
}

Codec::~Codec() {
  coffer_sink sink;
  coffer_runtime* runtime = host_->runtime();
  if (failed(close_instance(instance_, sink)) && sink.error != nullptr) {
    runtime->hub().log(runtime->now(), COFFER_LOG_PLUGIN_MISBEHAVING, host_->name(),
                       sink.error->message);
  }
}

template <typename Call>
coffer_status Codec::call(coffer_sink& sink, Call&& plugin_call) {
  if (poisoned_.load(std::memory_order_relaxed)) [[unlikely]] {
    return sink.fail(
        COFFER_INVALID_STATE,
        host_->name() + " had a fault earlier and is not called any more; open the cache again",
        COFFER_FAIL_POISONED);
  }
  const coffer_status status =
      guard_call(host_->name(), sink, std::forward<Call>(plugin_call), COFFER_FAIL_POISONED);
  if (status == COFFER_PLUGIN_FAULT) [[unlikely]]
    poisoned_.store(true, std::memory_order_relaxed);
  return status;
}

coffer_status Codec::broke_contract(const std::string& how, coffer_sink& sink) {
  return sink.fail(COFFER_PLUGIN_FAULT, host_->name() + " " + how);
}

coffer_status Codec::name_failure(coffer_status status, coffer_sink& sink) {
  if (!failed(status)) [[likely]]
    return status;
  if (sink.error == nullptr)
    sink.fail(status, std::string("it says ") + status_name(status) + " and not why");
  if (sink.error->message.find(host_->name()) == std::string::npos) sink.prefix(host_->name());
  sink.detail("plugin", plugin_id());
  return status;
}

coffer_status Codec::encode(coffer_bytes bytes, coffer_bytes context, uint64_t max_size,
                            BufferWriter& out, coffer_codec_note& note, coffer_sink& sink) {
  note = {};
  coffer_status status = call(sink, [&] {
    return instance_.table.encode(instance_.self, bytes, context, max_size, out.get(), &note,
                                  &sink);
  });
  status = out.finish(status, host_->name(), sink);
  if (!failed(status)) {
    if (status != COFFER_OK) {
      status =
          broke_contract(std::string("returned ") + status_name(status) + " from encode", sink);
    } else if (note.skipped != 0 && !compresses()) {
      status = broke_contract("left bytes alone, which only a codec that compresses may do", sink);
    } else if (note.parameters_size > COFFER_CODEC_MAX_PARAMETERS) {
      status = broke_contract("has more parameters than there is room for", sink);
    } else if (note.skipped != 0) {
      out.clear();
    } else if (compresses() && out.size() > max_size) {
      status = broke_contract("wrote more bytes than it was asked for", sink);
    }
  }
  return name_failure(status, sink);
}

coffer_status Codec::decode(coffer_bytes bytes, coffer_bytes context, coffer_bytes parameters,
                            uint64_t max_size, BufferWriter& out, coffer_sink& sink) {
  coffer_status status = call(sink, [&] {
    return instance_.table.decode(instance_.self, bytes, context, parameters, max_size, out.get(),
                                  &sink);
  });
  status = out.finish(status, host_->name(), sink);
  if (!failed(status)) {
    if (status != COFFER_OK) {
      status =
          broke_contract(std::string("returned ") + status_name(status) + " from decode", sink);
    } else if (out.size() > max_size) {
      status = broke_contract("wrote more bytes than are allowed", sink);
    }
  }
  return name_failure(status, sink);
}

}  // namespace coffer::core
