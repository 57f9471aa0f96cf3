#include "core/error/error.h"

#include <new>

namespace {

constexpr coffer_status kFirstFailure = 16;
constexpr coffer_status kStatuses = COFFER_INTERNAL + 1 - kFirstFailure;

// Errors for when memory runs out while a failure is reported: one for each status, whose message
// is so short that a string needs no memory for it. Never destroyed: programs may hold them until
// the end.
struct Spare {
  union {
    coffer_error errors[kStatuses];
  };
  Spare() {
    for (coffer_status i = 0; i < kStatuses; ++i) {
      auto* const error = new (&errors[i]) coffer_error;
      error->status = kFirstFailure + i;
      error->message = "out of memory";
      error->is_static = true;
    }
  }
  ~Spare() {}
};
Spare g_spare;

coffer_error* spare_error(coffer_status status) {
  const coffer_status at = status - kFirstFailure;
  return &g_spare.errors[at >= 0 && at < kStatuses ? at : COFFER_INTERNAL - kFirstFailure];
}

}  // namespace

void release_error(coffer_error* error) noexcept {
  if (error != nullptr && !error->is_static) delete error;
}

coffer_status coffer_sink::fail(coffer_status status, std::string&& message,
                                uint32_t flags) noexcept {
  auto* const fresh = new (std::nothrow) coffer_error;
  // Without memory the status alone still tells the caller what happened.
  if (fresh == nullptr) return status;
  fresh->status = status;
  fresh->flags = flags;
  fresh->message = std::move(message);
  release_error(error);
  error = fresh;
  return status;
}

coffer_status coffer_sink::fail(coffer_status status, std::string_view message,
                                uint32_t flags) noexcept {
  try {
    return fail(status, std::string(message), flags);
  } catch (const std::bad_alloc&) {
    return status;
  }
}

coffer_sink& coffer_sink::detail(std::string_view name, std::string_view value) noexcept {
  if (error == nullptr) return *this;
  try {
    error->details.emplace_back(name, value);
  } catch (const std::bad_alloc&) {
  }
  return *this;
}

coffer_sink& coffer_sink::prefix(std::string_view context) noexcept {
  if (error == nullptr) return *this;
  try {
    error->message.insert(0, std::string(context) + ": ");
  } catch (const std::bad_alloc&) {
  }
  return *this;
}

coffer_status coffer_sink::finish_failure(coffer_status status, coffer_error** out) noexcept {
  if (out == nullptr) return status;
  if (error == nullptr) {
    // Either memory ran out while reporting, or a plugin failed without saying why.
    fail(status,
         status == COFFER_EXHAUSTED ? "out of memory" : "failed without a reason being reported");
  }
  if (error == nullptr) error = spare_error(status);
  if (!error->is_static) error->status = status;
  *out = std::exchange(error, nullptr);
  return status;
}

namespace coffer::core {

const char* status_name(coffer_status status) {
  switch (status) {
    case COFFER_OK: return "OK";
    case COFFER_MISS: return "MISS";
    case COFFER_EXISTS: return "EXISTS";
    case COFFER_CONFLICT: return "CONFLICT";
    case COFFER_SHORT: return "SHORT";
    case COFFER_END: return "END";
    case COFFER_SUPERSEDED: return "SUPERSEDED";
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

}  // namespace coffer::core
