// What is measured side by side: Coffer through its C header, and two caches anybody could write.
#ifndef COFFER_BENCHMARKS_CONTENDERS_H_
#define COFFER_BENCHMARKS_CONTENDERS_H_

#include <cstring>
#include <list>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "benchmarks/workload.h"
#include "coffer/coffer.h"

namespace coffer::benchmarks {

inline std::string_view view(const Key& key) { return {key.text, sizeof(key.text)}; }

// A memory store with a strategy, the store and the strategy loaded from their files.
class Coffer {
 public:
  // `strategy` as in a cache URL. Ends the program with a message if the cache cannot be opened.
  Coffer(const char* strategy, size_t capacity);
  ~Coffer();
  Coffer(const Coffer&) = delete;
  Coffer& operator=(const Coffer&) = delete;

  // Copies the value.
  bool read(const Key& key, Value* out) {
    coffer_read_info info;
    return coffer_read(cache_, key.text, sizeof(key.text), out, sizeof(*out), &info, nullptr) ==
           COFFER_OK;
  }

  // Pins the entry and looks at its first and last byte.
  bool pin(const Key& key, Value* out) {
    coffer_entry entry;
    if (coffer_get(cache_, key.text, sizeof(key.text), &entry, nullptr) != COFFER_OK) return false;
    const char* bytes = static_cast<const char*>(entry.data);
    out->bytes[0] = bytes[0];
    out->bytes[1] = bytes[entry.size - 1];
    coffer_entry_release(&entry);
    return true;
  }

  void put(const Key& key, const Value& value) {
    coffer_put(cache_, key.text, sizeof(key.text), &value, sizeof(value), nullptr, nullptr,
               nullptr);
  }

  size_t live() const;

  coffer_cache* cache() const { return cache_; }

 private:
  coffer_runtime* runtime_ = nullptr;
  coffer_cache* cache_ = nullptr;
};

// The cache most programs have: a hash map into a list in the order of use, under a mutex.
class ListCache {
 public:
  ListCache(const char*, size_t capacity) : capacity_(capacity) { map_.reserve(capacity); }

  bool read(const Key& key, Value* out) {
    std::lock_guard lock(mutex_);
    auto found = map_.find(view(key));
    if (found == map_.end()) return false;
    list_.splice(list_.begin(), list_, found->second);
    std::memcpy(out, found->second->value.data(), found->second->value.size());
    return true;
  }

  void put(const Key& key, const Value& value) {
    std::lock_guard lock(mutex_);
    auto found = map_.find(view(key));
    if (found != map_.end()) {
      list_.splice(list_.begin(), list_, found->second);
      found->second->value.assign(value.bytes, sizeof(value.bytes));
      return;
    }
    if (map_.size() == capacity_) {
      map_.erase(list_.back().key);
      list_.pop_back();
    }
    list_.push_front({std::string(view(key)), std::string(value.bytes, sizeof(value.bytes))});
    map_.emplace(list_.front().key, list_.begin());
  }

  size_t live() const { return map_.size(); }

 private:
  struct Item {
    std::string key;
    std::string value;
  };

  size_t capacity_;
  std::mutex mutex_;
  std::list<Item> list_;
  std::unordered_map<std::string_view, std::list<Item>::iterator> map_;
};

// The floor: open addressing over entries of a fixed size; no eviction, no expiry, no lock. Only
// reads may overlap.
class FlatMap {
 public:
  FlatMap(const char*, size_t capacity);

  bool read(const Key& key, Value* out) {
    const size_t slot = find(key);
    if (slots_[slot].entry == kNone) return false;
    *out = entries_[slots_[slot].entry].value;
    return true;
  }

  void put(const Key& key, const Value& value);

  size_t live() const { return entries_.size(); }

 private:
  static constexpr uint32_t kNone = UINT32_MAX;
  struct Slot {
    uint32_t hash;
    uint32_t entry;
  };
  struct Entry {
    Key key;
    Value value;
  };

  static uint64_t hash_of(const Key& key) {
    uint64_t words[3];
    std::memcpy(words, key.text, sizeof(words));
    const auto product = static_cast<unsigned __int128>(words[0] ^ words[1] ^ 0x9e3779b97f4a7c15u) *
                         (words[2] ^ 0xd1b54a32d192ed03u);
    return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
  }

  // The slot of the key, or the empty one where it would be.
  size_t find(const Key& key) const {
    const uint64_t hash = hash_of(key);
    const auto tag = static_cast<uint32_t>(hash >> 32);
    for (size_t slot = hash & mask_;; slot = (slot + 1) & mask_) {
      const Slot& at = slots_[slot];
      if (at.entry == kNone) return slot;
      if (at.hash == tag && std::memcmp(&entries_[at.entry].key, &key, sizeof(key)) == 0) {
        return slot;
      }
    }
  }

  size_t mask_;
  std::vector<Slot> slots_;
  std::vector<Entry> entries_;
};

// Where the plugins are that came with this program. To be called once, before the first Coffer.
void find_plugins(const char* program);

}  // namespace coffer::benchmarks

#endif  // COFFER_BENCHMARKS_CONTENDERS_H_
