// Doors of coffer/error.h.
#include "coffer/error.h"

#include "core/error/error.h"

coffer_status coffer_error_status(const coffer_error* error) { return error != nullptr ? error->status : COFFER_OK; }

uint32_t coffer_error_flags(const coffer_error* error) { return error != nullptr ? error->flags : 0; }

int64_t coffer_error_retry_after(const coffer_error* error) { return error != nullptr ? error->retry_after : 0; }

const char* coffer_error_message(const coffer_error* error) { return error != nullptr ? error->message.c_str() : ""; }

const char* coffer_error_detail(const coffer_error* error, const char* name) {
  if (error == nullptr || name == nullptr) return nullptr;
  for (const auto& [key, value] : error->details) {
    if (key == name) return value.c_str();
  }
  return nullptr;
}

void coffer_error_release(coffer_error* error) { delete error; }

coffer_status coffer_sink_fail(coffer_sink* sink, coffer_status status, uint32_t flags, const char* message) {
  if (sink != nullptr) sink->fail(status, message != nullptr ? message : "", flags);
  return status;
}

const char* coffer_status_name(coffer_status status) {
  switch (status) {
    case COFFER_OK: return "OK";
    case COFFER_MISS: return "MISS";
    case COFFER_EXISTS: return "EXISTS";
    case COFFER_CONFLICT: return "CONFLICT";
    case COFFER_SHORT: return "SHORT";
    case COFFER_END: return "END";
    case COFFER_INVALID_ARGUMENT: return "INVALID_ARGUMENT";
    case COFFER_INVALID_STATE: return "INVALID_STATE";
    case COFFER_UNSUPPORTED: return "UNSUPPORTED";
    case COFFER_TOO_LARGE: return "TOO_LARGE";
    case COFFER_EXHAUSTED: return "EXHAUSTED";
    case COFFER_CANCELLED: return "CANCELLED";
    case COFFER_TIMEOUT: return "TIMEOUT";
    case COFFER_UNAVAILABLE: return "UNAVAILABLE";
    case COFFER_IO: return "IO";
    case COFFER_CORRUPT: return "CORRUPT";
    case COFFER_DENIED: return "DENIED";
    case COFFER_NOT_FOUND: return "NOT_FOUND";
    case COFFER_ABI_MISMATCH: return "ABI_MISMATCH";
    case COFFER_PLUGIN_FAULT: return "PLUGIN_FAULT";
    case COFFER_INTERNAL: return "INTERNAL";
    default: return "UNKNOWN";
  }
}
