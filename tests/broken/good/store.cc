#include "tests/broken/good/store.h"

#include <atomic>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "coffer/plugin/guard.hpp"

namespace {

using coffer::plugin::guarded;

// An immutable entry. The map holds one reference, each pin one more.
struct Entry {
  Entry(const coffer_host* host, const coffer_store_put& put) : host(host), source(put) {
    if (put.value.size > 0) value.assign(static_cast<const char*>(put.value.data), put.value.size);
    if (put.meta.size > 0) meta.assign(static_cast<const char*>(put.meta.data), put.meta.size);
    host->retain(host);
  }

  static void release(void* owner) {
    auto* self = static_cast<Entry*>(owner);
    if (self->references.fetch_sub(1) > 1) return;
    const coffer_host* host = self->host;
    if (self->source.object != nullptr) {
      host->object_release(host, self->source.object_type, self->source.object);
    }
    delete self;
    host->release(host);
  }

  bool expired(coffer_time now) const { return expires_at != COFFER_NEVER && now >= expires_at; }

  std::atomic<int> references{1};
  const coffer_host* host;
  coffer_store_put source;  // for object, flags and format
  std::string value, meta;
  uint64_t version = 0;
  std::atomic<coffer_time> expires_at{COFFER_NEVER};
};

struct Store {
  const coffer_host* host;
  std::mutex mutex;
  std::map<std::string, Entry*, std::less<>> entries;
  uint64_t versions = 0, inserts = 0, expirations = 0;

  coffer_time now() const { return host->now(host, COFFER_CLOCK_PRECISE); }

  // The live entry, or NULL.
  Entry* find(const coffer_key& key) {
    auto found = entries.find(text(key.data, key.size));
    if (found == entries.end() || found->second->expired(now())) return nullptr;
    return found->second;
  }

  void drop(std::map<std::string, Entry*, std::less<>>::iterator at) {
    Entry* entry = at->second;
    entries.erase(at);
    Entry::release(entry);
  }

  static std::string_view text(const void* data, size_t size) {
    return size == 0 ? std::string_view() : std::string_view(static_cast<const char*>(data), size);
  }
};

Store& of(void* self) { return *static_cast<Store*>(self); }

coffer_time expiry(coffer_time now, coffer_ttl ttl) {
  if (ttl == COFFER_TTL_FOREVER || ttl > INT64_MAX - now) return COFFER_NEVER;
  return now + ttl;
}

void describe(Entry* entry, uint32_t flags, coffer_entry* out) {
  *out = {};
  entry->references.fetch_add(1);
  if ((flags & COFFER_GET_NO_VALUE) == 0) {
    out->data = entry->value.data();
    out->size = entry->value.size();
    out->object = entry->source.object;
    out->object_type = entry->source.object_type;
  }
  out->meta = entry->meta.data();
  out->meta_size = static_cast<uint32_t>(entry->meta.size());
  out->flags = entry->source.flags;
  out->format = entry->source.format;
  out->version = entry->version;
  out->expires_at = entry->expires_at;
  out->owner = entry;
  out->release = Entry::release;
}

coffer_status get(void* self, const coffer_key* keys, size_t count, uint32_t flags, coffer_time,
                  coffer_entry* out, coffer_outcome* each, coffer_sink*) {
  Store& store = of(self);
  std::lock_guard lock(store.mutex);
  for (size_t i = 0; i < count; ++i) {
    Entry* entry = store.find(keys[i]);
    each[i] = {entry != nullptr ? COFFER_OK : COFFER_MISS, 0};
    if (entry != nullptr) {
      describe(entry, flags, &out[i]);
    } else {
      out[i] = {};
    }
  }
  return COFFER_OK;
}

coffer_status read(void* self, const coffer_key* key, coffer_store_read* io, coffer_sink*) {
  Store& store = of(self);
  std::lock_guard lock(store.mutex);
  const Entry* entry = store.find(*key);
  if (entry == nullptr) return COFFER_MISS;
  if (entry->source.object != nullptr) return COFFER_UNSUPPORTED;
  io->info = {entry->value.size(), entry->version, entry->expires_at, entry->source.flags,
              entry->source.format};
  io->meta_size = static_cast<uint32_t>(entry->meta.size());
  if (entry->value.size() > io->capacity) return COFFER_SHORT;
  if (!entry->value.empty()) std::memcpy(io->buffer, entry->value.data(), entry->value.size());
  if (!entry->meta.empty() && entry->meta.size() <= io->meta_capacity) {
    std::memcpy(io->meta, entry->meta.data(), entry->meta.size());
  }
  return COFFER_OK;
}

coffer_status outcome(const Entry* old, const coffer_store_put& put) {
  if (put.mode == COFFER_PUT_ADD) return old != nullptr ? COFFER_EXISTS : COFFER_OK;
  if (put.mode == COFFER_PUT_SET) return COFFER_OK;
  if (old == nullptr) return COFFER_MISS;
  const bool other = put.mode == COFFER_PUT_CAS && old->version != put.expected_version;
  return other ? COFFER_CONFLICT : COFFER_OK;
}

coffer_status put(void* self, const coffer_store_put* items, size_t count, coffer_time,
                  uint64_t* versions, coffer_outcome* each, coffer_sink* sink) {
  Store& store = of(self);
  return guarded(store.host, sink, [&] {
    std::lock_guard lock(store.mutex);
    for (size_t i = 0; i < count; ++i) {
      const coffer_store_put& item = items[i];
      Entry* old = store.find(item.key);
      each[i] = {outcome(old, item), 0};
      if (each[i].status != COFFER_OK) continue;
      auto* entry = new Entry(store.host, item);
      entry->version = ++store.versions;
      entry->expires_at = item.ttl == COFFER_TTL_KEEP && old != nullptr
                              ? old->expires_at.load()
                              : expiry(store.now(), item.ttl);
      auto [at, fresh] =
          store.entries.try_emplace(std::string(Store::text(item.key.data, item.key.size)), entry);
      if (!fresh) Entry::release(std::exchange(at->second, entry));
      store.inserts += fresh;
      if (versions != nullptr) versions[i] = entry->version;
    }
    return COFFER_OK;
  });
}

coffer_status del(void* self, const coffer_key* keys, const uint64_t* versions, size_t count,
                  coffer_time, coffer_outcome* each, coffer_sink*) {
  Store& store = of(self);
  std::lock_guard lock(store.mutex);
  for (size_t i = 0; i < count; ++i) {
    const Entry* entry = store.find(keys[i]);
    each[i] = {entry != nullptr ? COFFER_OK : COFFER_MISS, 0};
    const uint64_t version = versions != nullptr ? versions[i] : 0;
    if (entry != nullptr && version != 0 && entry->version != version) {
      each[i].status = COFFER_CONFLICT;
      continue;
    }
    auto found = store.entries.find(Store::text(keys[i].data, keys[i].size));
    if (found != store.entries.end()) store.drop(found);
  }
  return COFFER_OK;
}

coffer_status touch(void* self, const coffer_key* keys, const coffer_ttl* ttls, size_t count,
                    coffer_time, coffer_outcome* each, coffer_sink*) {
  Store& store = of(self);
  std::lock_guard lock(store.mutex);
  for (size_t i = 0; i < count; ++i) {
    Entry* entry = store.find(keys[i]);
    each[i] = {entry != nullptr ? COFFER_OK : COFFER_MISS, 0};
    if (entry != nullptr) entry->expires_at = expiry(store.now(), ttls[i]);
  }
  return COFFER_OK;
}

coffer_status clear(void* self, coffer_bytes prefix, coffer_time, uint64_t* removed, coffer_sink*) {
  Store& store = of(self);
  std::lock_guard lock(store.mutex);
  const std::string_view start = Store::text(prefix.data, prefix.size);
  *removed = 0;
  for (auto at = store.entries.lower_bound(start); at != store.entries.end();) {
    if (!std::string_view(at->first).starts_with(start)) break;
    store.drop(at++);
    ++*removed;
  }
  return COFFER_OK;
}

// A scan walks the map's order: each page begins behind the last key of the one before.
struct Scan {
  std::string prefix, last;
  bool begun = false;
  std::map<size_t, std::string> page;  // keeps the bytes of the views
};

coffer_status scan_open(void* self, coffer_bytes prefix, void** scan, coffer_sink* sink) {
  return guarded(of(self).host, sink, [&] {
    auto fresh = std::make_unique<Scan>();
    fresh->prefix = Store::text(prefix.data, prefix.size);
    *scan = fresh.release();
    return COFFER_OK;
  });
}

coffer_status scan_next(void* self, void* state, coffer_time, coffer_bytes* keys, size_t capacity,
                        size_t* n, coffer_sink* sink) {
  Store& store = of(self);
  auto& scan = *static_cast<Scan*>(state);
  return guarded(store.host, sink, [&]() -> coffer_status {
    std::lock_guard lock(store.mutex);
    auto at =
        scan.begun ? store.entries.upper_bound(scan.last) : store.entries.lower_bound(scan.prefix);
    scan.begun = true;
    scan.page.clear();
    for (; scan.page.size() < capacity && at != store.entries.end(); ++at) {
      if (!std::string_view(at->first).starts_with(scan.prefix)) break;
      const size_t i = scan.page.size();
      const std::string& key = scan.page[i] = at->first;
      keys[i] = {key.data(), key.size()};
      scan.last = key;
    }
    *n = scan.page.size();
    return *n == 0 ? COFFER_END : COFFER_OK;
  });
}

void scan_close(void*, void* scan) { delete static_cast<Scan*>(scan); }

void maintain(void* self, coffer_time) {
  Store& store = of(self);
  std::lock_guard lock(store.mutex);
  const coffer_time now = store.now();
  const bool told = (store.host->events_wanted(store.host) & COFFER_EVENT_EXPIRE) != 0;
  for (auto at = store.entries.begin(); at != store.entries.end();) {
    auto here = at++;
    if (!here->second->expired(now)) continue;
    if (told) {
      store.host->event(store.host, COFFER_EVENT_EXPIRE, here->first.data(), here->first.size());
    }
    store.drop(here);
    ++store.expirations;
  }
}

void stats(void* self, coffer_store_stats* out) {
  Store& store = of(self);
  std::lock_guard lock(store.mutex);
  coffer_store_stats full = {};
  full.struct_size = out->struct_size;
  full.entries = store.entries.size();
  full.bytes = sizeof(Store);
  for (const auto& [key, entry] : store.entries) {
    full.bytes += sizeof(Entry) + key.size() + entry->value.size() + entry->meta.size();
  }
  full.inserts = store.inserts;
  full.expirations = store.expirations;
  std::memcpy(out, &full, std::min<size_t>(out->struct_size, sizeof(full)));
}

const void* extension(void*, const char* id) {
  return std::strcmp(id, COFFER_STORE_ASYNC_ID) == 0 ? &good_store_async : nullptr;
}

void destroy(void* self) {
  Store& store = of(self);
  while (!store.entries.empty()) store.drop(store.entries.begin());
  delete &store;
}

// Answers at once: it is done before submit returns.
coffer_status submit(void* self, const coffer_store_batch* b, uint64_t token) {
  coffer_status status = COFFER_OK;
  switch (b->kind) {
    case COFFER_ASYNC_GET:
      status = get(self, b->keys, b->count, 0, b->deadline, b->entries, b->each, b->sink);
      break;
    case COFFER_ASYNC_PUT:
      status = put(self, b->puts, b->count, b->deadline, b->versions, b->each, b->sink);
      break;
    case COFFER_ASYNC_DEL:
      status = del(self, b->keys, b->expected_versions, b->count, b->deadline, b->each, b->sink);
      break;
    default: status = touch(self, b->keys, b->ttls, b->count, b->deadline, b->each, b->sink);
  }
  of(self).host->complete(of(self).host, token, status);
  return COFFER_OK;
}

void cancel(void*, uint64_t) {}

constexpr uint64_t kCaps =
    COFFER_STORE_COPY | COFFER_STORE_SCAN | COFFER_STORE_OBJECTS | COFFER_STORE_ASYNC;

}  // namespace

const coffer_store good_store = {sizeof(coffer_store),
                                 0,
                                 kCaps,
                                 destroy,
                                 get,
                                 read,
                                 put,
                                 del,
                                 touch,
                                 clear,
                                 scan_open,
                                 scan_next,
                                 scan_close,
                                 maintain,
                                 stats,
                                 extension};

const coffer_store_async good_store_async = {sizeof(coffer_store_async), 0, submit, cancel};

void good_store_fill(const char* id, coffer_plugin_info* info, coffer_store* table) {
  *info = {sizeof(coffer_plugin_info),
           COFFER_ABI_VERSION,
           COFFER_KIND_STORE,
           0,
           id,
           "1.0",
           "made for tests",
           "Apache-2.0",
           kCaps,
           {},
           0};
  *table = good_store;
}

coffer_status good_store_create(const coffer_host* host, const coffer_store* table,
                                coffer_instance* out, coffer_sink* sink) {
  return guarded(host, sink, [&] {
    auto store = std::make_unique<Store>();
    store->host = host;
    out->self = store.release();
    out->table = table;
    return COFFER_OK;
  });
}

const coffer_host* good_store_host(void* self) { return of(self).host; }

uint64_t good_store_version(void* self, const coffer_key* key) {
  std::lock_guard lock(of(self).mutex);
  const Entry* entry = of(self).find(*key);
  return entry != nullptr ? entry->version : 0;
}
