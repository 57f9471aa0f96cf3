// Handles of the C header that release themselves, and statuses that end the command.
#ifndef BINDINGS_CLI_HANDLES_H_
#define BINDINGS_CLI_HANDLES_H_

#include <memory>
#include <string>
#include <string_view>

#include "bindings/cli/failure.h"
#include "bindings/cli/tree.h"
#include "coffer/coffer.h"

namespace coffer::cli {

template <auto kRelease>
struct Releaser {
  template <class T>
  void operator()(T* handle) const {
    kRelease(handle);
  }
};

using RuntimeHandle = std::unique_ptr<coffer_runtime, Releaser<coffer_runtime_release>>;
using CacheHandle = std::unique_ptr<coffer_cache, Releaser<coffer_cache_release>>;
using QueueHandle = std::unique_ptr<coffer_queue, Releaser<coffer_queue_release>>;
using ScanHandle = std::unique_ptr<coffer_scan, Releaser<coffer_scan_release>>;
using SerializerHandle =
    std::unique_ptr<coffer_serializer_handle, Releaser<coffer_serializer_release>>;

// A struct that the library fills, given back at the end of its scope.
struct Entry : coffer_entry {
  Entry() : coffer_entry{} {}
  ~Entry() { coffer_entry_release(this); }
  Entry(const Entry&) = delete;
  Entry& operator=(const Entry&) = delete;
};

struct Buffer : coffer_buffer {
  Buffer() : coffer_buffer{} {}
  ~Buffer() { coffer_buffer_release(this); }
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;
};

// Where the library writes an error: `check(coffer_…(…, error.slot()), error)`.
class Error {
 public:
  Error() = default;
  ~Error() { coffer_error_release(error_); }
  Error(const Error&) = delete;
  Error& operator=(const Error&) = delete;

  coffer_error** slot() {
    if (error_ != nullptr) coffer_error_release(error_);  // no call in a loop that goes well
    error_ = nullptr;
    return &error_;
  }

  // The error's message, or the name of the status if there is none.
  std::string message(coffer_status status) const {
    return error_ != nullptr ? coffer_error_message(error_) : coffer_status_name(status);
  }

 private:
  coffer_error* error_ = nullptr;
};

// Passes outcomes on and throws failures. A wrong argument is the caller's to mend: usage.
inline coffer_status check(coffer_status status, const Error& error) {
  if (status < 16) return status;
  throw Failure(error.message(status), status == COFFER_INVALID_ARGUMENT ? kUsage : kFailed);
}

inline coffer_option text_option(const char* key, std::string_view text) {
  coffer_option option{};
  option.key = key;
  option.type = COFFER_TYPE_TEXT;
  option.text = {text.data(), text.size()};
  return option;
}

}  // namespace coffer::cli

#endif  // BINDINGS_CLI_HANDLES_H_
