// Which entry is under a key: a table of buckets of one cache line. Readers search it without a
// lock while one writer (who holds the shard's lock) changes it.
//
// A bucket has seven slots, each with the address of an entry and 16 bits of its hash, and a word
// with 7 more bits of each hash, so that one comparison finds the candidates. What has no room in
// its home bucket goes to the next with room, and each bucket counts how many passed it by: a
// search ends at the first that counts none. Entries never move within a table; a bigger one is
// built aside and published whole.
#ifndef COFFER_PLUGINS_STORES_MEMORY_INDEX_H_
#define COFFER_PLUGINS_STORES_MEMORY_INDEX_H_

#include <atomic>
#include <cstdint>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "plugins/stores/memory/entry.h"

namespace coffer::memory {

struct alignas(64) Bucket {
  static constexpr int kSlots = 7;
  static constexpr uint64_t kPassedBy = uint64_t{1} << 56;

  // Bytes 0 to 6: marks of the slots, 0 if empty. Byte 7: how many passed by; stays at 255.
  std::atomic<uint64_t> marks{0};
  std::atomic<uint64_t> slots[kSlots] = {};

  // Of the result the lowest byte counts.
  static uint32_t mark_of(uint64_t hash) { return static_cast<uint32_t>(hash >> 16) | 0x80; }
  // Addresses have 48 bits.
  static uint64_t slot_of(uint64_t hash, const Entry* entry) {
    return reinterpret_cast<uint64_t>(entry) << 16 | (hash & 0xffff);
  }
  static Entry* entry_of(uint64_t slot) { return reinterpret_cast<Entry*>(slot >> 16); }

  // One bit per slot with this mark.
  static uint32_t matches(uint64_t marks, uint32_t mark) {
#if defined(__SSE2__)
    const __m128i one = _mm_cvtsi32_si128(static_cast<int>(mark));
    const __m128i all = _mm_shufflelo_epi16(_mm_unpacklo_epi8(one, one), 0);
    const __m128i equal = _mm_cmpeq_epi8(_mm_cvtsi64_si128(static_cast<int64_t>(marks)), all);
    return static_cast<uint32_t>(_mm_movemask_epi8(equal)) & 0x7f;
#else
    uint32_t bits = 0;
    for (int i = 0; i < kSlots; ++i)
      bits |= uint32_t{(marks >> 8 * i & 0xff) == (mark & 0xff)} << i;
    return bits;
#endif
  }
};
static_assert(sizeof(Bucket) == 64);

struct alignas(64) Table {
  uint64_t bucket_count;

  Bucket* buckets() { return reinterpret_cast<Bucket*>(this + 1); }
  Bucket* end() { return buckets() + bucket_count; }
  // The upper half of the hash, scaled down to the number of buckets. (Below 2^32 of them, which
  // would hold more entries than there are addresses.)
  Bucket* home(uint64_t hash_high) {
    const uint64_t offset = hash_high * bucket_count >> 26 & ~uint64_t{63};
    return reinterpret_cast<Bucket*>(reinterpret_cast<char*>(buckets()) + offset);
  }
  static uint64_t size_for(uint64_t bucket_count) { return sizeof(Table) + bucket_count * 64; }
  uint64_t bytes() const { return size_for(bucket_count); }
};

inline uint64_t load_word(const char* p) {
  uint64_t word;
  std::memcpy(&word, p, sizeof word);
  return word;
}

// Are the 16 bytes at `a` and at `b`, and those at `c` and at `d`, the same?
inline bool same_pairs(const char* a, const char* b, const char* c, const char* d) {
#if defined(__SSE2__)
  const auto load = [](const char* p) {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
  };
  const __m128i equal =
      _mm_and_si128(_mm_cmpeq_epi8(load(a), load(b)), _mm_cmpeq_epi8(load(c), load(d)));
  return _mm_movemask_epi8(equal) == 0xffff;
#else
  return ((load_word(a) ^ load_word(b)) | (load_word(a + 8) ^ load_word(b + 8)) |
          (load_word(c) ^ load_word(d)) | (load_word(c + 8) ^ load_word(d + 8))) == 0;
#endif
}

// memcmp(a, b, size) == 0 for 8 to 32 bytes, as most keys have; of others false.
inline bool same_usual_bytes(const char* a, const char* b, size_t size) {
  if (size - 16 <= 16) return same_pairs(a, b, a + size - 16, b + size - 16);
  return size - 8 <= 8 && load_word(a) == load_word(b) &&
         load_word(a + size - 8) == load_word(b + size - 8);
}
// The same for any size.
bool same_bytes(const char* a, const char* b, size_t size);

class Index {
 public:
  struct Place {
    Bucket* bucket = nullptr;
    int slot = 0;
  };

  // ---- Any thread within an epoch
  Table* table() const { return table_.load(std::memory_order_acquire); }
  static Entry* find(Table* table, const coffer_key& key, uint32_t key_offset);
  // The same for the usual case, in few instructions: a key of 8 to 32 bytes, and the first of a
  // bucket that looks like it is it. Else NULL, which does not mean that there is none.
  static Entry* find_quickly(Table* table, const coffer_key& key, uint32_t key_offset);

  // ---- Under the shard's lock
  bool open(const Home& home);  // false without memory
  void close(const Home& home);

  Entry* find(const coffer_key& key, uint32_t key_offset, Place* place);
  // Where it is; no bucket if it is not here.
  Place place_of(const Entry* entry) const;
  // There must be an empty slot.
  void insert(uint64_t hash, Entry* entry);
  void replace(const Place& place, uint64_t hash, Entry* entry);
  void erase(const Place& place);

  uint64_t size() const { return size_; }
  uint64_t bytes() const { return table()->bytes(); }
  // Beyond two thirds searches get long: 2.5 buckets for what is not there, 16 at four fifths, once
  // entries have come and gone for a while.
  bool crowded() const { return size_ >= table()->bucket_count * Bucket::kSlots * 2 / 3; }
  bool full() const { return size_ >= table()->bucket_count * Bucket::kSlots * 15 / 16; }
  // How many buckets come next, if `most` entries are the most there will ever be (0: unknown).
  uint64_t next_bucket_count(uint64_t most) const;
  // Moves everything to a table of so many buckets; the old one, still used by readers, is
  // returned. NULL without memory: nothing has changed.
  Table* rebuild(const Home& home, uint64_t bucket_count);
  static void free_table(const Home& home, Table* table);

  // Calls visit(entry, place) for each entry in the buckets from `from` on; it may erase that one.
  // Stops when it returns false and tells the bucket to go on with, which is the bucket count when
  // through.
  template <typename Visit>
  uint64_t for_each(uint64_t from, Visit&& visit) const {
    Table* now = table();
    for (uint64_t at = from; at < now->bucket_count; ++at) {
      Bucket* bucket = now->buckets() + at;
      for (int i = 0; i < Bucket::kSlots; ++i) {
        Entry* entry = Bucket::entry_of(bucket->slots[i].load(std::memory_order_relaxed));
        if (entry != nullptr && !visit(entry, Place{bucket, i})) return at;
      }
    }
    return now->bucket_count;
  }

  // Some entry other than `but`, going round; NULL if there is none.
  Entry* any(const Entry* but);

 private:
  static Entry* search(Table* table, const coffer_key& key, uint32_t key_offset, Place* place);
  static Entry* candidate(const Bucket* bucket, uint32_t found, const coffer_key& key);
  static Table* make_table(const Home& home, uint64_t bucket_count);
  static void put(Table* table, uint64_t hash_high, uint8_t mark, uint64_t slot);

  std::atomic<Table*> table_{nullptr};
  uint64_t size_ = 0;
  uint64_t cursor_ = 0;  // of `any`
};

// The first of those found, NULL if it has another hash.
inline Entry* Index::candidate(const Bucket* bucket, uint32_t found, const coffer_key& key) {
  const std::atomic<uint64_t>* first = bucket->slots;
  const uint64_t slot = first[__builtin_ctz(found)].load(std::memory_order_acquire);
  // Slots are emptied after marks, so nobody may be there.
  return static_cast<uint16_t>(slot) == static_cast<uint16_t>(key.hash) ? Bucket::entry_of(slot)
                                                                        : nullptr;
}

__attribute__((always_inline)) inline Entry* Index::find_quickly(Table* table,
                                                                 const coffer_key& key,
                                                                 uint32_t key_offset) {
  const Bucket* bucket = table->home(key.hash >> 32);
  uint32_t found;
  for (;;) {
    const uint64_t marks = bucket->marks.load(std::memory_order_acquire);
    found = Bucket::matches(marks, Bucket::mark_of(key.hash));
    if (__builtin_expect(found != 0, 1)) break;
    if (marks < Bucket::kPassedBy || ++bucket == table->end()) return nullptr;
  }
  Entry* entry = candidate(bucket, found, key);
  return entry != nullptr && entry->key_size == key.size &&
                 same_usual_bytes(entry->key(key_offset), static_cast<const char*>(key.data),
                                  key.size)
             ? entry
             : nullptr;
}

}  // namespace coffer::memory

#endif  // COFFER_PLUGINS_STORES_MEMORY_INDEX_H_
