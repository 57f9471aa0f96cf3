// A host for tests of the loader: failures go into the sink, logs are kept.
#ifndef COFFER_CORE_LOADER_TESTING_FAKE_HOST_H_
#define COFFER_CORE_LOADER_TESTING_FAKE_HOST_H_

#include <cstring>
#include <string>

#include "coffer/plugin/plugin.h"
#include "core/error/error.h"

namespace coffer::core {

struct FakeHost {
  FakeHost() {
    table.struct_size = sizeof(table);
    table.abi_version = COFFER_ABI_VERSION;
    table.self = this;
    table.extension = [](const coffer_host* host, const char* id) -> const void* {
      return std::strcmp(id, COFFER_HOST_STRATEGIES) == 0 ? of(host).strategies : nullptr;
    };
    table.fail = [](const coffer_host*, coffer_sink* sink, coffer_status status, uint32_t flags,
                    const char* message,
                    size_t size) { sink->fail(status, std::string(message, size), flags); };
    table.log = [](const coffer_host* host, int32_t, const char* message, size_t size) {
      of(host).logged += std::string(message, size) + "\n";
    };
  }
  FakeHost(const FakeHost&) = delete;
  FakeHost& operator=(const FakeHost&) = delete;

  static FakeHost& of(const coffer_host* host) { return *static_cast<FakeHost*>(host->self); }

  coffer_host table = {};
  const coffer_host_strategies* strategies = nullptr;
  std::string logged;
};

}  // namespace coffer::core

#endif  // COFFER_CORE_LOADER_TESTING_FAKE_HOST_H_
