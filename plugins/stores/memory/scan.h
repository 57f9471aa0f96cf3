// A listing of keys: a copy of one shard's keys at a time, handed out by pages.
#ifndef COFFER_PLUGINS_STORES_MEMORY_SCAN_H_
#define COFFER_PLUGINS_STORES_MEMORY_SCAN_H_

#include "plugins/stores/memory/store.h"

namespace coffer::memory {

class Scan {
 public:
  // NULL without memory.
  static Scan* open(Store* store, coffer_bytes prefix);
  void close();

  // OK, END or EXHAUSTED.
  coffer_status next(coffer_bytes* keys, size_t capacity, size_t* n);

 private:
  Scan(Store* store, size_t prefix_size) : store_(store), prefix_size_(prefix_size) {}
  char* prefix() { return reinterpret_cast<char*>(this + 1); }
  static size_t size_for(size_t prefix_size) { return sizeof(Scan) + prefix_size; }
  bool copy_keys(Shard* shard);
  void drop_keys();

  // Before each key in the copy.
  using Length = uint16_t;

  Store* store_;
  size_t prefix_size_;
  uint64_t shards_done_ = 0;
  char* keys_ = nullptr;
  uint64_t size_ = 0;  // of the memory
  uint64_t end_ = 0;   // of the keys in it
  uint64_t position_ = 0;
};

}  // namespace coffer::memory

#endif  // COFFER_PLUGINS_STORES_MEMORY_SCAN_H_
