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
    return sink.fail(COFFER_EXHAUSTED, "out of memory", COFFER_FAIL_RETRIABLE);
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

// "coffer_put: value is NULL, but its size is 5".
[[gnu::cold, gnu::noinline]] inline coffer_status null_bytes(coffer_sink& sink,
                                                             const char* function,
                                                             const char* argument, size_t size) {
  return sink.fail(COFFER_INVALID_ARGUMENT, std::string(function) + ": " + argument +
                                                " is NULL, but its size is " +
                                                std::to_string(size));
}

// Most items of one call: a larger count is a mistake, as -1 is.
inline constexpr size_t kMaxCount = size_t{1} << 24;

[[gnu::cold, gnu::noinline]] inline coffer_status too_many(coffer_sink& sink, const char* function,
                                                           size_t count) {
  return sink.fail(COFFER_TOO_LARGE, std::string(function) + ": count is " + std::to_string(count) +
                                         "; it may be at most " + std::to_string(kMaxCount));
}

}  // namespace coffer::capi

// Returns from the door's body if the argument is NULL.
#define COFFER_REQUIRE(sink, function, argument) \
  if ((argument) == nullptr) [[unlikely]]        \
  return ::coffer::capi::null_argument(sink, function, #argument)

// Returns from the door's body if bytes are NULL that are not empty.
#define COFFER_REQUIRE_BYTES(sink, function, data, size) \
  if ((data) == nullptr && (size) != 0) [[unlikely]]     \
  return ::coffer::capi::null_bytes(sink, function, #data, size)

// Returns from the door's body if an array cannot have so many items.
#define COFFER_REQUIRE_COUNT(sink, function, count)     \
  if ((count) > ::coffer::capi::kMaxCount) [[unlikely]] \
  return ::coffer::capi::too_many(sink, function, count)

#endif  // COFFER_CAPI_DOOR_H_
