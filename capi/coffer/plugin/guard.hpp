// coffer/plugin/guard.hpp: keeps C++ exceptions inside a plugin (duty P7). For authors; the ABI
// does not need it.
#ifndef COFFER_PLUGIN_GUARD_HPP_
#define COFFER_PLUGIN_GUARD_HPP_

#include <cstring>
#include <exception>
#include <new>

#include "coffer/plugin/host.h"

namespace coffer::plugin {

// Reports a failure in one expression: `return fail(host, sink, COFFER_CORRUPT, "...");`
inline coffer_status fail(const coffer_host* host, coffer_sink* sink, coffer_status status,
                          const char* message, uint32_t flags = 0) noexcept {
  host->fail(host, sink, status, flags, message, std::strlen(message));
  return status;
}

// Runs `body` and turns whatever it throws into a reported failure.
template <typename Body>
coffer_status guarded(const coffer_host* host, coffer_sink* sink, Body&& body) noexcept {
  try {
    return body();
  } catch (const std::bad_alloc&) {
    return fail(host, sink, COFFER_EXHAUSTED, "out of memory");
  } catch (const std::exception& e) {
    return fail(host, sink, COFFER_PLUGIN_FAULT, e.what());
  } catch (...) {
    return fail(host, sink, COFFER_PLUGIN_FAULT, "an exception of unknown type was thrown");
  }
}

}  // namespace coffer::plugin

#endif  // COFFER_PLUGIN_GUARD_HPP_
