// Typed extensions as plain text (the option ext=plain), and what messages call them.
#ifndef COFFER_PLUGINS_SERIALIZERS_COMMON_EXT_TEXT_H_
#define COFFER_PLUGINS_SERIALIZERS_COMMON_EXT_TEXT_H_

#include <cstddef>
#include <cstdint>
#include <string>

namespace coffer::serial {

// What a value of this COFFER_EXT_* is called in messages: "a date".
const char* ext_name(uint32_t type);

// Appends the text: decimals as they are, the rest as ISO 8601 and RFC 4122 write it. False for a
// type without one, or bytes that are not of the type's form.
bool write_ext(std::string& out, uint32_t type, const void* data, size_t size);

}  // namespace coffer::serial

#endif  // COFFER_PLUGINS_SERIALIZERS_COMMON_EXT_TEXT_H_
