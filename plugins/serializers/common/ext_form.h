// The form of big integers and typed extensions, as coffer/value.h gives it: what a decoder has to
// check before it plays one.
#ifndef COFFER_PLUGINS_SERIALIZERS_COMMON_EXT_FORM_H_
#define COFFER_PLUGINS_SERIALIZERS_COMMON_EXT_FORM_H_

#include <cstddef>
#include <cstdint>

namespace coffer::serial {

// Digits of an integer beyond 64 bits, with nothing in front but a '-'.
bool is_bigint(const char* text, size_t size);

// Whether the bytes are of the type's form. Types without a form of ours take all bytes; 0 is none.
bool is_ext(uint32_t type, const void* data, size_t size);

}  // namespace coffer::serial

#endif  // COFFER_PLUGINS_SERIALIZERS_COMMON_EXT_FORM_H_
