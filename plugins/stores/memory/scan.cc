#include "plugins/stores/memory/scan.h"

#include <cstring>
#include <new>

namespace coffer::memory {

Scan* Scan::open(Store* store, coffer_bytes prefix) {
  void* memory = store->home().alloc(size_for(prefix.size), alignof(Scan));
  if (memory == nullptr) return nullptr;
  auto* scan = new (memory) Scan(store, prefix.size);
  if (prefix.size != 0) std::memcpy(scan->prefix(), prefix.data, prefix.size);
  return scan;
}

void Scan::close() {
  drop_keys();
  const Home& home = store_->home();
  home.free(this, size_for(prefix_size_), alignof(Scan));
}

void Scan::drop_keys() {
  if (keys_ != nullptr) store_->home().free(keys_, size_, 1);
  keys_ = nullptr;
  size_ = end_ = position_ = 0;
}

// A key belongs to one shard for ever, and under the lock it is either there or not: so what stays
// during the whole scan is found once.
bool Scan::copy_keys(Shard* shard) {
  const coffer_bytes wanted = {prefix(), prefix_size_};
  const uint32_t key_offset = store_->home().key_offset;
  std::lock_guard hold(shard->lock());
  uint64_t size = 0;
  shard->for_each(wanted, [&](const Entry* entry) { size += sizeof(Length) + entry->key_size; });
  if (size == 0) return true;
  keys_ = static_cast<char*>(store_->home().alloc(size, 1));
  if (keys_ == nullptr) return false;
  size_ = size;
  char* end = keys_;
  shard->for_each(wanted, [&](const Entry* entry) {
    const Length length = entry->key_size;
    // The clock may have moved between the two rounds, but only towards fewer entries.
    std::memcpy(end, &length, sizeof length);
    std::memcpy(end + sizeof length, entry->key(key_offset), length);
    end += sizeof length + length;
  });
  end_ = static_cast<uint64_t>(end - keys_);
  return true;
}

coffer_status Scan::next(coffer_bytes* keys, size_t capacity, size_t* n) {
  *n = 0;
  while (*n < capacity) {
    if (position_ == end_) {
      // What was handed out must stay until the next call.
      if (*n != 0) return COFFER_OK;
      drop_keys();
      if (shards_done_ == static_cast<uint64_t>(store_->end() - store_->begin())) {
        return COFFER_END;
      }
      if (!copy_keys(store_->begin() + shards_done_)) return COFFER_EXHAUSTED;
      ++shards_done_;
      continue;
    }
    Length length;
    std::memcpy(&length, keys_ + position_, sizeof length);
    keys[(*n)++] = {keys_ + position_ + sizeof length, length};
    position_ += sizeof length + length;
  }
  return COFFER_OK;
}

}  // namespace coffer::memory
