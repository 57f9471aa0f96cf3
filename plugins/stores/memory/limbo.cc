#include "plugins/stores/memory/limbo.h"

#include <new>
#include <utility>

namespace coffer::memory {

bool Limbo::open(const Home& home) {
  spare_ = make_chunk(home);
  return spare_ != nullptr;
}

Limbo::Chunk* Limbo::make_chunk(const Home& home) {
  void* memory = home.alloc(sizeof(Chunk), alignof(Chunk));
  if (memory == nullptr) return nullptr;
  ++chunks_;
  return new (memory) Chunk;
}

void Limbo::free_chunk(const Home& home, Chunk* chunk) {
  --chunks_;
  home.free(chunk, sizeof(Chunk), alignof(Chunk));
}

bool Limbo::add(const Home& home, uintptr_t item, uint64_t bytes) {
  if (fresh_.chunks == nullptr || fresh_.chunks->count == kItems) {
    Chunk* chunk = std::exchange(spare_, nullptr);
    if (chunk == nullptr) chunk = make_chunk(home);
    if (chunk == nullptr) return false;
    chunk->next = fresh_.chunks;
    chunk->count = 0;
    fresh_.chunks = chunk;
  }
  fresh_.chunks->items[fresh_.chunks->count++] = item;
  ++fresh_.count;
  fresh_.bytes += bytes;
  return true;
}

bool Limbo::ripen() {
  if (ripe_.count == 0) {
    if (fresh_.count == 0) return false;
    ripe_ = std::exchange(fresh_, {});
    epoch_ = epoch::advance();
  }
  return epoch::passed(epoch_);
}

void Limbo::release(const Home& home) { free_list(home, &ripe_); }

void Limbo::close(const Home& home) {
  free_list(home, &ripe_);
  free_list(home, &fresh_);
  if (spare_ != nullptr) free_chunk(home, spare_);
  spare_ = nullptr;
}

void Limbo::free_list(const Home& home, List* list) {
  for (Chunk* chunk = list->chunks; chunk != nullptr;) {
    for (uint64_t i = 0; i < chunk->count; ++i) {
      if (chunk->items[i] & kIsTable) {
        Index::free_table(home, reinterpret_cast<Table*>(chunk->items[i] & ~kIsTable));
      } else {
        end_limbo(home, reinterpret_cast<Entry*>(chunk->items[i]));
      }
    }
    Chunk* const next = chunk->next;
    if (spare_ == nullptr) {
      spare_ = chunk;
    } else {
      free_chunk(home, chunk);
    }
    chunk = next;
  }
  *list = {};
}

}  // namespace coffer::memory
