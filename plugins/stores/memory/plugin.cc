// Store "memory": entries in this process. Reads take no lock, allocate nothing and write nothing
// that other readers see; README.md tells where to start.
#include "coffer/plugin/plugin.h"

#include <algorithm>
#include <bit>
#include <cstdio>
#include <cstring>
#include <string_view>

#include "coffer/plugin/guard.hpp"
#include "plugins/stores/memory/scan.h"
#include "plugins/stores/memory/store.h"

namespace {

using coffer::memory::Scan;
using coffer::memory::Settings;
using coffer::memory::Store;
using coffer::plugin::fail;

constexpr uint64_t kDefaultBytes = 256 << 20;
constexpr uint64_t kFewestBytes = 8 << 10;  // the store itself takes some

constexpr coffer_option_spec kOptions[] = {
    {"capacity", nullptr, "entries to keep; 0: no limit", COFFER_TYPE_INT, 0},
    {"bytes", nullptr,
     "memory to take, all included; 0: no limit; 256MiB if capacity is not given either",
     COFFER_TYPE_SIZE, 0},
    {"strategy", "lru", "plugin that chooses what is evicted", COFFER_TYPE_TEXT, 0},
    {"shards", "0", "parts with a lock of their own, a power of two up to 256; 0: automatic",
     COFFER_TYPE_INT, 0},
};

constexpr uint64_t kCaps =
    COFFER_STORE_COPY | COFFER_STORE_SCAN | COFFER_STORE_OBJECTS | COFFER_STORE_BOUNDED;

constexpr coffer_plugin_info kInfo = {
    .struct_size = sizeof(coffer_plugin_info),
    .abi_version = COFFER_ABI_VERSION,
    .kind = COFFER_KIND_STORE,
    .reserved = 0,
    .id = "memory",
    .version = "1.0.0",
    .summary = "keeps entries in this process, bounded by number and by bytes",
    .license = "Apache-2.0",
    .caps = kCaps,
    .options = kOptions,
    .option_count = std::size(kOptions),
};

Store* store(void* self) { return static_cast<Store*>(self); }

void destroy(void* self) noexcept { store(self)->destroy(); }

coffer_status get(void* self, const coffer_key* keys, size_t count, uint32_t flags, coffer_time,
                  coffer_entry* out, coffer_outcome* each, coffer_sink*) noexcept {
  store(self)->get(keys, count, flags, out, each);
  return COFFER_OK;
}

coffer_status put(void* self, const coffer_store_put* items, size_t count, coffer_time,
                  uint64_t* versions, coffer_outcome* each, coffer_sink* sink) noexcept {
  return store(self)->put(items, count, versions, each, sink);
}

coffer_status del(void* self, const coffer_key* keys, const uint64_t* versions, size_t count,
                  coffer_time, coffer_outcome* each, coffer_sink*) noexcept {
  store(self)->del(keys, versions, count, each);
  return COFFER_OK;
}

coffer_status touch(void* self, const coffer_key* keys, const coffer_ttl* ttls, size_t count,
                    coffer_time, coffer_outcome* each, coffer_sink* sink) noexcept {
  return store(self)->touch(keys, ttls, count, each, sink);
}

coffer_status clear(void* self, coffer_bytes prefix, coffer_time, uint64_t* removed,
                    coffer_sink*) noexcept {
  *removed = store(self)->clear(prefix);
  return COFFER_OK;
}

coffer_status scan_open(void* self, coffer_bytes prefix, void** scan, coffer_sink* sink) noexcept {
  Scan* opened = Scan::open(store(self), prefix);
  if (opened == nullptr) {
    return fail(store(self)->home().host, sink, COFFER_EXHAUSTED, "out of memory for a scan");
  }
  *scan = opened;
  return COFFER_OK;
}

coffer_status scan_next(void* self, void* scan, coffer_time, coffer_bytes* keys, size_t capacity,
                        size_t* n, coffer_sink* sink) noexcept {
  const coffer_status status = static_cast<Scan*>(scan)->next(keys, capacity, n);
  if (status == COFFER_EXHAUSTED) {
    return fail(store(self)->home().host, sink, status,
                "out of memory to list the keys of a shard; the scan can go on later",
                COFFER_FAIL_RETRIABLE);
  }
  return status;
}

void scan_close(void*, void* scan) noexcept { static_cast<Scan*>(scan)->close(); }

void maintain(void* self, coffer_time deadline) noexcept { store(self)->maintain(deadline); }

void stats(void* self, coffer_store_stats* out) noexcept { store(self)->stats(out); }

const void* extension(void*, const char*) noexcept { return nullptr; }

template <int32_t kHits>
constexpr coffer_store kTable = {
    .struct_size = sizeof(coffer_store),
    .reserved = 0,
    .caps = kCaps,
    .destroy = destroy,
    .get = get,
    .read = coffer::memory::read<kHits>,
    .put = put,
    .del = del,
    .touch = touch,
    .clear = clear,
    .scan_open = scan_open,
    .scan_next = scan_next,
    .scan_close = scan_close,
    .maintain = maintain,
    .stats = stats,
    .extension = extension,
};

const coffer_store* table_for(int32_t hit_mode) {
  switch (hit_mode) {
    case COFFER_HITS_BYTE: return &kTable<COFFER_HITS_BYTE>;
    case COFFER_HITS_BATCH: return &kTable<COFFER_HITS_BATCH>;
    case COFFER_HITS_RECENT: return &kTable<COFFER_HITS_RECENT>;
    default: return &kTable<COFFER_HITS_NONE>;
  }
}

// Reads the options; on a wrong one returns why, else NULL.
const char* settle(const coffer_option* options, size_t count, Settings* out) {
  bool has_capacity = false;
  bool has_bytes = false;
  for (size_t i = 0; i < count; ++i) {
    const std::string_view key = options[i].key;
    const int64_t number = options[i].i64;
    if (key == "strategy") {
      const coffer_bytes name = options[i].text;
      if (name.size == 0 || name.size >= sizeof out->strategy) {
        return "strategy must name a strategy plugin, as in strategy=lru";
      }
      std::memcpy(out->strategy, name.data, name.size);
      out->strategy[name.size] = '\0';
      continue;
    }
    if (number < 0) return "capacity, bytes and shards must not be negative; 0 means no limit";
    if (key == "capacity") {
      out->capacity = static_cast<uint64_t>(number);
      has_capacity = number != 0;
    } else if (key == "bytes") {
      out->bytes = static_cast<uint64_t>(number);
      has_bytes = true;
    } else if (key == "shards") {
      out->shards = static_cast<uint64_t>(number);
    }
  }
  if (!has_capacity && !has_bytes) out->bytes = kDefaultBytes;
  if (out->bytes != 0 && out->bytes < kFewestBytes) {
    return "bytes must be at least 8KiB, or 0 for no limit";
  }
  if (out->shards != 0 && (!std::has_single_bit(out->shards) || out->shards > Store::kMostShards)) {
    return "shards must be a power of two from 1 to 256, or 0 to choose automatically";
  }
  return nullptr;
}

}  // namespace

extern "C" const coffer_plugin_info* coffer_plugin_info_v1(size_t index) {
  return index == 0 ? &kInfo : nullptr;
}

extern "C" coffer_status coffer_plugin_create_v1(const coffer_host* host, const char* id,
                                                 const coffer_option* options, size_t count,
                                                 coffer_instance* out, coffer_sink* sink) {
  if (std::string_view(id) != kInfo.id) {
    return fail(host, sink, COFFER_NOT_FOUND, "this file holds the plugin 'memory' only");
  }
  Settings settings;
  if (const char* wrong = settle(options, count, &settings)) {
    return fail(host, sink, COFFER_INVALID_ARGUMENT, wrong);
  }
  Store* made = nullptr;
  const coffer_status status = Store::create(host, settings, &made, sink);
  if (status == COFFER_OK) *out = {made, table_for(made->hit_mode())};
  return status;
}
