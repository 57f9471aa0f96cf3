// Doors of coffer/runtime.h.
#include "coffer/runtime.h"

#include "capi/door.h"
#include "core/runtime/runtime.h"
#include "core/version.h"

using coffer::capi::door;

uint32_t coffer_abi_version(void) { return COFFER_ABI_VERSION; }

const char* coffer_version(void) { return coffer::core::kVersion; }

coffer_status coffer_runtime_create(const coffer_option* options, size_t count,
                                    coffer_runtime** out, coffer_error** error) {
  return door(error, [&](coffer_sink& sink) {
    COFFER_REQUIRE(sink, "coffer_runtime_create", out);
    *out = nullptr;
    return coffer_runtime::create(options, count, out, sink);
  });
}

void coffer_runtime_release(coffer_runtime* runtime) {
  if (runtime != nullptr) runtime->release();
}

coffer_time coffer_runtime_now(const coffer_runtime* runtime) { return runtime->now(); }

coffer_status coffer_runtime_advance(coffer_runtime* runtime, int64_t nanoseconds,
                                     coffer_error** error) {
  return door(error, [&](coffer_sink& sink) -> coffer_status {
    COFFER_REQUIRE(sink, "coffer_runtime_advance", runtime);
    if (!runtime->clock().is_manual()) {
      return sink.fail(COFFER_INVALID_STATE,
                       "the runtime follows the system's clock; create it with the option "
                       "clock=manual to move time");
    }
    if (nanoseconds < 0) return sink.fail(COFFER_INVALID_ARGUMENT, "time cannot move back");
    runtime->clock().advance(nanoseconds);
    return COFFER_OK;
  });
}

coffer_status coffer_runtime_maintain(coffer_runtime* runtime, coffer_error** error) {
  return door(error, [&](coffer_sink& sink) -> coffer_status {
    COFFER_REQUIRE(sink, "coffer_runtime_maintain", runtime);
    runtime->maintain(INT64_MAX / 4);
    return COFFER_OK;
  });
}

coffer_status coffer_runtime_describe(coffer_runtime* runtime, const coffer_visitor* into,
                                      coffer_error** error) {
  return door(error, [&](coffer_sink& sink) {
    COFFER_REQUIRE(sink, "coffer_runtime_describe", runtime);
    return runtime->describe(into, sink);
  });
}
