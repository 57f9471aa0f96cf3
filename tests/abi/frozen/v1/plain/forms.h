// Which bytes are a big integer or an extension of a known type: what is malformed must be found by
// the decoder, not by whoever receives the value.
#ifndef PLAIN_FORMS_H_
#define PLAIN_FORMS_H_

#include <cstdint>
#include <string_view>

namespace plain {

// "-?[1-9][0-9]*", beyond 64 bits.
bool is_bigint(std::string_view text);

// The canonical bytes of an extension, as coffer/value.h tells for COFFER_EXT_*.
bool is_ext(uint32_t type, std::string_view bytes);

}  // namespace plain

#endif  // PLAIN_FORMS_H_
