// Bytes as text in base 64 (RFC 4648, padded).
#ifndef COFFER_PLUGINS_SERIALIZERS_COMMON_BASE64_H_
#define COFFER_PLUGINS_SERIALIZERS_COMMON_BASE64_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "plugins/serializers/common/output.h"

namespace coffer::serial {

void write_base64(Output& out, const void* data, size_t size);

// Replaces `out` by the bytes, as Python's base64.decodebytes() reads them: ASCII characters that
// are no digits are skipped, and where padding completes a group, the text ends. False if a group
// lacks digits or padding, and for other characters.
bool read_base64(std::string_view text, std::string& out);

}  // namespace coffer::serial

#endif  // COFFER_PLUGINS_SERIALIZERS_COMMON_BASE64_H_
