// How core reports failures: the same way plugins do. Every function that can fail returns a
// coffer_status and takes a `coffer_sink&`; whoever fails first fills the sink. The doors in capi
// turn the sink into the caller's coffer_error.
#ifndef COFFER_CORE_ERROR_ERROR_H_
#define COFFER_CORE_ERROR_ERROR_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "coffer/error.h"

struct coffer_error {
  coffer_status status = COFFER_INTERNAL;
  uint32_t flags = 0;
  int64_t retry_after = 0;
  std::string message;
  std::vector<std::pair<std::string, std::string>> details;
  bool is_static = false;  // made beforehand, for when there is no memory for another

  // The detail of that name, or nullptr.
  const char* detail(std::string_view name) const {
    for (const auto& [key, value] : details) {
      if (key == name) return value.c_str();
    }
    return nullptr;
  }
};

// Frees an error that a sink has handed out. It may be NULL.
void release_error(coffer_error* error) noexcept;

// Starts empty, costs one pointer; allocates only when something fails. Without memory the status
// alone is kept, and finish() hands out an error that was made beforehand.
struct coffer_sink {
  coffer_sink() = default;
  coffer_sink(const coffer_sink&) = delete;
  coffer_sink& operator=(const coffer_sink&) = delete;
  ~coffer_sink() {
    if (error != nullptr) [[unlikely]]
      release_error(error);
  }

  // Records a failure and returns its status: `return sink.fail(COFFER_NOT_FOUND, "...")`. The last
  // one counts. A message that is a std::string may throw where it is put together; literals may be
  // used where nothing may be thrown.
  coffer_status fail(coffer_status status, std::string&& message, uint32_t flags = 0) noexcept;
  coffer_status fail(coffer_status status, std::string_view message, uint32_t flags = 0) noexcept;
  coffer_status fail(coffer_status status, const char* message, uint32_t flags = 0) noexcept {
    return fail(status, std::string_view(message), flags);
  }

  // Adds a named detail to the failure recorded. Returns itself, so that details chain.
  coffer_sink& detail(std::string_view name, std::string_view value) noexcept;

  // Puts context before the message: "opening memory://: unknown option ...".
  coffer_sink& prefix(std::string_view context) noexcept;

  // Hands the error out at a door: writes *out (if asked), makes sure a failure has a message,
  // returns `status`.
  coffer_status finish(coffer_status status, coffer_error** out) noexcept {
    if (status < 16) [[likely]] {
      if (out != nullptr) *out = nullptr;
      return status;
    }
    return finish_failure(status, out);
  }

  coffer_error* error = nullptr;

 private:
  coffer_status finish_failure(coffer_status status, coffer_error** out) noexcept;
};

namespace coffer::core {

inline bool failed(coffer_status status) { return status >= 16; }

// "MISS", "TIMEOUT"; "UNKNOWN" for what is no status.
const char* status_name(coffer_status status);

}  // namespace coffer::core

#endif  // COFFER_CORE_ERROR_ERROR_H_
