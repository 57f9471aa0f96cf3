// Typed extensions of a fixed size between their neutral bytes (coffer/value.h, little-endian) and
// those of MessagePack's extension types (big-endian, as all of MessagePack).
#ifndef COFFER_PLUGINS_SERIALIZERS_MSGPACK_EXT_H_
#define COFFER_PLUGINS_SERIALIZERS_MSGPACK_EXT_H_

#include <cstddef>
#include <cstdint>

#include "plugins/serializers/msgpack/format.h"

namespace coffer::msgpack {

struct Payload {
  Ext type;
  uint8_t size;
  unsigned char bytes[16];
};

struct Neutral {
  uint32_t type;
  uint8_t size;
  unsigned char bytes[16];
};

// `data` is of the type's form (serial::is_ext), and the type has a fixed size.
Payload to_payload(uint32_t type, const void* data, size_t size);

// False if the bytes are not of the extension type's form, or it has no fixed size.
bool from_payload(int type, const unsigned char* data, size_t size, Neutral& out);

}  // namespace coffer::msgpack

#endif  // COFFER_PLUGINS_SERIALIZERS_MSGPACK_EXT_H_
