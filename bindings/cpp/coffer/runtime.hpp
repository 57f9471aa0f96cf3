// coffer/runtime.hpp: one loaded engine: its plugins, caches and clock.
#ifndef COFFER_RUNTIME_HPP_
#define COFFER_RUNTIME_HPP_

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

#include "coffer/bytes.hpp"
#include "coffer/cache.hpp"
#include "coffer/plugins.h"
#include "coffer/queue.hpp"
#include "coffer/result.hpp"
#include "coffer/runtime.h"
#include "coffer/serializer.hpp"
#include "coffer/transaction.hpp"

namespace coffer {

// Most programs create one and keep it. Move-only; what was opened with it stays valid after it is
// gone. Any thread may use it.
class Runtime {
 public:
  Runtime() noexcept = default;
  explicit Runtime(coffer_runtime* handle) noexcept : handle_(handle) {}

  // Options: "plugin_path", "clock" ("manual" for tests), "housekeeping", ...: see
  // coffer/runtime.h.
  [[nodiscard]] static Result<Runtime> create(const Options& options = {}) noexcept {
    if ((coffer_abi_version() >> 16) != (COFFER_ABI_VERSION >> 16)) {
      return Outcome::failure(Status::kAbiMismatch,
                              "libcoffer has another major ABI version than the headers this "
                              "program was compiled with: rebuild it or install the matching one");
    }
    coffer_runtime* handle = nullptr;
    coffer_error* error = nullptr;
    const coffer_status status =
        coffer_runtime_create(options.data(), options.size(), &handle, &error);
    if (status != COFFER_OK) return Outcome(status, error);
    return Runtime(handle);
  }

  // Opens a cache: "memory://?capacity=100k&strategy=lru&ttl=5m". Options win over those of the
  // URL; coffer/cache.h lists those of every cache, `coffer plugins explain NAME` those of a
  // plugin.
  [[nodiscard]] Result<Cache> open(const std::string& url, const Options& options = {}) const {
    coffer_cache* handle = nullptr;
    coffer_error* error = nullptr;
    const coffer_status status =
        coffer_cache_open(raw(), url.c_str(), options.data(), options.size(), &handle, &error);
    if (status != COFFER_OK) return Outcome(status, error);
    return Cache(handle);
  }

  // Opens a serializer plugin by name.
  [[nodiscard]] Result<Serializer> serializer(const std::string& name,
                                              const Options& options = {}) const {
    coffer_serializer_handle* handle = nullptr;
    coffer_error* error = nullptr;
    const coffer_status status = coffer_serializer_open(raw(), name.c_str(), options.data(),
                                                        options.size(), &handle, &error);
    if (status != COFFER_OK) return Outcome(status, error);
    return Serializer(handle);
  }

  // Creates a queue that keeps at most `capacity` events besides completions; 0: the default.
  [[nodiscard]] Result<Queue> queue(std::size_t capacity = 0) const noexcept {
    coffer_queue* handle = nullptr;
    coffer_error* error = nullptr;
    const coffer_status status = coffer_queue_create(raw(), capacity, &handle, &error);
    if (status != COFFER_OK) return Outcome(status, error);
    return Queue(handle);
  }

  // Begins a transaction, for a cache beside a database: coffer/transaction.hpp.
  [[nodiscard]] Result<Transaction> transaction() const noexcept {
    coffer_txn* handle = nullptr;
    coffer_error* error = nullptr;
    const coffer_status status = coffer_txn_begin(raw(), &handle, &error);
    if (status != COFFER_OK) return Outcome(status, error);
    return Transaction(handle);
  }

  // The runtime's clock.
  Time now() const noexcept { return Time(std::chrono::nanoseconds(coffer_runtime_now(raw()))); }
  // Moves a manual clock forward.
  Outcome advance(std::chrono::nanoseconds by) const noexcept {
    coffer_error* error = nullptr;
    const coffer_status status = coffer_runtime_advance(raw(), by.count(), &error);
    return Outcome(status, error);
  }
  // Does the housekeeping now: sweeps expired entries, delivers metrics events.
  Outcome maintain() const noexcept {
    coffer_error* error = nullptr;
    const coffer_status status = coffer_runtime_maintain(raw(), &error);
    return Outcome(status, error);
  }

  // Version, plugins loaded, open caches with options (secrets masked) and counters, as one map.
  Result<Value> describe() const {
    detail::Reader<Value> reader;
    coffer_error* error = nullptr;
    const coffer_status status = coffer_runtime_describe(raw(), reader.visitor(), &error);
    return reader.finish(Outcome(status, error));
  }
  // All plugins found, a list of maps; see coffer/plugins.h.
  Result<Value> plugins() const {
    detail::Reader<Value> reader;
    coffer_error* error = nullptr;
    const coffer_status status = coffer_plugins_list(raw(), reader.visitor(), &error);
    return reader.finish(Outcome(status, error));
  }
  // How a plugin's name is resolved: every place looked at, as one map.
  Result<Value> explain(const std::string& name) const {
    detail::Reader<Value> reader;
    coffer_error* error = nullptr;
    const coffer_status status =
        coffer_plugins_explain(raw(), name.c_str(), reader.visitor(), &error);
    return reader.finish(Outcome(status, error));
  }

  // The handle, for calls of the C ABI; stays owned by this object.
  coffer_runtime* raw() const noexcept { return handle_.get(); }

 private:
  struct Release {
    void operator()(coffer_runtime* handle) const noexcept { coffer_runtime_release(handle); }
  };
  std::unique_ptr<coffer_runtime, Release> handle_;
};

// Opens a cache on a runtime of its own, with default options: for a program with one cache. The
// runtime lives as long as the cache.
[[nodiscard]] inline Result<Cache> open(const std::string& url, const Options& options = {}) {
  Result<Runtime> runtime = Runtime::create();
  if (!runtime) return std::move(runtime).outcome();
  return runtime->open(url, options);
}

// Makes a plugin that is linked into the program known to all runtimes; found before any file.
inline Outcome register_plugin(coffer_plugin_info_fn info,
                               coffer_plugin_create_fn create) noexcept {
  coffer_error* error = nullptr;
  const coffer_status status = coffer_plugin_register(info, create, &error);
  return Outcome(status, error);
}

// The release of libcoffer, "1.0.0".
inline const char* version() noexcept { return coffer_version(); }

}  // namespace coffer

#endif  // COFFER_RUNTIME_HPP_
