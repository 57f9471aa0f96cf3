// Doors of coffer/error.h.
#include "coffer/error.h"

#include "core/error/error.h"

coffer_status coffer_error_status(const coffer_error* error) {
  return error != nullptr ? error->status : COFFER_OK;
}

uint32_t coffer_error_flags(const coffer_error* error) {
  return error != nullptr ? error->flags : 0;
}

int64_t coffer_error_retry_after(const coffer_error* error) {
  return error != nullptr ? error->retry_after : 0;
}

const char* coffer_error_message(const coffer_error* error) {
  return error != nullptr ? error->message.c_str() : "";
}

const char* coffer_error_detail(const coffer_error* error, const char* name) {
  return error != nullptr && name != nullptr ? error->detail(name) : nullptr;
}

void coffer_error_release(coffer_error* error) { release_error(error); }

coffer_status coffer_sink_fail(coffer_sink* sink, coffer_status status, uint32_t flags,
                               const char* message) {
  if (sink != nullptr) sink->fail(status, message != nullptr ? message : "", flags);
  return status;
}

const char* coffer_status_name(coffer_status status) { return coffer::core::status_name(status); }
