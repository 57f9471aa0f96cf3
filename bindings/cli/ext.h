// Typed extensions of coffer/value.h as readable text.
#ifndef BINDINGS_CLI_EXT_H_
#define BINDINGS_CLI_EXT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace coffer::cli {

// Decimal digits, a UUID, ISO 8601 for dates and times, seconds for durations. Nothing if the type
// is an application's own or the bytes are not what the type promises.
std::optional<std::string> ext_text(uint32_t type, std::string_view bytes);

}  // namespace coffer::cli

#endif  // BINDINGS_CLI_EXT_H_
