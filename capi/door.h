// What every door does: check the arguments, call core, hand out the error, let no exception
// through.
#ifndef COFFER_CAPI_DOOR_H_
#define COFFER_CAPI_DOOR_H_

#include <exception>
#include <new>
#include <string>

#include "coffer/error.h"
#include "core/error/error.h"

namespace coffer::capi {

// The exception in flight as a failure. Out of line, so that no door makes room for its strings.
[[gnu::cold, gnu::noinline]] inline coffer_status report_exception(coffer_sink& sink) noexcept {
  try {
    throw;
  } catch (const std::bad_alloc&) {
    return sink.fail(COFFER_EXHAUSTED, "out of memory");
  } catch (const std::exception& e) {
    return sink.fail(COFFER_INTERNAL, e.what());
  } catch (...) {
    return sink.fail(COFFER_INTERNAL, "an exception of unknown type came out of core");
  }
}

// Runs `body(sink)` as the inside of a door.
template <typename Body>
[[gnu::always_inline]] inline coffer_status door(coffer_error** error, Body&& body) noexcept {
  coffer_sink sink;
  coffer_status status;
  try {
    status = body(sink);
  } catch (...) {
    status = report_exception(sink);
  }
  return sink.finish(status, error);
}

// "coffer_get: cache is NULL". For arguments that a program can only get wrong by mistake.
[[gnu::cold, gnu::noinline]] inline coffer_status null_argument(coffer_sink& sink,
                                                                const char* function,
                                                                const char* argument) {
  return sink.fail(COFFER_INVALID_ARGUMENT, std::string(function) + ": " + argument + " is NULL");
}

}  // namespace coffer::capi

// Returns from the door's body if the argument is NULL.
#define COFFER_REQUIRE(sink, function, argument) \
  if ((argument) == nullptr) [[unlikely]]        \
  return ::coffer::capi::null_argument(sink, function, #argument)

#endif  // COFFER_CAPI_DOOR_H_
