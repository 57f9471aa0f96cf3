// Skeleton of a store: one map behind one mutex.
//
// The batch is the primitive: a call has `count` keys and an answer for each. Entries are immutable
// and counted, so that one that is pinned stays readable whatever happens to its key.
#include <algorithm>
#include <atomic>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "coffer/plugin/guard.hpp"
#include "coffer/plugin/plugin.h"

namespace {

using coffer::plugin::fail;
using coffer::plugin::guarded;

std::string_view view(const void* data, size_t size) {
  return size == 0 ? std::string_view() : std::string_view(static_cast<const char*>(data), size);
}

// ---- Entries ------------------------------------------------------------------------------------

// The map holds one reference, each pin one more. An entry keeps the host, which its release needs
// even if the store is gone by then.
struct Entry {
  Entry(const coffer_host* host, const coffer_store_put& put)
      : host(host),
        value(view(put.value.data, put.value.size)),
        meta(view(put.meta.data, put.meta.size)),
        flags(put.flags),
        format(put.format) {
    host->retain(host);
  }

  static void release(void* owner) {
    auto* entry = static_cast<Entry*>(owner);
    if (entry->references.fetch_sub(1) > 1) return;
    const coffer_host* host = entry->host;
    delete entry;
    host->release(host);
  }

  bool expired(coffer_time now) const {
    const coffer_time end = expires_at;
    return end != COFFER_NEVER && now >= end;
  }

  const coffer_host* const host;
  const std::string value;
  const std::string meta;  // the core's own notes, returned as they came
  const uint32_t flags;
  const uint32_t format;
  uint64_t version = 0;
  std::atomic<coffer_time> expires_at{COFFER_NEVER};
  std::atomic<int> references{1};
};

struct ReleaseEntry {
  void operator()(Entry* entry) const { Entry::release(entry); }
};
using EntryRef = std::unique_ptr<Entry, ReleaseEntry>;

void pin(Entry* entry, uint32_t flags, coffer_entry* out) {
  entry->references.fetch_add(1);
  *out = {};
  if ((flags & COFFER_GET_NO_VALUE) == 0) {
    out->data = entry->value.data();
    out->size = entry->value.size();
  }
  out->meta = entry->meta.data();
  out->meta_size = static_cast<uint32_t>(entry->meta.size());
  out->flags = entry->flags;
  out->format = entry->format;
  out->version = entry->version;
  out->expires_at = entry->expires_at;
  out->owner = entry;
  out->release = Entry::release;
}

// ---- The store ----------------------------------------------------------------------------------

using Map = std::map<std::string, Entry*, std::less<>>;

struct Store {
  coffer_time now() const { return host->now(host, COFFER_CLOCK_PRECISE); }

  // The entry under a key that has not expired, or nullptr.
  Entry* find(const coffer_key& key) const {
    const auto found = entries.find(view(key.data, key.size));
    return found == entries.end() || found->second->expired(now()) ? nullptr : found->second;
  }

  Map::iterator erase(Map::iterator at) {
    Entry::release(at->second);
    return entries.erase(at);
  }

  coffer_time end_of(coffer_ttl ttl) const {
    const coffer_time start = now();
    return ttl == COFFER_TTL_FOREVER || ttl > INT64_MAX - start ? coffer_time{COFFER_NEVER}
                                                                : start + ttl;
  }

  const coffer_host* host = nullptr;
  std::mutex mutex;
  Map entries;
  uint64_t versions = 0;
  uint64_t inserts = 0;
  uint64_t expirations = 0;
};

Store& of(void* self) { return *static_cast<Store*>(self); }

coffer_status get(void* self, const coffer_key* keys, size_t count, uint32_t flags, coffer_time,
                  coffer_entry* out, coffer_outcome* each, coffer_sink*) {
  Store& store = of(self);
  const std::lock_guard lock(store.mutex);
  for (size_t i = 0; i < count; ++i) {
    Entry* entry = store.find(keys[i]);
    each[i] = {entry != nullptr ? COFFER_OK : COFFER_MISS, 0};
    out[i] = {};
    if (entry != nullptr) pin(entry, flags, &out[i]);
  }
  return COFFER_OK;
}

// Whether a put may replace `old`, the live entry under its key.
coffer_status answer(const Entry* old, const coffer_store_put& put) {
  switch (put.mode) {
    case COFFER_PUT_ADD: return old == nullptr ? COFFER_OK : COFFER_EXISTS;
    case COFFER_PUT_REPLACE: return old != nullptr ? COFFER_OK : COFFER_MISS;
    case COFFER_PUT_CAS:
      if (old == nullptr) return COFFER_MISS;
      return old->version == put.expected_version ? COFFER_OK : COFFER_CONFLICT;
    default: return COFFER_OK;
  }
}

coffer_status put(void* self, const coffer_store_put* items, size_t count, coffer_time,
                  uint64_t* versions, coffer_outcome* each, coffer_sink* sink) {
  Store& store = of(self);
  return guarded(store.host, sink, [&] {
    const std::lock_guard lock(store.mutex);
    for (size_t i = 0; i < count; ++i) {
      const coffer_store_put& item = items[i];
      const Entry* old = store.find(item.key);
      each[i] = {answer(old, item), 0};
      if (each[i].status != COFFER_OK) continue;
      EntryRef entry(new Entry(store.host, item));
      entry->version = ++store.versions;
      entry->expires_at =
          item.ttl == COFFER_TTL_KEEP ? old->expires_at.load() : store.end_of(item.ttl);
      if (versions != nullptr) versions[i] = entry->version;
      Entry*& place = store.entries[std::string(view(item.key.data, item.key.size))];
      const EntryRef replaced(std::exchange(place, entry.release()));
      if (replaced == nullptr) ++store.inserts;
    }
    return COFFER_OK;
  });
}

coffer_status del(void* self, const coffer_key* keys, const uint64_t* versions, size_t count,
                  coffer_time, coffer_outcome* each, coffer_sink*) {
  Store& store = of(self);
  const std::lock_guard lock(store.mutex);
  for (size_t i = 0; i < count; ++i) {
    const Entry* entry = store.find(keys[i]);
    const uint64_t version = versions != nullptr ? versions[i] : 0;
    if (entry != nullptr && version != 0 && entry->version != version) {
      each[i] = {COFFER_CONFLICT, 0};
      continue;
    }
    each[i] = {entry != nullptr ? COFFER_OK : COFFER_MISS, 0};
    const auto found = store.entries.find(view(keys[i].data, keys[i].size));
    if (found != store.entries.end()) store.erase(found);  // an expired one as well
  }
  return COFFER_OK;
}

coffer_status touch(void* self, const coffer_key* keys, const coffer_ttl* ttls, size_t count,
                    coffer_time, coffer_outcome* each, coffer_sink*) {
  Store& store = of(self);
  const std::lock_guard lock(store.mutex);
  for (size_t i = 0; i < count; ++i) {
    Entry* entry = store.find(keys[i]);
    each[i] = {entry != nullptr ? COFFER_OK : COFFER_MISS, 0};
    if (entry != nullptr) entry->expires_at = store.end_of(ttls[i]);
  }
  return COFFER_OK;
}

coffer_status clear(void* self, coffer_bytes prefix, coffer_time, uint64_t* removed, coffer_sink*) {
  Store& store = of(self);
  const std::lock_guard lock(store.mutex);
  const std::string_view start = view(prefix.data, prefix.size);
  *removed = 0;
  auto at = store.entries.lower_bound(start);
  while (at != store.entries.end() && at->first.starts_with(start)) {
    at = store.erase(at);
    ++*removed;
  }
  return COFFER_OK;
}

// ---- Scans: each page begins behind the last key of the one before ------------------------------

struct Scan {
  std::string prefix;
  std::string last;
  bool begun = false;
  std::vector<std::string> page;  // keeps the bytes of the views handed out
};

coffer_status scan_open(void* self, coffer_bytes prefix, void** scan, coffer_sink* sink) {
  return guarded(of(self).host, sink, [&] {
    *scan = new Scan{std::string(view(prefix.data, prefix.size)), "", false, {}};
    return COFFER_OK;
  });
}

coffer_status scan_next(void* self, void* state, coffer_time, coffer_bytes* keys, size_t capacity,
                        size_t* n, coffer_sink* sink) {
  Store& store = of(self);
  auto& scan = *static_cast<Scan*>(state);
  return guarded(store.host, sink, [&]() -> coffer_status {
    const std::lock_guard lock(store.mutex);
    auto at =
        scan.begun ? store.entries.upper_bound(scan.last) : store.entries.lower_bound(scan.prefix);
    scan.page.clear();
    for (; at != store.entries.end() && scan.page.size() < capacity; ++at) {
      if (!at->first.starts_with(scan.prefix)) break;
      scan.page.push_back(at->first);
    }
    for (size_t i = 0; i < scan.page.size(); ++i) {
      keys[i] = {scan.page[i].data(), scan.page[i].size()};
    }
    if (!scan.page.empty()) scan.last = scan.page.back();
    scan.begun = true;
    *n = scan.page.size();
    return *n == 0 ? COFFER_END : COFFER_OK;
  });
}

void scan_close(void*, void* scan) { delete static_cast<Scan*>(scan); }

// ---- Housekeeping -------------------------------------------------------------------------------

void maintain(void* self, coffer_time) {
  Store& store = of(self);
  const coffer_host* host = store.host;
  const std::lock_guard lock(store.mutex);
  const coffer_time now = store.now();
  const bool wanted = (host->events_wanted(host) & COFFER_EVENT_EXPIRE) != 0;
  for (auto at = store.entries.begin(); at != store.entries.end();) {
    if (!at->second->expired(now)) {
      ++at;
      continue;
    }
    if (wanted) host->event(host, COFFER_EVENT_EXPIRE, at->first.data(), at->first.size());
    at = store.erase(at);
    ++store.expirations;
  }
}

void stats(void* self, coffer_store_stats* out) {
  Store& store = of(self);
  const std::lock_guard lock(store.mutex);
  coffer_store_stats all = {};
  all.struct_size = out->struct_size;
  all.entries = store.entries.size();
  all.bytes = sizeof(Store);
  for (const auto& [key, entry] : store.entries) {
    all.bytes += sizeof(Entry) + key.size() + entry->value.size() + entry->meta.size();
  }
  all.inserts = store.inserts;
  all.expirations = store.expirations;
  std::memcpy(out, &all, std::min<size_t>(out->struct_size, sizeof all));
}

void destroy(void* self) {
  Store& store = of(self);
  while (!store.entries.empty()) store.erase(store.entries.begin());
  delete &store;
}

const coffer_store table = {
    .struct_size = sizeof(coffer_store),
    .reserved = 0,
    .caps = COFFER_STORE_SCAN,
    .destroy = destroy,
    .get = get,
    .read = nullptr,  // COFFER_STORE_COPY: the short way for small values
    .put = put,
    .del = del,
    .touch = touch,
    .clear = clear,
    .scan_open = scan_open,
    .scan_next = scan_next,
    .scan_close = scan_close,
    .maintain = maintain,
    .stats = stats,
    .extension = nullptr,
};

const coffer_plugin_info info = {
    .struct_size = sizeof(coffer_plugin_info),
    .abi_version = COFFER_ABI_VERSION,
    .kind = COFFER_KIND_STORE,
    .reserved = 0,
    .id = "skeleton_store",
    .version = "1.0",
    .summary = "one map behind one mutex",
    .license = "Apache-2.0",
    .caps = COFFER_STORE_SCAN,
    .options = nullptr,  // the host checks options by this schema and passes all of them
    .option_count = 0,
};

}  // namespace

extern "C" const coffer_plugin_info* coffer_plugin_info_v1(size_t index) {
  return index == 0 ? &info : nullptr;
}

extern "C" coffer_status coffer_plugin_create_v1(const coffer_host* host, const char* id,
                                                 const coffer_option*, size_t, coffer_instance* out,
                                                 coffer_sink* sink) {
  if (std::strcmp(id, info.id) != 0) {
    return fail(host, sink, COFFER_NOT_FOUND, "this file has no such plugin");
  }
  return guarded(host, sink, [&] {
    auto* store = new Store();
    store->host = host;
    *out = {store, &table};
    return COFFER_OK;
  });
}
