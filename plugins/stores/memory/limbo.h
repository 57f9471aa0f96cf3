// Blocks that left the index but may still be looked at by readers. All under the shard's lock.
#ifndef COFFER_PLUGINS_STORES_MEMORY_LIMBO_H_
#define COFFER_PLUGINS_STORES_MEMORY_LIMBO_H_

#include <cstdint>

#include "plugins/stores/memory/epoch.h"
#include "plugins/stores/memory/index.h"
#include "plugins/stores/memory/slab.h"

namespace coffer::memory {

class Limbo {
 public:
  bool open(const Home& home);  // false without memory

  // False without memory to remember it: then there is something else to release first.
  bool add(const Home& home, Entry* entry) {
    return add(home, reinterpret_cast<uintptr_t>(entry), entry->block_charge());
  }
  bool add(const Home& home, Table* table) {
    return add(home, reinterpret_cast<uintptr_t>(table) | kIsTable, table->bytes());
  }

  // Begins an epoch for what came since the last one, unless that still has readers. True if
  // something can be released now.
  bool ripen();
  // Frees what no reader can see any more.
  void release(const Home& home);
  // Frees all: there are no readers.
  void close(const Home& home);

  uint64_t own_bytes() const { return chunks_ * charge_of(sizeof(Chunk)); }
  uint64_t count() const { return fresh_.count + ripe_.count; }
  uint64_t bytes() const { return fresh_.bytes + ripe_.bytes; }

 private:
  static constexpr uintptr_t kIsTable = 1;
  static constexpr uint32_t kItems = 30;
  struct Chunk {
    Chunk* next;
    uint64_t count;
    uintptr_t items[kItems];
  };
  struct List {
    Chunk* chunks = nullptr;
    uint64_t count = 0;
    uint64_t bytes = 0;
  };

  bool add(const Home& home, uintptr_t item, uint64_t bytes);
  Chunk* make_chunk(const Home& home);
  void free_chunk(const Home& home, Chunk* chunk);
  void free_list(const Home& home, List* list);

  List fresh_, ripe_;  // unlinked since the last epoch began, and before
  uint64_t epoch_ = 0;
  Chunk* spare_ = nullptr;
  uint64_t chunks_ = 0;
};

}  // namespace coffer::memory

#endif  // COFFER_PLUGINS_STORES_MEMORY_LIMBO_H_
