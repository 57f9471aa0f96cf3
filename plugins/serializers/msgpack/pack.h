// Writes the pieces of MessagePack, each in its smallest encoding, to anything that has the
// functions of serial::Output.
#ifndef COFFER_PLUGINS_SERIALIZERS_MSGPACK_PACK_H_
#define COFFER_PLUGINS_SERIALIZERS_MSGPACK_PACK_H_

#include <bit>
#include <cstdint>
#include <cstring>

#include "plugins/serializers/common/bytes.h"
#include "plugins/serializers/msgpack/format.h"

namespace coffer::msgpack {

inline constexpr uint64_t kMostCount = UINT32_MAX;  // of items, of pairs, of bytes
inline constexpr size_t kHeaderRoom = 16;           // of every first byte with what belongs to it

// The first byte `first` and a number behind it.
template <typename T>
char* put(char* out, uint8_t first, T value) {
  *out = static_cast<char>(first);
  serial::store_big(out + 1, value);
  return out + 1 + sizeof(value);
}
inline char* put(char* out, unsigned first) {
  *out = static_cast<char>(first);
  return out + 1;
}

inline char* put_unsigned(char* out, uint64_t value) {
  if (value < 0x80) return put(out, static_cast<unsigned>(value));
  if (value <= UINT8_MAX) return put(out, kUint8, static_cast<uint8_t>(value));
  if (value <= UINT16_MAX) return put(out, kUint16, static_cast<uint16_t>(value));
  if (value <= UINT32_MAX) return put(out, kUint32, static_cast<uint32_t>(value));
  return put(out, kUint64, value);
}

inline char* put_signed(char* out, int64_t value) {
  if (value >= 0) return put_unsigned(out, static_cast<uint64_t>(value));
  if (value >= -32) return put(out, static_cast<unsigned>(value));
  if (value >= INT8_MIN) return put(out, kInt8, static_cast<int8_t>(value));
  if (value >= INT16_MIN) return put(out, kInt16, static_cast<int16_t>(value));
  if (value >= INT32_MIN) return put(out, kInt32, static_cast<int32_t>(value));
  return put(out, kInt64, value);
}

// The beginnings of what has a size, up to kMostCount.
inline char* begin_str(char* out, uint64_t size) {
  if (size < 32) return put(out, kFixStr | static_cast<unsigned>(size));
  if (size <= UINT8_MAX) return put(out, kStr8, static_cast<uint8_t>(size));
  if (size <= UINT16_MAX) return put(out, kStr8 + 1, static_cast<uint16_t>(size));
  return put(out, kStr32, static_cast<uint32_t>(size));
}
inline char* begin_bin(char* out, uint64_t size) {
  if (size <= UINT8_MAX) return put(out, kBin8, static_cast<uint8_t>(size));
  if (size <= UINT16_MAX) return put(out, kBin8 + 1, static_cast<uint16_t>(size));
  return put(out, kBin32, static_cast<uint32_t>(size));
}
inline char* begin_array(char* out, uint64_t count) {
  if (count < 16) return put(out, kFixArray | static_cast<unsigned>(count));
  if (count <= UINT16_MAX) return put(out, kArray16, static_cast<uint16_t>(count));
  return put(out, kArray32, static_cast<uint32_t>(count));
}
inline char* begin_map(char* out, uint64_t count) {
  if (count < 16) return put(out, kFixMap | static_cast<unsigned>(count));
  if (count <= UINT16_MAX) return put(out, kMap16, static_cast<uint16_t>(count));
  return put(out, kMap32, static_cast<uint32_t>(count));
}
inline char* begin_ext(char* out, int8_t type, uint64_t size) {
  if (size <= 16 && std::has_single_bit(size)) {
    out = put(out, kFixExt1 + static_cast<unsigned>(std::countr_zero(size)));
  } else if (size <= UINT8_MAX) {
    out = put(out, kExt8, static_cast<uint8_t>(size));
  } else if (size <= UINT16_MAX) {
    out = put(out, kExt8 + 1, static_cast<uint16_t>(size));
  } else {
    out = put(out, kExt32, static_cast<uint32_t>(size));
  }
  return put(out, static_cast<uint8_t>(type));
}

}  // namespace coffer::msgpack

#endif  // COFFER_PLUGINS_SERIALIZERS_MSGPACK_PACK_H_
