// The other direction of ext_text.h: typed extensions from their plain text.
#ifndef COFFER_PLUGINS_SERIALIZERS_COMMON_EXT_PARSE_H_
#define COFFER_PLUGINS_SERIALIZERS_COMMON_EXT_PARSE_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace coffer::serial {

struct ParsedExt {
  unsigned char bytes[16];
  size_t size;
};

// Reads what write_ext wrote of `type`, all but decimals, whose text is their bytes. False if it is
// not of that form.
bool parse_ext(uint32_t type, std::string_view text, ParsedExt& out);

}  // namespace coffer::serial

#endif  // COFFER_PLUGINS_SERIALIZERS_COMMON_EXT_PARSE_H_
