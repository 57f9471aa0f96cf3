// Names that callers give: tags, spaces, columns.
#ifndef COFFER_CORE_DEPENDENCY_NAMES_H_
#define COFFER_CORE_DEPENDENCY_NAMES_H_

#include <string>
#include <string_view>

#include "coffer/base.h"
#include "core/error/error.h"

namespace coffer::core {

inline constexpr size_t kMostName = 255;

inline std::string_view view_of(coffer_bytes bytes) {
  return {static_cast<const char*>(bytes.data), bytes.size};
}

// 1 to 255 bytes; `what` is how the message calls it: "tags[3]".
coffer_status check_name(std::string_view what, coffer_bytes name, coffer_sink& sink);
// UTF-8 besides.
coffer_status check_text_name(std::string_view what, coffer_bytes name, coffer_sink& sink);

// For messages, shortened.
std::string shown(std::string_view name);

}  // namespace coffer::core

#endif  // COFFER_CORE_DEPENDENCY_NAMES_H_
