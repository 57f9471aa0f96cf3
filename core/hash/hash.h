// The 64-bit hash of a key: computed once per operation, used by the index of a store and by
// strategies.
//
// One 64x64->128 bit multiplication per 16 bytes, folded, after the idea of wyhash (Wang Yi, 2019).
// Both factors are seeded, per runtime, so that nobody outside can choose keys that collide or make
// a factor zero; the hash never leaves the process.
#ifndef COFFER_CORE_HASH_HASH_H_
#define COFFER_CORE_HASH_HASH_H_

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace coffer::core {

// Odd constants from the hexadecimal digits of pi.
inline constexpr uint64_t kHashA = 0x243f6a8885a308d3;
inline constexpr uint64_t kHashB = 0x13198a2e03707345;
inline constexpr uint64_t kHashC = 0xa4093822299f31d1;

inline uint64_t hash_fold(uint64_t a, uint64_t b) {
  const unsigned __int128 product = static_cast<unsigned __int128>(a) * b;
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

inline uint64_t hash_load64(const unsigned char* p) {
  uint64_t word;
  std::memcpy(&word, p, sizeof word);
  return word;
}

inline uint64_t hash_load32(const unsigned char* p) {
  uint32_t word;
  std::memcpy(&word, p, sizeof word);
  return word;
}

inline uint64_t hash_bytes(const void* data, size_t size, uint64_t seed) {
  const auto* p = static_cast<const unsigned char*>(data);
  const uint64_t secret = seed ^ kHashB;
  // The size takes part, or zeros of any length would have one hash.
  uint64_t state = (seed ^ kHashA) + size * kHashC;
  uint64_t a = 0;
  uint64_t b = 0;
  if (size > 16) {
    // The last 16 bytes, overlapping what is read before: no tail loop.
    const unsigned char* last = p + size - 16;
    for (size_t left = size; left > 32; left -= 16, p += 16) {
      state = hash_fold(hash_load64(p) ^ secret, hash_load64(p + 8) ^ state);
    }
    state = hash_fold(hash_load64(p) ^ secret, hash_load64(p + 8) ^ state);
    a = hash_load64(last);
    b = hash_load64(last + 8);
  } else if (size >= 8) {
    a = hash_load64(p);
    b = hash_load64(p + size - 8);
  } else if (size >= 4) {
    a = hash_load32(p);
    b = hash_load32(p + size - 4);
  } else if (size > 0) {
    a = static_cast<uint64_t>(p[0]) << 16 | static_cast<uint64_t>(p[size / 2]) << 8 | p[size - 1];
  }
  return hash_fold(a ^ secret, b ^ state);
}

}  // namespace coffer::core

#endif  // COFFER_CORE_HASH_HASH_H_
