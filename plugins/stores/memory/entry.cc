#include "plugins/stores/memory/entry.h"

#include <new>

#include "plugins/stores/memory/slab.h"

namespace coffer::memory {
namespace {

char* copy(char* to, coffer_bytes bytes) {
  if (bytes.size != 0) std::memcpy(to, bytes.data, bytes.size);
  return to + bytes.size;
}

}  // namespace

void Home::give_up() {
  if (holders.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  const coffer_host* host = this->host;
  this->~Home();
  host->free(host, this, sizeof(Home), alignof(Home));
  host->release(host);
}

void EntrySpec::plan(const Pool& pool) {
  // Entries with an object have all parts, because a block with one is never copied into another.
  const bool form = format != COFFER_FORMAT_RAW || meta.size != 0 || flags != 0;
  if (can_expire || object != nullptr) parts |= Entry::kTimer;
  if (form || object != nullptr) parts |= Entry::kForm;
  if (weight != 0 || object != nullptr) parts |= Entry::kExtra;
  if (meta.size >= Entry::kUsualMetaLeast && meta.size <= Entry::kUsualMetaMost)
    parts |= Entry::kUsualMeta;
  const uint64_t rest = pool.home()->key_offset + key.size + value.size + meta.size;
  size = Entry::offset(parts) + rest;
  charge = Pool::slot_size(size);
  if (pool.in_slab(size)) return;
  parts |= Entry::kAlone;
  size = Entry::offset(parts) + rest;
  charge = charge_of(size);
}

Entry* make_entry(Pool* pool, const EntrySpec& spec) {
  const Home* home = pool->home();
  const uint8_t parts = spec.parts;
  auto* block = static_cast<char*>(spec.alone() ? home->alloc(spec.size, Entry::kAlign)
                                                : pool->take(spec.size));
  if (block == nullptr) return nullptr;
  if (spec.alone()) new (block) BlockHead{pool, spec.size};
  auto* entry = new (block + Entry::offset(parts)) Entry;
  entry->refs.store(Entry::kLinked, std::memory_order_relaxed);
  entry->hash_high = static_cast<uint32_t>(spec.key.hash >> 32);
  entry->value_size = static_cast<uint32_t>(spec.value.size);
  entry->key_size = static_cast<uint16_t>(spec.key.size);
  entry->parts = parts;
  entry->era.store(0, std::memory_order_relaxed);
  entry->version = 0;
  if (parts & Entry::kTimer) new (entry->timer()) Timer{nullptr, nullptr, COFFER_NEVER};
  if (parts & Entry::kForm) {
    new (entry->at(-ptrdiff_t(Entry::front(parts & (Entry::kTimer | Entry::kForm)))))
        Form{spec.format, static_cast<uint16_t>(spec.meta.size), static_cast<uint16_t>(spec.flags)};
  }
  if (parts & Entry::kExtra) {
    new (entry->at(-ptrdiff_t(Entry::front(parts))))
        Extra{spec.object, spec.object_type, spec.weight};
  }
  std::memset(entry->at(sizeof(Entry)), 0, home->key_offset - sizeof(Entry));
  char* end = copy(entry->at(home->key_offset), {spec.key.data, spec.key.size});
  copy(copy(end, spec.meta), spec.value);
  return entry;
}

void free_block(Entry* entry) {
  const BlockHead* head = entry->head();
  head->pool->home()->free(entry->block(), head->size, Entry::kAlign);
}

void free_entry(Entry* entry) {
  Pool* pool = entry->pool();
  if (!entry->has(Entry::kAlone)) return pool->give(entry->block());
  pool->disown(entry);
  free_block(entry);
}

void describe(const Home& home, const Entry* entry, coffer_entry* out) {
  const Form form = entry->form();
  *out = {};
  out->size = entry->value_size;
  out->meta_size = form.meta_size;
  if (form.meta_size != 0) out->meta = entry->meta(home.key_offset);
  out->flags = entry->flags();
  out->format = form.format;
  out->version = entry->version;
  out->expires_at = entry->expires_at();
}

void release_object(Entry* entry) {
  const Extra* extra = entry->extra();
  const coffer_host* host = entry->pool()->home()->host;
  host->object_release(host, extra->type, extra->object);
}

void unpin(void* pinned) {
  auto* entry = static_cast<Entry*>(pinned);
  uint32_t seen = entry->refs.load(std::memory_order_acquire);
  // As long as somebody else holds it there is nothing to do but to count. The exchange makes sure
  // that it is still so at the moment of counting.
  while ((seen & Entry::kLinked) != 0 || (seen & ~Entry::kLimbo) != 1) {
    if (entry->refs.compare_exchange_weak(seen, seen - 1, std::memory_order_acq_rel,
                                          std::memory_order_acquire)) {
      return;
    }
  }
  // No new pins can be had, so this is the last one, and until it is given back the home stays.
  if (entry->has_object()) release_object(entry);
  Pool* pool = entry->pool();
  if ((entry->refs.fetch_sub(1, std::memory_order_acq_rel) & Entry::kLimbo) != 0) return;
  pool->give_late(entry);
}

void end_limbo(const Home& home, Entry* entry) {
  if (home.entries != nullptr && entry->meta_size() != 0)
    home.entries->left(home.host, entry->meta(home));
  if (entry->refs.load(std::memory_order_acquire) == Entry::kLimbo) {
    free_entry(entry);
    return;
  }
  Pool* pool = entry->pool();
  pool->lend();
  pool->home()->pinned_bytes.fetch_add(entry->charge(), std::memory_order_relaxed);
  const uint32_t before = entry->refs.fetch_sub(Entry::kLimbo, std::memory_order_acq_rel);
  // Perhaps the last pin went meanwhile.
  if (before == Entry::kLimbo) pool->give_late(entry);
}

}  // namespace coffer::memory
