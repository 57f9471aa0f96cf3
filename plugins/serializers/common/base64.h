// Bytes as text in base 64 (RFC 4648, padded).
#ifndef COFFER_PLUGINS_SERIALIZERS_COMMON_BASE64_H_
#define COFFER_PLUGINS_SERIALIZERS_COMMON_BASE64_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "plugins/serializers/common/output.h"

namespace coffer::serial {

void write_base64(Output& out, const void* data, size_t size);

// Replaces `out` by the bytes; spaces and line breaks in the text are skipped. False if the text is
// of another form.
bool read_base64(std::string_view text, std::string& out);

}  // namespace coffer::serial

#endif  // COFFER_PLUGINS_SERIALIZERS_COMMON_BASE64_H_
