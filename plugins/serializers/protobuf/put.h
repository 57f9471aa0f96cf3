// Writes the pieces of the wire format.
#ifndef COFFER_PLUGINS_SERIALIZERS_PROTOBUF_PUT_H_
#define COFFER_PLUGINS_SERIALIZERS_PROTOBUF_PUT_H_

#include <bit>
#include <cstddef>
#include <cstdint>

#include "plugins/serializers/protobuf/format.h"

namespace coffer::protobuf {

inline constexpr size_t kVarintRoom = 10;

constexpr size_t varint_size(uint64_t value) {
  return (static_cast<size_t>(std::bit_width(value | 1)) + 6) / 7;
}
inline char* put_varint(char* out, uint64_t value) {
  for (; value >= 0x80; value >>= 7) *out++ = static_cast<char>(value | 0x80);
  *out++ = static_cast<char>(value);
  return out;
}

constexpr uint64_t tag(uint32_t field, Wire wire) { return uint64_t{field} << 3 | wire; }
constexpr size_t tag_size(uint32_t field) { return varint_size(tag(field, kVarint)); }
inline char* put_tag(char* out, uint32_t field, Wire wire) {
  return put_varint(out, tag(field, wire));
}

// A field of `value`; written even if it is 0.
constexpr size_t varint_field_size(uint32_t field, uint64_t value) {
  return tag_size(field) + varint_size(value);
}
inline char* put_varint_field(char* out, uint32_t field, uint64_t value) {
  return put_varint(put_tag(out, field, kVarint), value);
}

// The beginning of a field of `size` bytes, and the size of all of it.
constexpr size_t bytes_field_size(uint32_t field, uint64_t size) {
  return varint_field_size(field, size) + size;
}
inline char* put_bytes_field(char* out, uint32_t field, uint64_t size) {
  return put_varint(put_tag(out, field, kBytes), size);
}

// A field of a message within, which is left out if it is 0, as in all of proto3.
inline char* put_if_set(char* out, uint32_t field, uint64_t value) {
  return value == 0 ? out : put_varint_field(out, field, value);
}

}  // namespace coffer::protobuf

#endif  // COFFER_PLUGINS_SERIALIZERS_PROTOBUF_PUT_H_
