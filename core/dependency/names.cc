#include "core/dependency/names.h"

#include <string>

#include "core/dependency/describe.h"
#include "core/value/utf8.h"

namespace coffer::core {

coffer_status check_name(std::string_view what, coffer_bytes name, coffer_sink& sink) {
  if (name.data == nullptr && name.size > 0) {
    return sink.fail(COFFER_INVALID_ARGUMENT,
                     std::string(what) + " is NULL, its size is " + std::to_string(name.size));
  }
  if (name.size == 0)
    return sink.fail(COFFER_INVALID_ARGUMENT, std::string(what) + " is empty; it needs a name");
  if (name.size > kMostName) {
    return sink.fail(COFFER_TOO_LARGE, std::string(what) + " \"" + shown(view_of(name)) +
                                           "\" has " + std::to_string(name.size) +
                                           " bytes; at most 255 are allowed");
  }
  return COFFER_OK;
}

coffer_status check_text_name(std::string_view what, coffer_bytes name, coffer_sink& sink) {
  const coffer_status status = check_name(what, name, sink);
  if (failed(status) || is_utf8(view_of(name))) return status;
  return sink.fail(COFFER_INVALID_ARGUMENT,
                   std::string(what) + " \"" + shown(view_of(name)) + "\" is not UTF-8");
}

std::string shown(std::string_view name) { return printable(name, 60); }

}  // namespace coffer::core
