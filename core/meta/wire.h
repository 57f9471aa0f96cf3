// The protobuf wire format, as far as the envelope needs it, without libprotobuf: that would clash
// with another copy in the host's process.
#ifndef COFFER_CORE_META_WIRE_H_
#define COFFER_CORE_META_WIRE_H_

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

namespace coffer::core::wire {

enum Type : uint32_t { kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5 };

constexpr uint32_t tag(uint32_t field, Type type) { return field << 3 | type; }

constexpr size_t varint_size(uint64_t value) {
  // 7 bits a byte: (bits * 9 + 64) / 64 is the quotient rounded up, without a division.
  return static_cast<size_t>(std::bit_width(value | 1) * 9 + 64) / 64;
}

// Numbers of fixed width are little-endian.
template <typename T>
T from_little(T value) {
  static_assert(std::is_unsigned_v<T>);
  if constexpr (std::endian::native == std::endian::little) return value;
  if constexpr (sizeof(T) == 8) return __builtin_bswap64(value);
  return static_cast<T>(__builtin_bswap32(static_cast<uint32_t>(value)));
}

template <typename T>
T load(const char* from) {
  T value;
  std::memcpy(&value, from, sizeof value);
  return from_little(value);
}

template <typename T>
char* store(char* to, T value) {
  value = from_little(value);
  std::memcpy(to, &value, sizeof value);
  return to + sizeof value;
}

inline char* put_varint(char* to, uint64_t value) {
  while (value >= 0x80) {
    *to++ = static_cast<char>(value | 0x80);
    value >>= 7;
  }
  *to++ = static_cast<char>(value);
  return to;
}

inline char* put_bytes(char* to, const void* data, size_t size) {
  if (size != 0) std::memcpy(to, data, size);
  return to + size;
}

// Reads from bytes of unknown origin. Functions that fail return false and leave the position where
// the damage is.
class Cursor {
 public:
  Cursor(const char* data, size_t size) : begin_(data), at_(data), end_(data + size) {}

  bool done() const { return at_ == end_; }
  const char* at() const { return at_; }
  size_t offset() const { return static_cast<size_t>(at_ - begin_); }
  size_t left() const { return static_cast<size_t>(end_ - at_); }

  // At most ten bytes; what exceeds 64 bits is dropped, as protobuf libraries do.
  bool varint(uint64_t& out) {
    if (at_ != end_ && static_cast<unsigned char>(*at_) < 0x80) [[likely]] {
      out = static_cast<unsigned char>(*at_++);
      return true;
    }
    return long_varint(out);
  }

  // A field's number and type. False for number 0, types that do not exist, and groups.
  bool tag(uint32_t& out) {
    const char* const start = at_;
    uint64_t value;
    if (!varint(value) || at_ - start > 5 || value > UINT32_MAX || value >> 3 == 0 ||
        !is_type(value & 7)) {
      at_ = start;
      return false;
    }
    out = static_cast<uint32_t>(value);
    return true;
  }

  template <typename T>
  bool fixed(T& out) {
    if (left() < sizeof(T)) return false;
    out = load<T>(at_);
    at_ += sizeof(T);
    return true;
  }

  // A length, and so many bytes in place.
  bool bytes(const char*& data, size_t& size) {
    const char* const start = at_;
    uint64_t length;
    if (!varint(length) || length > left()) {
      at_ = start;
      return false;
    }
    data = at_;
    size = static_cast<size_t>(length);
    at_ += size;
    return true;
  }

  // Over this tag, if it is the next.
  template <uint32_t Tag>
  bool next_is() {
    constexpr size_t kSize = varint_size(Tag);
    static_assert(kSize <= 2);
    if (left() < kSize || *at_ != static_cast<char>(kSize == 1 ? Tag : (Tag | 0x80))) return false;
    if (kSize == 2 && at_[1] != static_cast<char>(Tag >> 7)) return false;
    at_ += kSize;
    return true;
  }

  // Over the content of a field with this tag.
  bool skip(uint32_t tag) {
    uint64_t ignored64;
    uint32_t ignored32;
    const char* data;
    size_t size;
    switch (tag & 7) {
      case kVarint: return varint(ignored64);
      case kFixed64: return fixed(ignored64);
      case kBytes: return bytes(data, size);
      default: return fixed(ignored32);
    }
  }

 private:
  static bool is_type(uint64_t type) {
    return type == kVarint || type == kFixed64 || type == kBytes || type == kFixed32;
  }

  bool long_varint(uint64_t& out) {
    uint64_t value = 0;
    const char* at = at_;
    for (unsigned shift = 0; shift < 70; shift += 7) {
      if (at == end_) return false;
      const auto byte = static_cast<unsigned char>(*at++);
      value |= static_cast<uint64_t>(byte & 0x7F) << shift;
      if (byte < 0x80) {
        out = value;
        at_ = at;
        return true;
      }
    }
    return false;
  }

  const char* const begin_;
  const char* at_;
  const char* const end_;
};

}  // namespace coffer::core::wire

#endif  // COFFER_CORE_META_WIRE_H_
