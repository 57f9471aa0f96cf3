#include "plugins/stores/memory/index.h"

#include <algorithm>
#include <new>

namespace coffer::memory {
namespace {

template <typename AnyBucket>
AnyBucket* after(Table* table, AnyBucket* bucket) {
  return ++bucket == table->end() ? table->buckets() : bucket;
}

void count_passing(Bucket* bucket) {
  const uint64_t marks = bucket->marks.load(std::memory_order_relaxed);
  if (marks >> 56 != 0xff)
    bucket->marks.store(marks + Bucket::kPassedBy, std::memory_order_release);
}

void uncount_passing(Bucket* bucket) {
  const uint64_t marks = bucket->marks.load(std::memory_order_relaxed);
  // A count that reached 255 no longer knows how many there are.
  if (marks >> 56 != 0xff)
    bucket->marks.store(marks - Bucket::kPassedBy, std::memory_order_release);
}

int empty_slot(const Bucket* bucket) {
  // A mark has its highest bit set, and what is empty has none.
  constexpr uint64_t kHighest = 0x0080808080808080;
  const uint64_t empty = ~bucket->marks.load(std::memory_order_relaxed) & kHighest;
  return empty != 0 ? __builtin_ctzll(empty) / 8 : -1;
}

}  // namespace

bool same_bytes(const char* a, const char* b, size_t size) {
  if (size < 8) {
    for (size_t i = 0; i < size; ++i) {
      if (a[i] != b[i]) return false;
    }
    return true;
  }
  for (; size > 32; size -= 32, a += 32, b += 32) {
    if (!same_pairs(a, b, a + 16, b + 16)) return false;
  }
  if (size >= 8) return same_usual_bytes(a, b, size);
  // Few are left of a long key: once more with those before them.
  return load_word(a + size - 8) == load_word(b + size - 8);
}

// Where the entry under a key is, and which; with no entry there is no place.
inline Entry* Index::search(Table* table, const coffer_key& key, uint32_t key_offset,
                            Place* place) {
  const auto* bytes = static_cast<const char*>(key.data);
  Bucket* bucket = table->home(key.hash >> 32);
  for (uint64_t left = table->bucket_count; left != 0; --left) {
    const uint64_t marks = bucket->marks.load(std::memory_order_acquire);
    uint32_t found = Bucket::matches(marks, Bucket::mark_of(key.hash));
    for (; found != 0; found &= found - 1) {
      Entry* entry = candidate(bucket, found, key);
      if (entry != nullptr && entry->key_size == key.size &&
          same_bytes(entry->key(key_offset), bytes, key.size)) {
        *place = {bucket, __builtin_ctz(found)};
        return entry;
      }
    }
    if (marks < Bucket::kPassedBy) return nullptr;
    bucket = after(table, bucket);
  }
  return nullptr;
}

Entry* Index::find(Table* table, const coffer_key& key, uint32_t key_offset) {
  Place place;
  return search(table, key, key_offset, &place);
}

Entry* Index::find(const coffer_key& key, uint32_t key_offset, Place* place) {
  return search(table(), key, key_offset, place);
}

bool Index::open(const Home& home) {
  Table* table = make_table(home, 1);
  table_.store(table, std::memory_order_release);
  return table != nullptr;
}

void Index::close(const Home& home) {
  if (table() != nullptr) free_table(home, table());
  table_.store(nullptr, std::memory_order_relaxed);
}

Table* Index::make_table(const Home& home, uint64_t bucket_count) {
  void* memory = home.alloc(Table::size_for(bucket_count), alignof(Table));
  if (memory == nullptr) return nullptr;
  auto* table = new (memory) Table{bucket_count};
  for (uint64_t i = 0; i < bucket_count; ++i) new (table->buckets() + i) Bucket;
  return table;
}

void Index::free_table(const Home& home, Table* table) {
  home.free(table, table->bytes(), alignof(Table));
}

Index::Place Index::place_of(const Entry* entry) const {
  Table* now = table();
  Bucket* bucket = now->home(entry->hash_high);
  const uint64_t wanted = Bucket::slot_of(0, entry);
  for (uint64_t left = now->bucket_count; left != 0; --left) {
    for (int i = 0; i < Bucket::kSlots; ++i) {
      if ((bucket->slots[i].load(std::memory_order_relaxed) ^ wanted) <= 0xffff) {
        return {bucket, i};
      }
    }
    if (bucket->marks.load(std::memory_order_relaxed) < Bucket::kPassedBy) break;
    bucket = after(now, bucket);
  }
  return {};
}

void Index::put(Table* table, uint64_t hash_high, uint8_t mark, uint64_t slot) {
  Bucket* bucket = table->home(hash_high);
  int i;
  while ((i = empty_slot(bucket)) < 0) {
    count_passing(bucket);
    bucket = after(table, bucket);
  }
  // A reader who sees the mark must find the slot filled.
  bucket->slots[i].store(slot, std::memory_order_release);
  const uint64_t marks = bucket->marks.load(std::memory_order_relaxed);
  bucket->marks.store(marks | uint64_t{mark} << 8 * i, std::memory_order_release);
}

void Index::insert(uint64_t hash, Entry* entry) {
  put(table(), hash >> 32, static_cast<uint8_t>(Bucket::mark_of(hash)),
      Bucket::slot_of(hash, entry));
  ++size_;
}

void Index::replace(const Place& place, uint64_t hash, Entry* entry) {
  place.bucket->slots[place.slot].store(Bucket::slot_of(hash, entry), std::memory_order_release);
}

void Index::erase(const Place& place) {
  Table* now = table();
  std::atomic<uint64_t>& slot = place.bucket->slots[place.slot];
  const Entry* entry = Bucket::entry_of(slot.load(std::memory_order_relaxed));
  Bucket* const home = now->home(entry->hash_high);
  const uint64_t marks = place.bucket->marks.load(std::memory_order_relaxed);
  place.bucket->marks.store(marks & ~(uint64_t{0xff} << 8 * place.slot), std::memory_order_release);
  slot.store(0, std::memory_order_release);
  for (Bucket* passed = home; passed != place.bucket; passed = after(now, passed)) {
    uncount_passing(passed);
  }
  --size_;
}

uint64_t Index::next_bucket_count(uint64_t most) const {
  const uint64_t count = table()->bucket_count;
  const uint64_t next = count < 1024 ? count * 2 : count + count / 2;
  const uint64_t enough = most * 3 / (2 * Bucket::kSlots) + 1;
  return most != 0 && enough > count ? std::min(next, enough) : next;
}

Table* Index::rebuild(const Home& home, uint64_t bucket_count) {
  Table* fresh = make_table(home, bucket_count);
  if (fresh == nullptr) return nullptr;
  for_each(0, [&](const Entry* entry, const Place& place) {
    const uint64_t marks = place.bucket->marks.load(std::memory_order_relaxed);
    put(fresh, entry->hash_high, static_cast<uint8_t>(marks >> 8 * place.slot),
        place.bucket->slots[place.slot].load(std::memory_order_relaxed));
    return true;
  });
  return table_.exchange(fresh, std::memory_order_acq_rel);
}

Entry* Index::any(const Entry* but) {
  Table* now = table();
  for (uint64_t tried = 0; tried < now->bucket_count; ++tried) {
    const Bucket* bucket = now->buckets() + (cursor_ + tried) % now->bucket_count;
    for (const std::atomic<uint64_t>& slot : bucket->slots) {
      Entry* entry = Bucket::entry_of(slot.load(std::memory_order_relaxed));
      if (entry != nullptr && entry != but) {
        cursor_ = (cursor_ + tried) % now->bucket_count;
        return entry;
      }
    }
  }
  return nullptr;
}

}  // namespace coffer::memory
