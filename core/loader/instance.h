// Makes instances of plugins, and tables that need no further check.
//
// A plugin's table is copied into one of this host's full size in which no member is NULL: optional
// functions that the plugin lacks are stubs. So hot paths test nothing, and an older plugin with a
// shorter table looks like a newer one that cannot do everything.
#ifndef COFFER_CORE_LOADER_INSTANCE_H_
#define COFFER_CORE_LOADER_INSTANCE_H_

#include "coffer/plugin/plugin.h"
#include "core/config/options.h"
#include "core/error/error.h"
#include "core/loader/plugin.h"

namespace coffer::core {

// Missing functions: `read` returns UNSUPPORTED and reports nothing, scan_open reports it;
// `maintain` and scan_close do nothing; `extension` returns NULL.
struct StoreInstance {
  const Plugin* plugin = nullptr;
  void* self = nullptr;
  coffer_store table = {};
};

// Missing: `hits` does nothing.
struct StrategyInstance {
  const Plugin* plugin = nullptr;
  void* self = nullptr;
  coffer_strategy table = {};
};

struct SerializerInstance {
  const Plugin* plugin = nullptr;
  void* self = nullptr;
  coffer_serializer table = {};
};

struct CodecInstance {
  const Plugin* plugin = nullptr;
  void* self = nullptr;
  coffer_codec table = {};
};

// Creates an instance. `options` have passed check_options against the plugin's schema. A failure
// names plugin, path and phase ("create", or "table" for a table that breaks the contract), and
// leaves nothing behind. `host` must outlive the instance.
coffer_status open_store(const coffer_host* host, const Plugin& plugin, const Options& options,
                         StoreInstance& out, coffer_sink& sink);
coffer_status open_strategy(const coffer_host* host, const Plugin& plugin, const Options& options,
                            StrategyInstance& out, coffer_sink& sink);
coffer_status open_serializer(const coffer_host* host, const Plugin& plugin, const Options& options,
                              SerializerInstance& out, coffer_sink& sink);
coffer_status open_codec(const coffer_host* host, const Plugin& plugin, const Options& options,
                         CodecInstance& out, coffer_sink& sink);

// Ends an instance and clears the struct. A failure can only be an exception of the plugin's, for
// the log: the instance is gone in any case. An instance that was never opened is no failure.
coffer_status close_instance(StoreInstance& instance, coffer_sink& sink);
coffer_status close_instance(StrategyInstance& instance, coffer_sink& sink);
coffer_status close_instance(SerializerInstance& instance, coffer_sink& sink);
coffer_status close_instance(CodecInstance& instance, coffer_sink& sink);

}  // namespace coffer::core

#endif  // COFFER_CORE_LOADER_INSTANCE_H_
