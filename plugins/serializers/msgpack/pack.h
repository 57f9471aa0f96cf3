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

// How an integer is written whose sign and number of significant bits are known.
struct IntegerForm {
  uint8_t first;  // byte
  uint8_t own;    // which of its bits are the integer's
  uint8_t bytes;  // behind it
  uint8_t shift;  // that brings those to the top of 64 bits
};

inline constexpr int kMostBits = 64;

// By sign, then by bits: those of the integer, or of its complement if it is negative.
struct IntegerForms {
  IntegerForm of[2][kMostBits + 1] = {};

  constexpr IntegerForms() {
    for (int bits = 0; bits <= kMostBits; ++bits) {
      of[0][bits] = bits <= 7 ? form(0, 0) : form(kUint8, bytes_for(bits));
      of[1][bits] = bits <= 5 ? form(0, 0) : form(kInt8, bytes_for(bits + 1));
    }
  }

 private:
  static constexpr unsigned bytes_for(int bits) {
    return bits <= 8 ? 1 : bits <= 16 ? 2 : bits <= 32 ? 4 : 8;
  }
  // `base` is the first byte for one byte; those for two, four and eight come next.
  static constexpr IntegerForm form(unsigned base, unsigned bytes) {
    if (bytes == 0) return {0, 0xff, 0, 0};
    return {static_cast<uint8_t>(base + static_cast<unsigned>(std::countr_zero(bytes))), 0,
            static_cast<uint8_t>(bytes), static_cast<uint8_t>(64 - 8 * bytes)};
  }
};
inline constexpr IntegerForms kIntegerForms;

// Writes 9 bytes, of which the last may not count. Without a branch: sizes of integers are hard to
// guess.
inline char* put_integer(char* out, uint64_t value, const IntegerForm& form) {
  *out = static_cast<char>(form.first | (value & form.own));
  serial::store_big(out + 1, value << form.shift);
  return out + 1 + form.bytes;
}

inline char* put_unsigned(char* out, uint64_t value) {
  return put_integer(out, value, kIntegerForms.of[0][std::bit_width(value)]);
}

inline char* put_signed(char* out, int64_t value) {
  const auto bits = static_cast<uint64_t>(value);
  const uint64_t sign = bits >> 63;
  return put_integer(out, bits, kIntegerForms.of[sign][std::bit_width(bits ^ (0 - sign))]);
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
