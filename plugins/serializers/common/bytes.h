// Integers as bytes in a stated order, whatever the machine's.
#ifndef COFFER_PLUGINS_SERIALIZERS_COMMON_BYTES_H_
#define COFFER_PLUGINS_SERIALIZERS_COMMON_BYTES_H_

#include <bit>
#include <cstdint>
#include <cstring>
#include <type_traits>

namespace coffer::serial {

// The same integer with its bytes in the other order.
template <typename T>
T swapped(T value) {
  using Unsigned = std::make_unsigned_t<T>;
  const auto bits = static_cast<Unsigned>(value);
  if constexpr (sizeof(T) == 1) {
    return value;
  } else if constexpr (sizeof(T) == 2) {
    return static_cast<T>(__builtin_bswap16(bits));
  } else if constexpr (sizeof(T) == 4) {
    return static_cast<T>(__builtin_bswap32(bits));
  } else {
    return static_cast<T>(__builtin_bswap64(bits));
  }
}

template <typename T>
T load_little(const void* from) {
  T value;
  std::memcpy(&value, from, sizeof(value));
  return std::endian::native == std::endian::little ? value : swapped(value);
}

template <typename T>
T load_big(const void* from) {
  T value;
  std::memcpy(&value, from, sizeof(value));
  return std::endian::native == std::endian::big ? value : swapped(value);
}

template <typename T>
void store_little(void* to, T value) {
  if (std::endian::native != std::endian::little) value = swapped(value);
  std::memcpy(to, &value, sizeof(value));
}

template <typename T>
void store_big(void* to, T value) {
  if (std::endian::native != std::endian::big) value = swapped(value);
  std::memcpy(to, &value, sizeof(value));
}

}  // namespace coffer::serial

#endif  // COFFER_PLUGINS_SERIALIZERS_COMMON_BYTES_H_
