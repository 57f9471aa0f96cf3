#include "core/serializer/serializer.h"

#include "core/loader/guard.h"
#include "core/runtime/runtime.h"
#include "core/value/describe.h"
#include "core/value/limits.h"

namespace coffer::core {
namespace {

// A program's value, with the events it plays checked on their way to the serializer.
struct CheckedValue {
  const coffer_value& value;
  const coffer_limits& limits;
  const std::string& who;
  coffer_sink& sink;

  static coffer_status play(void* self, const coffer_visitor* into, coffer_sink* sink) {
    auto* checked = static_cast<CheckedValue*>(self);
    LimitVisitor visitor(*into, checked->limits, LimitVisitor::Player::kProgram, checked->who);
    coffer_sink& out = sink != nullptr ? *sink : checked->sink;
    return visitor.finish(checked->value.play(checked->value.self, visitor.get(), &out), out);
  }
};

}  // namespace

coffer_status Serializer::open(coffer_runtime* runtime, const std::string& name, const Options& options,
                               Ref<Serializer>& out, coffer_sink& sink) {
  const Plugin* plugin = nullptr;
  coffer_status status = runtime->plugins().find(COFFER_KIND_SERIALIZER, name, plugin, sink);
  if (failed(status)) return status;
  Options checked;
  status = check_options(*plugin, options, checked, sink);
  if (failed(status)) return status;
  auto host = Ref<Host>::adopt(new Host(runtime, plugin->title, {}));
  auto serializer = Ref<Serializer>::adopt(new Serializer(std::move(host)));
  status = open_serializer(serializer->host_->table(), *plugin, checked, serializer->instance_, sink);
  if (!failed(status)) out = std::move(serializer);
  return status;
}

Serializer::~Serializer() {
  coffer_sink sink;
  coffer_runtime* runtime = host_->runtime();
  if (failed(close_instance(instance_, sink)) && sink.error != nullptr) {
    runtime->hub().log(runtime->now(), COFFER_LOG_PLUGIN_MISBEHAVING, host_->name(), sink.error->message);
  }
}

template <typename Call>
coffer_status Serializer::call(coffer_sink& sink, Call&& plugin_call) {
  if (poisoned_.load(std::memory_order_relaxed)) [[unlikely]] {
    return sink.fail(COFFER_INVALID_STATE,
                     host_->name() + " had a fault earlier and is not called any more; open it again",
                     COFFER_FAIL_POISONED);
  }
  const coffer_status status = guard_call(host_->name(), sink, std::forward<Call>(plugin_call), COFFER_FAIL_POISONED);
  if (status == COFFER_PLUGIN_FAULT) [[unlikely]] poisoned_.store(true, std::memory_order_relaxed);
  return status;
}

coffer_status Serializer::encode(const coffer_value& value, const coffer_limits* limits, BufferWriter& out,
                                 coffer_sink& sink) {
  coffer_limits complete;
  coffer_status status = complete_limits(limits, complete, sink);
  if (failed(status)) return status;
  CheckedValue checked{value, complete, host_->name(), sink};
  const coffer_value guarded{&checked, CheckedValue::play};
  status = call(sink, [&] { return instance_.table.encode(instance_.self, &guarded, out.get(), &sink); });
  return out.finish(status, host_->name(), sink);
}

coffer_status Serializer::decode(coffer_bytes bytes, const coffer_visitor* into, const coffer_limits* limits,
                                 coffer_sink& sink) {
  coffer_limits complete;
  coffer_status status = complete_limits(limits, complete, sink);
  if (!failed(status)) status = check_visitor(into, sink);
  if (failed(status)) return status;
  LimitVisitor visitor(*into, complete, LimitVisitor::Player::kPlugin, host_->name());
  status =
      call(sink, [&] { return instance_.table.decode(instance_.self, bytes, visitor.get(), &complete, &sink); });
  return visitor.finish(status, sink);
}

}  // namespace coffer::core
