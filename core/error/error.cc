#include "core/error/error.h"

#include <memory>
#include <new>

coffer_status coffer_sink::fail(coffer_status status, std::string message, uint32_t flags) noexcept {
  try {
    auto fresh = std::make_unique<coffer_error>();
    fresh->status = status;
    fresh->flags = flags;
    fresh->message = std::move(message);
    delete error;
    error = fresh.release();
  } catch (const std::bad_alloc&) {
    // The status alone still tells the caller what happened.
  }
  return status;
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
    fail(status, status == COFFER_EXHAUSTED ? "out of memory" : "failed without a reason being reported");
  }
  if (error != nullptr) error->status = status;
  *out = error;
  error = nullptr;
  return status;
}
