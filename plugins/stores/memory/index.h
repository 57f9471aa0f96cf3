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
  static constexpr uint64_t kAddress = (uint64_t{1} << 48) - 1;

  // Bytes 0 to 6: marks of the slots, 0 if empty. Byte 7: how many passed by; stays at 255.
  std::atomic<uint64_t> marks{0};
  std::atomic<uint64_t> slots[kSlots] = {};

  static uint8_t mark_of(uint64_t hash) { return static_cast<uint8_t>(hash >> 16 | 0x80); }
  static uint64_t slot_of(uint64_t hash, const Entry* entry) {
    return reinterpret_cast<uint64_t>(entry) | hash << 48;
  }
  static Entry* entry_of(uint64_t slot) { return reinterpret_cast<Entry*>(slot & kAddress); }

  // One bit per slot with this mark.
  static uint32_t matches(uint64_t marks, uint8_t mark) {
#if defined(__SSE2__)
    const __m128i all = _mm_set1_epi8(static_cast<char>(mark));
    const __m128i equal = _mm_cmpeq_epi8(_mm_cvtsi64_si128(static_cast<int64_t>(marks)), all);
    return static_cast<uint32_t>(_mm_movemask_epi8(equal)) & 0x7f;
#else
    uint32_t bits = 0;
    for (int i = 0; i < kSlots; ++i) bits |= uint32_t{(marks >> 8 * i & 0xff) == mark} << i;
    return bits;
#endif
  }
};
static_assert(sizeof(Bucket) == 64);

struct alignas(64) Table {
  uint64_t bucket_count;

  Bucket* buckets() { return reinterpret_cast<Bucket*>(this + 1); }
  Bucket* end() { return buckets() + bucket_count; }
  // The upper half of the hash, scaled down to the number of buckets.
  Bucket* home(uint64_t hash_high) { return buckets() + (hash_high * bucket_count >> 32); }
  static uint64_t size_for(uint64_t bucket_count) { return sizeof(Table) + bucket_count * 64; }
  uint64_t bytes() const { return size_for(bucket_count); }
};

inline uint64_t load_word(const char* p) {
  uint64_t word;
  std::memcpy(&word, p, sizeof word);
  return word;
}

// memcmp(a, b, size) == 0 without a call.
inline bool same_bytes(const char* a, const char* b, size_t size) {
  if (size >= 8) {
    const char* last = a + size - 8;
    for (; a < last; a += 8, b += 8) {
      if (load_word(a) != load_word(b)) return false;
    }
    return load_word(last) == load_word(b - (a - last));
  }
  for (size_t i = 0; i < size; ++i) {
    if (a[i] != b[i]) return false;
  }
  return true;
}

class Index {
 public:
  struct Place {
    Bucket* bucket = nullptr;
    int slot = 0;
  };

  // ---- Any thread within an epoch
  Table* table() const { return table_.load(std::memory_order_acquire); }
  static Entry* find(Table* table, const coffer_key& key, uint32_t key_offset);

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
  bool crowded() const { return size_ >= table()->bucket_count * Bucket::kSlots * 4 / 5; }
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
  static Table* make_table(const Home& home, uint64_t bucket_count);
  static void put(Table* table, uint64_t hash_high, uint8_t mark, uint64_t slot);

  std::atomic<Table*> table_{nullptr};
  uint64_t size_ = 0;
  uint64_t cursor_ = 0;  // of `any`
};

inline Entry* Index::find(Table* table, const coffer_key& key, uint32_t key_offset) {
  const uint8_t mark = Bucket::mark_of(key.hash);
  const uint64_t tag = key.hash << 48;
  Bucket* bucket = table->home(key.hash >> 32);
  uint64_t left = table->bucket_count;
  for (;;) {
    const uint64_t marks = bucket->marks.load(std::memory_order_acquire);
    for (uint32_t found = Bucket::matches(marks, mark); found != 0; found &= found - 1) {
      const int i = __builtin_ctz(found);
      const uint64_t address = bucket->slots[i].load(std::memory_order_acquire) ^ tag;
      auto* entry = reinterpret_cast<Entry*>(address);
      if (address <= Bucket::kAddress && address != 0 && entry->key_size == key.size &&
          same_bytes(entry->key(key_offset), static_cast<const char*>(key.data), key.size)) {
        return entry;
      }
    }
    if (marks >> 56 == 0 || --left == 0) return nullptr;
    if (++bucket == table->end()) bucket = table->buckets();
  }
}

}  // namespace coffer::memory

#endif  // COFFER_PLUGINS_STORES_MEMORY_INDEX_H_
