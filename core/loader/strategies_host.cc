#include "core/loader/strategies_host.h"

#include <cstddef>
#include <exception>
#include <memory>
#include <new>
#include <string>
#include <utility>

#include "coffer/queue.h"
#include "core/loader/instance.h"

namespace coffer::core {

StrategiesHost::StrategiesHost(Registry& registry, Options options)
    : registry_(registry),
      options_(std::move(options)),
      door_{{.struct_size = sizeof(coffer_host_strategies),
             .reserved = 0,
             .open = &StrategiesHost::open,
             .close = &StrategiesHost::close},
            this} {}

StrategiesHost& StrategiesHost::of(const coffer_host* host) {
  // The table is the first member of a Door, so a pointer to one is a pointer to the other.
  const void* table = host->extension(host, COFFER_HOST_STRATEGIES);
  return *static_cast<const Door*>(table)->self;
}

coffer_status StrategiesHost::open(const coffer_host* host, const char* name,
                                   const coffer_strategy** table, void** self, coffer_sink* sink) {
  try {
    if (name == nullptr || table == nullptr || self == nullptr) {
      return sink->fail(COFFER_INVALID_ARGUMENT, "strategies: an argument is NULL");
    }
    return of(host).open_checked(host, name, table, self, *sink);
  } catch (const std::bad_alloc&) {
    return sink->fail(COFFER_EXHAUSTED, "out of memory");
  } catch (const std::exception& exception) {
    return sink->fail(COFFER_INTERNAL, exception.what());
  }
}

coffer_status StrategiesHost::open_checked(const coffer_host* host, std::string_view name,
                                           const coffer_strategy** table, void** self,
                                           coffer_sink& sink) {
  const Plugin* plugin = nullptr;
  coffer_status status = registry_.find(COFFER_KIND_STRATEGY, name, plugin, sink);
  if (failed(status)) return status;
  Opened opened{plugin, {}};
  status = check_options(*plugin, options_, opened.options, sink);
  if (failed(status)) return status;
  auto instance = std::make_unique<StrategyInstance>();
  status = open_strategy(host, *plugin, opened.options, *instance, sink);
  if (failed(status)) return status;
  opened_.insert_if_absent(std::move(opened), [](const Opened&) { return false; });
  live_.fetch_add(1, std::memory_order_relaxed);
  *table = &instance->table;
  *self = instance.release()->self;
  return COFFER_OK;
}

void StrategiesHost::close(const coffer_host* host, const coffer_strategy* table, void*) {
  if (table == nullptr) return;
  // What open handed out is the table within the instance.
  auto* const address = reinterpret_cast<char*>(const_cast<coffer_strategy*>(table)) -
                        offsetof(StrategyInstance, table);
  const std::unique_ptr<StrategyInstance> instance(reinterpret_cast<StrategyInstance*>(address));
  coffer_sink sink;
  if (failed(close_instance(*instance, sink)) && sink.error != nullptr) {
    const std::string& message = sink.error->message;
    host->log(host, COFFER_LOG_PLUGIN_MISBEHAVING, message.data(), message.size());
  }
  of(host).live_.fetch_sub(1, std::memory_order_relaxed);
}

coffer_status StrategiesHost::check_used(std::string_view owner, coffer_sink& sink) const {
  bool used = options_.empty();
  opened_.each([&](const Opened&) { used = true; });
  if (used) return COFFER_OK;
  const std::string key = "strategy." + options_.begin()->key;
  const coffer_status status =
      sink.fail(COFFER_INVALID_ARGUMENT,
                std::string(owner) + ": option '" + key +
                    "' has no effect: no strategy is in use; name one or leave the option out");
  sink.detail("option", key);
  return status;
}

}  // namespace coffer::core
