// A memory store in a test, on a watched host, spoken to with strings.
#ifndef COFFER_PLUGINS_STORES_MEMORY_TEST_STORE_H_
#define COFFER_PLUGINS_STORES_MEMORY_TEST_STORE_H_

#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "coffer/plugin/plugin.h"
#include "plugins/conformance/testing/fake_host.h"
#include "plugins/conformance/testing/options.h"

extern "C" const coffer_plugin_info* coffer_plugin_info_v1_memory(size_t index);
extern "C" coffer_status coffer_plugin_create_v1_memory(const coffer_host* host, const char* id,
                                                        const coffer_option* options, size_t count,
                                                        coffer_instance* out, coffer_sink* sink);
extern "C" const coffer_plugin_info* coffer_plugin_info_v1_lru(size_t index);
extern "C" coffer_status coffer_plugin_create_v1_lru(const coffer_host* host, const char* id,
                                                     const coffer_option* options, size_t count,
                                                     coffer_instance* out, coffer_sink* sink);

namespace coffer::memory {

using conformance::FakeHost;
using conformance::FakeSink;
using conformance::OptionValues;

// FNV-1a with a final mix, so that keys of tests spread like those of the core.
inline uint64_t hash_of(std::string_view key) {
  uint64_t hash = 0xcbf29ce484222325u;
  for (const char c : key) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  hash = (hash ^ (hash >> 32)) * 0xd6e8feb86659fd93u;
  hash = (hash ^ (hash >> 32)) * 0xd6e8feb86659fd93u;
  return hash ^ (hash >> 32);
}

inline coffer_key key_of(std::string_view key) { return {key.data(), key.size(), hash_of(key)}; }

// From an environment variable if given, so that a failure can be seen again.
inline uint64_t test_seed() {
  const char* given = std::getenv("COFFER_TEST_SEED");
  const uint64_t seed =
      given != nullptr ? std::strtoull(given, nullptr, 0) : static_cast<uint64_t>(time(nullptr));
  std::cout << "COFFER_TEST_SEED=" << seed << std::endl;
  return seed;
}

class Random {
 public:
  explicit Random(uint64_t seed) : engine_(seed) {}
  uint64_t below(uint64_t n) { return engine_() % n; }
  std::string bytes(size_t n) {
    std::string out(n, '\0');
    for (char& c : out) c = static_cast<char>(engine_());
    return out;
  }

 private:
  std::mt19937_64 engine_;
};

// Tests under a sanitizer do less.
inline int rounds(int n) {
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
  return n / 8 + 1;
#else
  return n;
#endif
}

struct Put {
  coffer_ttl ttl = COFFER_TTL_FOREVER;
  int32_t mode = COFFER_PUT_SET;
  uint64_t expected_version = 0;
  std::string meta = {};
  uint32_t flags = 0;
  uint32_t format = COFFER_FORMAT_RAW;
  uint64_t weight = 0;
  void* object = nullptr;
  const coffer_object_type* object_type = nullptr;
};

class TestStore {
 public:
  // On a strategy "lru" by default; others must be known to the host.
  explicit TestStore(FakeHost* host, const OptionValues& options = {}) : host_(host) {
    host->add_strategy(coffer_plugin_info_v1_lru, coffer_plugin_create_v1_lru);
    status = create(host, options, &instance_, &sink_);
    if (status == COFFER_OK) table_ = static_cast<const coffer_store*>(instance_.table);
  }
  ~TestStore() { destroy(); }

  static coffer_status create(FakeHost* host, const OptionValues& options, coffer_instance* out,
                              FakeSink* sink) {
    const conformance::OptionList list(*coffer_plugin_info_v1_memory(0), options);
    EXPECT_EQ(list.error(), "");
    return coffer_plugin_create_v1_memory(host->get(), "memory", list.data(), list.size(), out,
                                          sink->get());
  }

  void destroy() {
    if (table_ != nullptr) table_->destroy(instance_.self);
    table_ = nullptr;
  }

  coffer_status put(std::string_view key, std::string_view value, const Put& how = {},
                    uint64_t* version = nullptr) {
    coffer_store_put item = {};
    item.key = key_of(key);
    item.value = {value.data(), value.size()};
    item.meta = {how.meta.data(), how.meta.size()};
    item.ttl = how.ttl;
    item.mode = how.mode;
    item.expected_version = how.expected_version;
    item.flags = how.flags;
    item.format = how.format;
    item.weight = how.weight;
    item.object = how.object;
    item.object_type = how.object_type;
    coffer_outcome outcome = {};
    FakeSink sink;
    const coffer_status returned =
        table_->put(instance_.self, &item, 1, COFFER_NEVER, version, &outcome, sink.get());
    EXPECT_EQ(sink.problem(returned), "");
    if (!sink.failures().empty()) message = sink.failures()[0].message;
    return outcome.status;
  }

  coffer_status get(std::string_view key, coffer_entry* out, uint32_t flags = 0) {
    const coffer_key k = key_of(key);
    coffer_outcome outcome = {};
    FakeSink sink;
    EXPECT_EQ(table_->get(instance_.self, &k, 1, flags, COFFER_NEVER, out, &outcome, sink.get()),
              COFFER_OK);
    return outcome.status;
  }

  std::optional<std::string> get(std::string_view key) {
    coffer_entry entry = {};
    if (get(key, &entry) != COFFER_OK) return std::nullopt;
    std::string value = text(entry);
    release(&entry);
    return value;
  }

  // Through `read`, with room for `capacity` bytes.
  coffer_status read(std::string_view key, std::string* value, size_t capacity = 1 << 20,
                     coffer_read_info* info = nullptr, std::string* meta = nullptr) {
    const coffer_key k = key_of(key);
    std::vector<char> buffer(capacity), meta_buffer(1024);
    coffer_store_read io = {};
    io.buffer = buffer.data();
    io.capacity = capacity;
    io.meta = meta_buffer.data();
    io.meta_capacity = static_cast<uint32_t>(meta_buffer.size());
    FakeSink sink;
    const coffer_status status = table_->read(instance_.self, &k, &io, sink.get());
    EXPECT_TRUE(sink.failures().empty());
    if (status == COFFER_OK) value->assign(buffer.data(), io.info.size);
    if (status == COFFER_OK && meta != nullptr) meta->assign(meta_buffer.data(), io.meta_size);
    if (info != nullptr) *info = io.info;
    return status;
  }

  coffer_status del(std::string_view key, uint64_t version = 0) {
    const coffer_key k = key_of(key);
    coffer_outcome outcome = {};
    FakeSink sink;
    EXPECT_EQ(table_->del(instance_.self, &k, &version, 1, COFFER_NEVER, &outcome, sink.get()),
              COFFER_OK);
    return outcome.status;
  }

  coffer_status touch(std::string_view key, coffer_ttl ttl) {
    const coffer_key k = key_of(key);
    coffer_outcome outcome = {};
    FakeSink sink;
    const coffer_status returned =
        table_->touch(instance_.self, &k, &ttl, 1, COFFER_NEVER, &outcome, sink.get());
    EXPECT_EQ(sink.problem(returned), "");
    return outcome.status;
  }

  uint64_t clear(std::string_view prefix = "") {
    uint64_t removed = 0;
    FakeSink sink;
    EXPECT_EQ(table_->clear(instance_.self, {prefix.data(), prefix.size()}, COFFER_NEVER, &removed,
                            sink.get()),
              COFFER_OK);
    return removed;
  }

  std::vector<std::string> keys(std::string_view prefix = "", size_t page = 7) {
    std::vector<std::string> all;
    void* scan = nullptr;
    FakeSink sink;
    coffer_status opened;
    do {
      opened = table_->scan_open(instance_.self, {prefix.data(), prefix.size()}, &scan, sink.get());
    } while (opened == COFFER_EXHAUSTED);
    EXPECT_EQ(opened, COFFER_OK);
    std::vector<coffer_bytes> views(page);
    size_t n = 0;
    for (;;) {
      const coffer_status status =
          table_->scan_next(instance_.self, scan, COFFER_NEVER, views.data(), page, &n, sink.get());
      if (status == COFFER_END) break;
      if (status == COFFER_EXHAUSTED) continue;  // a test that lets one allocation fail
      EXPECT_EQ(status, COFFER_OK);
      for (size_t i = 0; i < n; ++i) {
        all.emplace_back(static_cast<const char*>(views[i].data), views[i].size);
      }
    }
    table_->scan_close(instance_.self, scan);
    return all;
  }

  void maintain(coffer_time deadline = COFFER_NEVER) { table_->maintain(instance_.self, deadline); }

  coffer_store_stats stats() {
    coffer_store_stats stats = {};
    stats.struct_size = sizeof stats;
    table_->stats(instance_.self, &stats);
    return stats;
  }

  static std::string text(const coffer_entry& entry) {
    return std::string(static_cast<const char*>(entry.data), entry.size);
  }
  static void release(coffer_entry* entry) {
    if (entry->release != nullptr) entry->release(entry->owner);
    *entry = {};
  }

  const coffer_store& table() const { return *table_; }
  void* self() const { return instance_.self; }
  FakeSink& sink() { return sink_; }  // of create

  coffer_status status;  // of create
  std::string message;   // of the last put that failed

 private:
  FakeHost* host_;
  FakeSink sink_;
  coffer_instance instance_ = {};
  const coffer_store* table_ = nullptr;
};

}  // namespace coffer::memory

#endif  // COFFER_PLUGINS_STORES_MEMORY_TEST_STORE_H_
