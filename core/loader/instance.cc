#include "core/loader/instance.h"

#include <utility>

#include "coffer/plugin/store_async.h"
#include "core/loader/guard.h"
#include "core/loader/table.h"

namespace coffer::core {
namespace {

// Size of coffer_store_async in the first release; frozen.
constexpr uint32_t kMinAsyncSize = 24;
constexpr uint32_t kMaxAsyncSize = 4096;
static_assert(offsetof(coffer_store_async, cancel) + sizeof(void*) == kMinAsyncSize);

coffer_status located(coffer_status status, const Plugin& plugin, std::string_view phase,
                      coffer_sink& sink) {
  sink.detail("plugin", plugin.id()).detail("path", plugin.path).detail("phase", phase);
  return status;
}

coffer_status broken_table(const Plugin& plugin, const std::string& why, coffer_sink& sink) {
  const coffer_status status =
      sink.fail(COFFER_PLUGIN_FAULT, plugin.title + " (" + plugin.path + "): " + why);
  return located(status, plugin, "table", sink);
}

// Calls the plugin's create. On success `instance` is what it made.
coffer_status create(const coffer_host* host, const Plugin& plugin, const Options& options,
                     coffer_instance& instance, coffer_sink& sink) {
  const std::vector<coffer_option> views = options.as_c();
  coffer_instance made = {};
  coffer_status status = guard_call(plugin.title, sink, [&] {
    return plugin.create(host, plugin.info.id, views.data(), views.size(), &made, &sink);
  });
  if (status == COFFER_OK) {
    instance = made;
    return COFFER_OK;
  }
  if (!failed(status)) {
    status = sink.fail(COFFER_PLUGIN_FAULT, "its create returned the outcome " +
                                                std::to_string(status) + " instead of COFFER_OK");
  } else if (sink.error == nullptr) {
    sink.fail(status, "its create failed (status " + std::to_string(status) + ") without a reason");
  }
  sink.prefix(plugin.title);
  return located(status, plugin, "create", sink);
}

template <typename Table>
coffer_status destroy(const Plugin& plugin, const Table& table, void* self, coffer_sink& sink) {
  const coffer_status status = guard_call(plugin.title, sink, [&]() -> coffer_status {
    table.destroy(self);
    return COFFER_OK;
  });
  return failed(status) ? located(status, plugin, "destroy", sink) : status;
}

template <typename Instance>
coffer_status close(Instance& instance, coffer_sink& sink) {
  if (instance.plugin == nullptr) return COFFER_OK;
  const Instance last = std::exchange(instance, Instance());
  return destroy(*last.plugin, last.table, last.self, sink);
}

// What create made must not outlive a refusal; but of a table that is refused only `destroy` is
// known to be safe, and only if the table reaches so far.
template <typename Table>
void discard(const Plugin& plugin, const coffer_instance& made, const Table& copy) {
  if (made.table == nullptr || copy.destroy == nullptr) return;
  coffer_sink ignored;  // the refusal is what the caller hears of
  destroy(plugin, copy, made.self, ignored);
}

template <typename Instance>
coffer_status open(const coffer_host* host, const Plugin& plugin, int32_t kind,
                   const Options& options, Instance& out, coffer_sink& sink) {
  if (plugin.info.kind != kind) {
    return sink.fail(COFFER_INTERNAL, plugin.title + " was opened as another kind of plugin");
  }
  coffer_instance made = {};
  if (auto status = create(host, plugin, options, made, sink); failed(status)) return status;
  using Table = decltype(out.table);
  Table table = {};
  const std::string why =
      copy_table(static_cast<const Table*>(made.table), plugin.info.caps, table);
  if (!why.empty()) {
    discard(plugin, made, table);
    return broken_table(plugin, why, sink);
  }
  out.plugin = &plugin;
  out.self = made.self;
  out.table = table;
  return COFFER_OK;
}

// Whether a store that claims to be asynchronous has what that takes.
coffer_status check_async(const StoreInstance& store, coffer_sink& sink) {
  if ((store.table.caps & COFFER_STORE_ASYNC) == 0) return COFFER_OK;
  const coffer_store_async* async = nullptr;
  const coffer_status status = guard_call(store.plugin->title, sink, [&]() -> coffer_status {
    async = static_cast<const coffer_store_async*>(
        store.table.extension(store.self, COFFER_STORE_ASYNC_ID));
    return COFFER_OK;
  });
  if (failed(status)) return located(status, *store.plugin, "table", sink);
  const std::string claim = "it claims COFFER_STORE_ASYNC, but its " COFFER_STORE_ASYNC_ID " is ";
  if (async == nullptr) return broken_table(*store.plugin, claim + "NULL", sink);
  if (async->struct_size < kMinAsyncSize || async->struct_size > kMaxAsyncSize) {
    return broken_table(*store.plugin, claim + "of size " + std::to_string(async->struct_size),
                        sink);
  }
  if (async->submit == nullptr || async->cancel == nullptr) {
    return broken_table(*store.plugin, claim + "without submit or cancel", sink);
  }
  return COFFER_OK;
}

}  // namespace

coffer_status open_store(const coffer_host* host, const Plugin& plugin, const Options& options,
                         StoreInstance& out, coffer_sink& sink) {
  StoreInstance store;
  coffer_status status = open(host, plugin, COFFER_KIND_STORE, options, store, sink);
  if (failed(status)) return status;
  if (status = check_async(store, sink); failed(status)) {
    coffer_sink ignored;
    close(store, ignored);
    return status;
  }
  out = store;
  return COFFER_OK;
}

coffer_status open_strategy(const coffer_host* host, const Plugin& plugin, const Options& options,
                            StrategyInstance& out, coffer_sink& sink) {
  return open(host, plugin, COFFER_KIND_STRATEGY, options, out, sink);
}

coffer_status open_serializer(const coffer_host* host, const Plugin& plugin, const Options& options,
                              SerializerInstance& out, coffer_sink& sink) {
  return open(host, plugin, COFFER_KIND_SERIALIZER, options, out, sink);
}

coffer_status open_codec(const coffer_host* host, const Plugin& plugin, const Options& options,
                         CodecInstance& out, coffer_sink& sink) {
  return open(host, plugin, COFFER_KIND_CODEC, options, out, sink);
}

coffer_status close_instance(StoreInstance& instance, coffer_sink& sink) {
  return close(instance, sink);
}

coffer_status close_instance(StrategyInstance& instance, coffer_sink& sink) {
  return close(instance, sink);
}

coffer_status close_instance(SerializerInstance& instance, coffer_sink& sink) {
  return close(instance, sink);
}

coffer_status close_instance(CodecInstance& instance, coffer_sink& sink) {
  return close(instance, sink);
}

}  // namespace coffer::core
