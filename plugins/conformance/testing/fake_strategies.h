// How a FakeHost opens strategies for the store under test.
#ifndef COFFER_PLUGINS_CONFORMANCE_TESTING_FAKE_STRATEGIES_H_
#define COFFER_PLUGINS_CONFORMANCE_TESTING_FAKE_STRATEGIES_H_

#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "coffer/plugin/plugin.h"
#include "plugins/conformance/testing/options.h"

namespace coffer::conformance {

class FakeHost;

class FakeStrategies {
 public:
  explicit FakeStrategies(FakeHost* host);

  const coffer_host_strategies* table() const { return &table_; }

  bool add(coffer_plugin_info_fn info, coffer_plugin_create_fn create, std::string* error);
  bool add_file(const std::string& path, std::string* error);

  std::string folder;
  std::optional<int32_t> reference_mode;
  OptionValues options;

  size_t open_count() const;

 private:
  struct Plugin {
    const coffer_plugin_info* info;
    coffer_plugin_create_fn create;
  };
  struct Open {
    coffer_strategy table;
    void* self;
  };

  static coffer_status open(const coffer_host* host, const char* name,
                            const coffer_strategy** table, void** self, coffer_sink* sink);
  static void close(const coffer_host* host, const coffer_strategy* table, void* self);

  const Plugin* find(const std::string& name, std::string* error);
  bool create(const Plugin& plugin, Open* out, coffer_sink* sink, std::string* error);

  FakeHost* host_;
  coffer_host_strategies table_;
  mutable std::recursive_mutex mutex_;
  std::list<Plugin> plugins_;
  std::list<Open> open_;
};

// Copies a strategy's table as a host does: only what it states to have, hits filled with a stub.
// False and `*error` if a function is missing or a number out of bounds.
bool copy_strategy(const coffer_strategy* from, coffer_strategy* to, std::string* error);

}  // namespace coffer::conformance

#endif  // COFFER_PLUGINS_CONFORMANCE_TESTING_FAKE_STRATEGIES_H_
