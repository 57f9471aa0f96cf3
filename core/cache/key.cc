#include "core/cache/key.h"

namespace coffer::core {

coffer_status key_too_long(size_t size, size_t prefix, coffer_sink& sink) {
  std::string message = "key of " + std::to_string(size) + " bytes";
  if (prefix > 0) message += " (and " + std::to_string(prefix) + " of its namespace)";
  return sink.fail(COFFER_TOO_LARGE, message + " is longer than the " + std::to_string(COFFER_MAX_KEY) +
                                         " bytes a key may have; hash long keys");
}

}  // namespace coffer::core
