#include "plugins/conformance/testing/fake_strategies.h"

#include <dlfcn.h>

#include <algorithm>
#include <cstring>

#include "plugins/conformance/testing/fake_host.h"
#include "plugins/conformance/testing/reference_strategy.h"

namespace coffer::conformance {
namespace {

void ignore_hits(void*, void* const*, size_t) {}

coffer_status refuse(const coffer_host* host, coffer_sink* sink, coffer_status status,
                     const std::string& message) {
  host->fail(host, sink, status, 0, message.data(), message.size());
  return status;
}

}  // namespace

bool copy_strategy(const coffer_strategy* from, coffer_strategy* to, std::string* error) {
  *to = {};
  if (from == nullptr) return *error = "there is no table", false;
  std::memcpy(to, from, std::min<size_t>(from->struct_size, sizeof(*to)));
  if (!hears_of_hits(to->hit_mode) && to->hits == nullptr) to->hits = ignore_hits;
  if (to->destroy == nullptr || to->shard_create == nullptr || to->shard_destroy == nullptr ||
      to->insert == nullptr || to->replace == nullptr || to->hits == nullptr ||
      to->remove == nullptr || to->victims == nullptr || to->resize == nullptr ||
      to->bytes == nullptr) {
    return *error = "a function of its table is missing", false;
  }
  const bool aligned =
      to->node_align != 0 && (to->node_align & (to->node_align - 1)) == 0 && to->node_align <= 16;
  if (to->node_size > COFFER_MAX_NODE_SIZE || (to->node_size > 0 && !aligned)) {
    return *error = "node_size or node_align is out of bounds", false;
  }
  return true;
}

FakeStrategies::FakeStrategies(FakeHost* host) : host_(host), table_{} {
  table_.struct_size = sizeof(table_);
  table_.open = open;
  table_.close = close;
}

bool FakeStrategies::add(coffer_plugin_info_fn info, coffer_plugin_create_fn create,
                         std::string* error) {
  std::lock_guard lock(mutex_);
  bool found = false;
  for (size_t i = 0; const coffer_plugin_info* plugin = info(i); ++i) {
    if (plugin->kind != COFFER_KIND_STRATEGY) continue;
    plugins_.push_back({plugin, create});
    found = true;
  }
  if (!found) *error = "it holds no strategy";
  return found;
}

bool FakeStrategies::add_file(const std::string& path, std::string* error) {
  // Stays open: code of the plugin may run until the process ends.
  void* file = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (file == nullptr) return *error = dlerror(), false;
  auto info = reinterpret_cast<coffer_plugin_info_fn>(dlsym(file, "coffer_plugin_info_v1"));
  auto create = reinterpret_cast<coffer_plugin_create_fn>(dlsym(file, "coffer_plugin_create_v1"));
  if (info == nullptr || create == nullptr) return *error = path + ": not a plugin", false;
  if (add(info, create, error)) return true;
  *error = path + ": " + *error;
  return false;
}

size_t FakeStrategies::open_count() const {
  std::lock_guard lock(mutex_);
  return open_.size();
}

const FakeStrategies::Plugin* FakeStrategies::find(const std::string& name, std::string* error) {
  for (int attempt = 0; attempt < 2; ++attempt) {
    for (const Plugin& plugin : plugins_) {
      if (plugin.info->id == name) return &plugin;
    }
    if (attempt > 0 || folder.empty()) break;
    if (!add_file(folder + "/libcoffer_" + name + ".so", error)) break;
  }
  return nullptr;
}

bool FakeStrategies::create(const Plugin& plugin, Open* out, coffer_sink* sink,
                            std::string* error) {
  OptionList list(*plugin.info, options);
  if (!list.error().empty()) return *error = list.error(), false;
  coffer_instance instance = {};
  coffer_status status =
      plugin.create(host_->get(), plugin.info->id, list.data(), list.size(), &instance, sink);
  if (status != COFFER_OK) return *error = "its create failed", false;
  out->self = instance.self;
  return copy_strategy(static_cast<const coffer_strategy*>(instance.table), &out->table, error);
}

coffer_status FakeStrategies::open(const coffer_host* host, const char* name,
                                   const coffer_strategy** table, void** self, coffer_sink* sink) {
  FakeStrategies& strategies = *FakeHost::of(host).strategies_;
  std::lock_guard lock(strategies.mutex_);
  std::string error = "no such strategy";
  Open fresh = {};
  if (const Plugin* plugin = strategies.find(name, &error)) {
    FakeSink inner;
    if (!strategies.create(*plugin, &fresh, inner.get(), &error)) {
      return refuse(host, sink, COFFER_INVALID_ARGUMENT,
                    std::string("opening strategy \"") + name + "\": " + error);
    }
  } else if (strategies.reference_mode) {
    fresh.table = *reference_strategy(*strategies.reference_mode);
    fresh.self = new_reference_strategy(strategies.host_);
  } else {
    return refuse(host, sink, COFFER_NOT_FOUND, std::string("strategy \"") + name + "\": " + error);
  }
  strategies.open_.push_back(fresh);
  *table = &strategies.open_.back().table;
  *self = fresh.self;
  return COFFER_OK;
}

void FakeStrategies::close(const coffer_host* host, const coffer_strategy* table, void* self) {
  FakeHost& owner = FakeHost::of(host);
  FakeStrategies& strategies = *owner.strategies_;
  std::lock_guard lock(strategies.mutex_);
  for (auto open = strategies.open_.begin(); open != strategies.open_.end(); ++open) {
    if (&open->table != table || open->self != self) continue;
    table->destroy(self);
    strategies.open_.erase(open);
    return;
  }
  owner.add_problem("strategies.close: this strategy is not open");
}

}  // namespace coffer::conformance
