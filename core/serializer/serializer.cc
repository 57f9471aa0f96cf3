#include "core/serializer/serializer.h"

#include <string_view>
#include <utility>

#include "core/loader/guard.h"
#include "core/runtime/runtime.h"
#include "core/value/describe.h"
#include "core/value/limits.h"

namespace coffer::core {
namespace {

constexpr std::string_view kProgram = "the program";

// A program's value, with the events it plays checked on their way to the serializer.
struct CheckedValue {
  const coffer_value& value;
  const coffer_limits& limits;
  coffer_sink& sink;
  bool played = false;                // at all
  coffer_status verdict = COFFER_OK;  // of the last time

  static coffer_status play(void* self, const coffer_visitor* into, coffer_sink* sink) {
    auto* checked = static_cast<CheckedValue*>(self);
    checked->played = true;
    return checked->verdict = checked->play_into(into, sink != nullptr ? *sink : checked->sink);
  }

 private:
  coffer_status play_into(const coffer_visitor* into, coffer_sink& out) {
    if (failed(check_visitor(into, out)))
      return out.fail(COFFER_PLUGIN_FAULT, "its visitor is not complete");
    LimitVisitor visitor(*into, limits, LimitVisitor::Player::kProgram, kProgram);
    coffer_status status;
    try {
      status = value.play(value.self, visitor.get(), &out);
    } catch (...) {
      // Not through the frames of the plugin, which may be C.
      return out.fail(COFFER_INVALID_ARGUMENT,
                      "the program's value let an exception escape while it played");
    }
    return visitor.finish(status, out);
  }
};

}  // namespace

coffer_status Serializer::open(coffer_runtime* runtime, const std::string& name,
                               const Options& options, Ref<Serializer>& out, coffer_sink& sink) {
  const Plugin* plugin = nullptr;
  coffer_status status = runtime->plugins().find(COFFER_KIND_SERIALIZER, name, plugin, sink);
  if (failed(status)) return status;
  auto host = Ref<Host>::adopt(new Host(runtime, plugin->title, {}));
  auto serializer = Ref<Serializer>::adopt(new Serializer(std::move(host)));
  status = check_options(*plugin, options, serializer->options_, sink);
  if (failed(status)) return status;
  status = open_serializer(serializer->host_->table(), *plugin, serializer->options_,
                           serializer->instance_, sink);
  if (!failed(status)) out = std::move(serializer);
  return status;
}

Serializer::~Serializer() {
  coffer_sink sink;
  coffer_runtime* runtime = host_->runtime();
  if (failed(close_instance(instance_, sink)) && sink.error != nullptr) {
    runtime->hub().log(runtime->now(), COFFER_LOG_PLUGIN_MISBEHAVING, host_->name(),
                       sink.error->message);
  }
}

template <typename Call>
coffer_status Serializer::call(coffer_sink& sink, Call&& plugin_call) {
  if (poisoned_.load(std::memory_order_relaxed)) [[unlikely]] {
    return sink.fail(
        COFFER_INVALID_STATE,
        host_->name() + " had a fault earlier and is not called any more; open it again",
        COFFER_FAIL_POISONED);
  }
  const coffer_status status =
      guard_call(host_->name(), sink, std::forward<Call>(plugin_call), COFFER_FAIL_POISONED);
  if (status == COFFER_PLUGIN_FAULT) [[unlikely]]
    poisoned_.store(true, std::memory_order_relaxed);
  return status;
}

coffer_status Serializer::name_failure(coffer_status status, coffer_sink& sink) {
  if (!failed(status) || sink.error == nullptr) [[likely]]
    return status;
  const std::string& message = sink.error->message;
  if (message.find(host_->name()) == std::string::npos) {
    // Where values go from one serializer into another, the failure is the other's.
    if (message.starts_with("serializer ")) return status;
    sink.prefix(host_->name());
  }
  sink.detail("plugin", instance_.plugin->id());
  return status;
}

template <typename Writer>
coffer_status Serializer::encode_into(const coffer_value& value, const coffer_limits* limits,
                                      Writer& out, coffer_sink& sink) {
  coffer_limits complete;
  coffer_status status = complete_limits(limits, complete, sink);
  if (failed(status)) return status;
  CheckedValue checked{value, complete, sink};
  const coffer_value guarded{&checked, CheckedValue::play};
  status = call(sink,
                [&] { return instance_.table.encode(instance_.self, &guarded, out.get(), &sink); });
  if (!failed(status) && (status != COFFER_OK || !checked.played)) [[unlikely]] {
    status = sink.fail(COFFER_PLUGIN_FAULT,
                       host_->name() + " returned " + status_name(status) +
                           (checked.played ? " from encode" : " without playing the value"));
  } else if (status == COFFER_OK && checked.verdict != COFFER_OK) [[unlikely]] {
    status = checked.verdict;  // the serializer had no ear for it
  }
  return name_failure(out.finish(status, host_->name(), sink), sink);
}

coffer_status Serializer::encode(const coffer_value& value, const coffer_limits* limits,
                                 BufferWriter& out, coffer_sink& sink) {
  return encode_into(value, limits, out, sink);
}

coffer_status Serializer::encode(const coffer_value& value, const coffer_limits* limits,
                                 StreamWriter& out, coffer_sink& sink) {
  return encode_into(value, limits, out, sink);
}

coffer_status Serializer::decode(coffer_bytes bytes, const coffer_visitor* into,
                                 const coffer_limits* limits, coffer_sink& sink) {
  coffer_limits complete;
  coffer_status status = complete_limits(limits, complete, sink);
  if (!failed(status)) status = check_visitor(into, sink);
  if (failed(status)) return status;
  LimitVisitor visitor(*into, complete, LimitVisitor::Player::kPlugin, host_->name());
  status = call(sink, [&] {
    return instance_.table.decode(instance_.self, bytes, visitor.get(), &complete, &sink);
  });
  return name_failure(visitor.finish(status, sink), sink);
}

}  // namespace coffer::core
