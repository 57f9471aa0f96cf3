// What an encoder has put into the memo of the pickle, to be had again with two bytes: globals, the
// first time zone, and the keys of maps, which lists of records repeat in each.
#ifndef COFFER_PLUGINS_SERIALIZERS_PICKLE_MEMO_H_
#define COFFER_PLUGINS_SERIALIZERS_PICKLE_MEMO_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "plugins/serializers/pickle/globals.h"

namespace coffer::pickle {

class Memo {
 public:
  static constexpr int kNone = -1;

  // The place of a global or zone, or kNone.
  int global(Global global) const { return globals_[static_cast<size_t>(global)] - 1; }
  int zone(int32_t offset) const {
    return zone_ != 0 && zone_offset_ == offset ? zone_ - 1 : kNone;
  }

  // Takes the next place for it and returns that. Globals always get one.
  int add_global(Global global) { return (globals_[static_cast<size_t>(global)] = ++used_) - 1; }
  bool zone_is_free() const { return zone_ == 0; }
  int add_zone(int32_t offset) {
    zone_offset_ = offset;
    return (zone_ = ++used_) - 1;
  }

  // The place of a key, kNone if it has none. Then `is_new` says that it was given place next(),
  // which is to be written.
  int key(std::string_view text, bool& is_new) {
    is_new = false;
    if (text.empty() || text.size() > kMostKeyBytes) return kNone;
    uint8_t& bucket = buckets_[hash(text) % kBuckets];
    if (bucket != 0) {
      const Key& found = keys_[bucket - 1];
      if (found.size == text.size() && std::memcmp(found.bytes, text.data(), found.size) == 0)
        return found.place;
      return kNone;  // another one was first
    }
    if (key_count_ == kMostKeys) return kNone;
    Key& key = keys_[key_count_];
    key.size = static_cast<uint8_t>(text.size());
    key.place = used_++;
    std::memcpy(key.bytes, text.data(), text.size());
    bucket = ++key_count_;
    is_new = true;
    return key.place;
  }

 private:
  static constexpr size_t kBuckets = 256;
  static constexpr size_t kMostKeyBytes = 30;
  static constexpr uint8_t kMostKeys = 200;  // all together are fewer than 256, one byte

  struct Key {
    uint8_t size;
    uint8_t place;
    char bytes[kMostKeyBytes];
  };

  // Of at most kMostKeyBytes bytes; all of them count.
  static size_t hash(std::string_view text) {
    uint64_t hash = text.size();
    size_t i = 0;
    for (; i + 8 <= text.size(); i += 8) {
      uint64_t word;
      std::memcpy(&word, text.data() + i, 8);
      hash = (hash ^ word) * 0x9E3779B97F4A7C15u;
      hash ^= hash >> 29;
    }
    uint64_t word = 0;
    for (; i < text.size(); ++i) word = word << 8 | static_cast<unsigned char>(text[i]);
    hash = (hash ^ word) * 0x9E3779B97F4A7C15u;
    return hash >> 56;
  }

  uint8_t used_ = 0;
  uint8_t zone_ = 0;  // one more than the place; 0: none. So are the others
  uint8_t key_count_ = 0;
  int32_t zone_offset_ = 0;
  uint8_t globals_[kGlobals] = {};
  uint8_t buckets_[kBuckets] = {};
  Key keys_[kMostKeys];
};

}  // namespace coffer::pickle

#endif  // COFFER_PLUGINS_SERIALIZERS_PICKLE_MEMO_H_
