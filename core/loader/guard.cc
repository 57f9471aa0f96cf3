#include "core/loader/guard.h"

#include <exception>
#include <new>
#include <string>

namespace coffer::core {

coffer_status plugin_threw(std::string_view who, coffer_sink& sink, uint32_t flags) noexcept {
  try {
    std::string message;
    try {
      throw;
    } catch (const std::bad_alloc&) {
      return sink.fail(COFFER_EXHAUSTED, "out of memory", COFFER_FAIL_RETRIABLE);
    } catch (const std::exception& exception) {
      message = who;
      message.append(" let an exception escape: ").append(exception.what());
    } catch (...) {
      message = who;
      message.append(" let an exception of unknown type escape");
    }
    sink.fail(COFFER_PLUGIN_FAULT, std::move(message), flags);
  } catch (const std::bad_alloc&) {
    // The status alone still tells the caller what happened.
  }
  return COFFER_PLUGIN_FAULT;
}

}  // namespace coffer::core
