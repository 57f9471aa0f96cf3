// coffer/result.hpp: what a call came to: a value, an outcome such as a miss, or a failure that
// explains itself.
//
//   if (auto user = cache.get("user:7")) {      // found
//     use(user->text());
//   } else if (user.missed()) {                 // not there: no failure, nothing was allocated
//     compute();
//   } else {                                    // failed
//     log(user.message());
//   }
#ifndef COFFER_RESULT_HPP_
#define COFFER_RESULT_HPP_

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "coffer/error.h"

namespace coffer {

// The statuses of the C ABI, see coffer/base.h. A library newer than this header may return others:
// 16 and up are failures.
enum class Status : coffer_status {
  kOk = COFFER_OK,
  kMiss = COFFER_MISS,
  kExists = COFFER_EXISTS,
  kConflict = COFFER_CONFLICT,
  kShort = COFFER_SHORT,
  kEnd = COFFER_END,
  kSuperseded = COFFER_SUPERSEDED,
  kInvalidArgument = COFFER_INVALID_ARGUMENT,
  kInvalidState = COFFER_INVALID_STATE,
  kUnsupported = COFFER_UNSUPPORTED,
  kTooLarge = COFFER_TOO_LARGE,
  kExhausted = COFFER_EXHAUSTED,
  kCancelled = COFFER_CANCELLED,
  kTimeout = COFFER_TIMEOUT,
  kUnavailable = COFFER_UNAVAILABLE,
  kIo = COFFER_IO,
  kCorrupt = COFFER_CORRUPT,
  kDenied = COFFER_DENIED,
  kNotFound = COFFER_NOT_FOUND,
  kAbiMismatch = COFFER_ABI_MISMATCH,
  kPluginFault = COFFER_PLUGIN_FAULT,
  kInternal = COFFER_INTERNAL,
};

// "MISS", "TIMEOUT", ...: the name of a status.
inline const char* status_name(Status status) noexcept {
  return coffer_status_name(static_cast<coffer_status>(status));
}

// How a call without a value ended. Move-only; true if it did what it was asked for.
class [[nodiscard]] Outcome {
 public:
  Outcome() noexcept = default;

  // From a call of the C ABI; takes the error.
  Outcome(coffer_status status, coffer_error* error) noexcept : error_(error), status_(status) {}

  // A failure that C++ code finds by itself; `message` is a literal.
  static Outcome failure(Status status, const char* message) noexcept {
    Outcome outcome(static_cast<coffer_status>(status), nullptr);
    outcome.message_ = message;
    return outcome;
  }

  Outcome(Outcome&& other) noexcept
      : error_(std::exchange(other.error_, nullptr)),
        message_(other.message_),
        status_(other.status_) {}
  Outcome& operator=(Outcome&& other) noexcept {
    if (this == &other) return *this;
    release();
    error_ = std::exchange(other.error_, nullptr);
    message_ = other.message_;
    status_ = other.status_;
    return *this;
  }
  ~Outcome() { release(); }

  Status status() const noexcept { return static_cast<Status>(status_); }
  bool ok() const noexcept { return status_ == COFFER_OK; }
  explicit operator bool() const noexcept { return ok(); }
  // Nothing under this key. A cached null is not a miss.
  bool missed() const noexcept { return status_ == COFFER_MISS; }
  // Neither ok nor an outcome such as a miss: message() tells what went wrong.
  bool failed() const noexcept { return status_ >= COFFER_INVALID_ARGUMENT; }

  // One sentence: what failed, on what, what to do. Lives as long as this object.
  const char* message() const noexcept {
    if (error_ != nullptr) return coffer_error_message(error_);
    return message_ != nullptr ? message_ : coffer_status_name(status_);
  }
  // A named detail of a failure ("plugin", "option", "offset", ...) or nullptr.
  const char* detail(const char* name) const noexcept {
    return error_ != nullptr ? coffer_error_detail(error_, name) : nullptr;
  }
  // The same call may succeed later, after retry_after() (zero if unknown).
  bool retriable() const noexcept { return (flags() & COFFER_FAIL_RETRIABLE) != 0; }
  std::chrono::nanoseconds retry_after() const noexcept {
    return std::chrono::nanoseconds(error_ != nullptr ? coffer_error_retry_after(error_) : 0);
  }
  // A write may have happened although it was not confirmed.
  bool maybe_applied() const noexcept { return (flags() & COFFER_FAIL_MAYBE_APPLIED) != 0; }
  // COFFER_FAIL_* flags.
  std::uint32_t flags() const noexcept {
    return error_ != nullptr ? coffer_error_flags(error_) : 0;
  }

  // The outcome alone, to pass on as a result of another type: `return std::move(it).outcome();`
  Outcome&& outcome() && noexcept { return std::move(*this); }

  // Says in code that this may fail: results are [[nodiscard]].
  void ignore() const noexcept {}

 private:
  template <typename T>
  friend class Result;

  void release() noexcept {
    if (error_ != nullptr) coffer_error_release(error_);
  }

  coffer_error* error_ = nullptr;
  const char* message_ = nullptr;
  coffer_status status_ = COFFER_OK;
};

// A value, or why there is none. Without one, `*result` is a default T: never undefined behaviour.
template <typename T>
class [[nodiscard]] Result : public Outcome {
 public:
  Result(T value) noexcept : value_(std::move(value)) {}  // NOLINT: implicit on purpose
  Result(Outcome&& outcome) noexcept : Outcome(std::move(outcome)) {}  // NOLINT: as above

  // For bindings: `call(T* out, coffer_error** error)` writes in place, nothing is moved.
  template <typename Call>
  static Result from(Call&& call) noexcept {
    Result result;
    result.status_ = call(&result.value_, &result.error_);
    return result;
  }

  T& operator*() & noexcept { return value_; }
  const T& operator*() const& noexcept { return value_; }
  // Of a temporary the value itself, so that `for (auto& x : *call())` is sound.
  T operator*() && noexcept { return std::move(value_); }
  T* operator->() noexcept { return &value_; }
  const T* operator->() const noexcept { return &value_; }

  // The value; ends the program with the message if there is none.
  T& value() & noexcept {
    require();
    return value_;
  }
  const T& value() const& noexcept {
    require();
    return value_;
  }
  T value() && noexcept {
    require();
    return std::move(value_);
  }
  // The value, or `other` if there is none.
  template <typename U>
  T value_or(U&& other) && {
    return ok() ? std::move(value_) : T(std::forward<U>(other));
  }

 private:
  Result() noexcept = default;

  void require() const noexcept {
    if (ok()) return;
    std::fprintf(stderr, "coffer: value() of a result without one: %s\n", message());
    std::abort();
  }

  T value_{};
};

}  // namespace coffer

#endif  // COFFER_RESULT_HPP_
