#include "plugins/stores/memory/store.h"

#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cstdio>
#include <new>

#include "coffer/plugin/guard.hpp"

namespace coffer::memory {
namespace {

constexpr uint64_t kEntriesPerShard = 4096;  // fewer are not worth a lock of their own
constexpr uint64_t kBytesPerShard = 8 << 20;
constexpr size_t kAhead = 4;  // items of a batch whose buckets are fetched ahead
constexpr uint32_t kMostMeta = 1024;

coffer_outcome outcome(coffer_status status) {
  return {status, status == COFFER_EXHAUSTED ? uint32_t{COFFER_FAIL_RETRIABLE} : 0};
}

uint32_t aligned(uint32_t offset, uint32_t align) { return (offset + align - 1) & ~(align - 1); }

// Answers each item of a batch while the buckets of those that follow are on their way.
template <typename Key, typename Answer>
void for_each_item(Store* store, size_t count, Key&& key, Answer&& answer) {
  for (size_t i = 0; i < std::min(kAhead, count); ++i) {
    if (count > 1) store->shard_of(key(i).hash).prefetch(key(i).hash);
  }
  for (size_t i = 0; i < count; ++i) {
    if (i + kAhead < count) {
      store->shard_of(key(i + kAhead).hash).prefetch(key(i + kAhead).hash);
    }
    answer(i, store->shard_of(key(i).hash));
  }
}

}  // namespace

coffer_status Store::create(const coffer_host* host, const Settings& settings, Store** out,
                            coffer_sink* sink) {
  epoch::prepare();
  void* home_memory = host->alloc(host, sizeof(Home), alignof(Home));
  void* memory = host->alloc(host, sizeof(Store), alignof(Store));
  if (home_memory == nullptr || memory == nullptr) {
    host->free(host, home_memory, sizeof(Home), alignof(Home));
    host->free(host, memory, sizeof(Store), alignof(Store));
    return plugin::fail(host, sink, COFFER_EXHAUSTED, "out of memory for a memory store");
  }
  host->retain(host);
  auto* store = new (memory) Store(new (home_memory) Home(host), settings);
  const coffer_status status = store->open(sink);
  if (status != COFFER_OK) {
    store->destroy();
    return status;
  }
  *out = store;
  return COFFER_OK;
}

coffer_status Store::open_strategy(coffer_sink* sink) {
  const coffer_host* host = home_->host;
  strategies_ =
      static_cast<const coffer_host_strategies*>(host->extension(host, COFFER_HOST_STRATEGIES));
  if (strategies_ == nullptr) {
    return plugin::fail(host, sink, COFFER_UNSUPPORTED,
                        "the memory store needs a host that offers strategies "
                        "(" COFFER_HOST_STRATEGIES ")");
  }
  const coffer_status status =
      strategies_->open(host, settings_.strategy, &strategy_, &strategy_self_, sink);
  if (status != COFFER_OK) strategy_ = nullptr;
  return status;
}

coffer_status Store::open(coffer_sink* sink) {
  const coffer_status opened = open_strategy(sink);
  if (opened != COFFER_OK) return opened;
  home_->node_offset = aligned(sizeof(Entry), std::max(strategy_->node_align, 1u));
  home_->key_offset = home_->node_offset + strategy_->node_size;

  const uint64_t count = count_shards();
  shards_ = static_cast<Shard*>(home_->alloc(count * sizeof(Shard), alignof(Shard)));
  if (shards_ == nullptr) {
    return plugin::fail(home_->host, sink, COFFER_EXHAUSTED,
                        "out of memory for the shards of a memory store");
  }
  mask_ = count - 1;
  offset_mask_ = mask_ * sizeof(Shard);
  for (; opened_ < count; ++opened_) {
    auto* shard = new (shards_ + opened_) Shard(home_, strategy_, limits_of(opened_, count), count);
    const coffer_status status = shard->open(strategy_self_, sink);
    if (status != COFFER_OK) {
      ++opened_;  // to be closed
      return status;
    }
  }
  Family::add(this);
  listed_ = true;
  return COFFER_OK;
}

void Store::destroy() {
  if (listed_) Family::remove(this);
  for (uint64_t i = 0; i < opened_; ++i) {
    shards_[i].close();
    shards_[i].~Shard();
  }
  if (shards_ != nullptr) home_->free(shards_, (mask_ + 1) * sizeof(Shard), alignof(Shard));
  if (strategy_ != nullptr) strategies_->close(home_->host, strategy_, strategy_self_);
  Home* home = home_;
  this->~Store();
  home->free(this, sizeof(Store), alignof(Store));
  home->give_up();
}

uint64_t Store::count_shards() const {
  uint64_t count = settings_.shards;
  const bool chosen = count == 0;
  if (chosen) {
    const long cores = sysconf(_SC_NPROCESSORS_ONLN);
    count = std::bit_ceil(4 * static_cast<uint64_t>(std::max(cores, 1l)));
  }
  count = std::min(count, kMostShards);
  // However many were asked for, each must have room for something.
  const uint64_t entries = chosen ? kEntriesPerShard : 1;
  const uint64_t bytes = chosen ? kBytesPerShard : 64 << 10;
  while (count > 1 && ((settings_.capacity != 0 && settings_.capacity / count < entries) ||
                       (settings_.bytes != 0 && settings_.bytes / count < bytes))) {
    count /= 2;
  }
  return count;
}

Limits Store::limits_of(uint64_t shard, uint64_t count) const {
  Limits limits;
  limits.entries = settings_.capacity / count + (shard < settings_.capacity % count ? 1 : 0);
  if (settings_.bytes != 0) limits.bytes = (settings_.bytes - sizeof(Store) - sizeof(Home)) / count;
  return limits;
}

void Store::get(const coffer_key* keys, size_t count, uint32_t flags, coffer_entry* out,
                coffer_outcome* each) {
  for_each_item(
      this, count, [&](size_t i) -> auto& { return keys[i]; },
      [&](size_t i, Shard& shard) {
        each[i] = {shard.get(keys[i], flags, &out[i]), 0};
      });
}

coffer_status Store::put(const coffer_store_put* items, size_t count, uint64_t* versions,
                         coffer_outcome* each, coffer_sink* sink) {
  for_each_item(
      this, count, [&](size_t i) -> auto& { return items[i].key; },
      [&](size_t i, Shard& shard) {
        const coffer_store_put& item = items[i];
        coffer_status status = COFFER_OK;
        if (item.key.size > COFFER_MAX_KEY || item.meta.size > kMostMeta) {
          status = COFFER_TOO_LARGE;
        } else {
          status = shard.put(item, versions != nullptr ? &versions[i] : nullptr);
        }
        each[i] = outcome(status);
      });
  // A batch answers by item; a single put can say more.
  if (count != 1 || each[0].status < COFFER_INVALID_ARGUMENT) return COFFER_OK;
  return report_put(items[0], each[0].status, sink);
}

coffer_status Store::report_put(const coffer_store_put& item, coffer_status status,
                                coffer_sink* sink) {
  const coffer_host* host = home_->host;
  if (status == COFFER_EXHAUSTED) {
    return plugin::fail(host, sink, status, "out of memory for an entry; nothing was changed",
                        COFFER_FAIL_RETRIABLE);
  }
  char text[256];
  if (item.key.size > COFFER_MAX_KEY) {
    std::snprintf(text, sizeof text, "the key has %zu bytes, the limit is %d", item.key.size,
                  COFFER_MAX_KEY);
  } else if (item.meta.size > kMostMeta) {
    std::snprintf(text, sizeof text, "the meta has %zu bytes, the limit is %u", item.meta.size,
                  kMostMeta);
  } else if (const uint64_t most = shard_of(item.key.hash).most_for_one(); most != 0) {
    std::snprintf(text, sizeof text,
                  "the value of %zu bytes (weight %llu) does not fit: one entry may take %llu "
                  "bytes of a store with bytes=%llu in %llu shards; raise bytes or lower shards",
                  item.value.size, static_cast<unsigned long long>(item.weight),
                  static_cast<unsigned long long>(most),
                  static_cast<unsigned long long>(settings_.bytes),
                  static_cast<unsigned long long>(mask_ + 1));
  } else {
    std::snprintf(text, sizeof text, "the value has %zu bytes, the limit is %u", item.value.size,
                  UINT32_MAX);
  }
  return plugin::fail(host, sink, status, text);
}

void Store::del(const coffer_key* keys, const uint64_t* versions, size_t count,
                coffer_outcome* each) {
  for_each_item(
      this, count, [&](size_t i) -> auto& { return keys[i]; },
      [&](size_t i, Shard& shard) {
        each[i] = {shard.del(keys[i], versions != nullptr ? versions[i] : 0), 0};
      });
}

coffer_status Store::touch(const coffer_key* keys, const coffer_ttl* ttls, size_t count,
                           coffer_outcome* each, coffer_sink* sink) {
  for_each_item(
      this, count, [&](size_t i) -> auto& { return keys[i]; },
      [&](size_t i, Shard& shard) { each[i] = outcome(shard.touch(keys[i], ttls[i])); });
  if (count != 1 || each[0].status < COFFER_INVALID_ARGUMENT) return COFFER_OK;
  return plugin::fail(home_->host, sink, each[0].status,
                      "out of memory to give an entry a time to live; nothing was changed",
                      COFFER_FAIL_RETRIABLE);
}

uint64_t Store::clear(coffer_bytes prefix) {
  uint64_t removed = 0;
  for (Shard& shard : *this) removed += shard.clear(prefix);
  return removed;
}

void Store::maintain(coffer_time deadline) {
  for (Shard& shard : *this) {
    if (!shard.maintain(deadline)) return;
  }
}

void Store::stats(coffer_store_stats* out) {
  coffer_store_stats stats = {};
  stats.struct_size = out->struct_size;
  stats.capacity = settings_.capacity;
  stats.byte_limit = settings_.bytes;
  stats.bytes = sizeof(Store) + sizeof(Home);
  for (Shard& shard : *this) {
    const Counters counters = shard.count();
    stats.entries += counters.entries;
    stats.bytes += counters.bytes;
    stats.inserts += counters.inserts;
    stats.evictions += counters.evictions;
    stats.expirations += counters.expirations;
  }
  stats.bytes += home_->pinned_bytes.load(std::memory_order_relaxed);
  std::memcpy(out, &stats, std::min<size_t>(out->struct_size, sizeof stats));
}

}  // namespace coffer::memory
