// Does one thing many times, for counting what it costs: `hits OPERATION TIMES STRATEGY FOLDERS`.
// The cost of one is the difference between two runs, divided by the difference in TIMES. Prints
// how many blocks of memory were asked for meanwhile.
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "benchmarks/workload.h"
#include "coffer/coffer.h"

// The program's malloc comes before that of libc for everyone in the process, plugins included.
#pragma GCC visibility push(default)
extern "C" {
void* __libc_malloc(size_t size);
void* __libc_calloc(size_t count, size_t size);
void* __libc_realloc(void* memory, size_t size);
void* __libc_memalign(size_t align, size_t size);

static uint64_t allocations = 0;

void* malloc(size_t size) {
  ++allocations;
  return __libc_malloc(size);
}

void* calloc(size_t count, size_t size) {
  ++allocations;
  return __libc_calloc(count, size);
}

void* realloc(void* memory, size_t size) {
  ++allocations;
  return __libc_realloc(memory, size);
}

void* aligned_alloc(size_t align, size_t size) {
  ++allocations;
  return __libc_memalign(align, size);
}

int posix_memalign(void** out, size_t align, size_t size) {
  ++allocations;
  *out = __libc_memalign(align, size);
  return *out == nullptr ? ENOMEM : 0;
}
}
#pragma GCC visibility pop

namespace coffer::benchmarks {
namespace {

constexpr size_t kEntries = 10000;
constexpr uint64_t kPresent = 0, kAbsent = 1;

// By reference, because the call that sets it may be evaluated after the argument.
void check(coffer_status status, coffer_error* const& error) {
  if (status == COFFER_OK) return;
  std::fprintf(stderr, "%s\n", coffer_error_message(error));
  std::exit(1);
}

coffer_option text_option(const char* key, std::string_view text) {
  coffer_option option = {};
  option.key = key;
  option.type = COFFER_TYPE_TEXT;
  option.text = {text.data(), text.size()};
  return option;
}

coffer_option int_option(const char* key, int32_t type, int64_t value) {
  coffer_option option = {};
  option.key = key;
  option.type = type;
  option.i64 = value;
  return option;
}

coffer_cache* open_cache(const char* strategy, const char* folders) {
  // The same hashes and no other thread, so that two runs differ in TIMES alone.
  const coffer_option options[] = {text_option("plugin_path", folders),
                                   int_option("housekeeping", COFFER_TYPE_DURATION, 0),
                                   int_option("hash_seed", COFFER_TYPE_INT, 1)};
  coffer_runtime* runtime = nullptr;
  coffer_cache* cache = nullptr;
  coffer_error* error = nullptr;
  check(coffer_runtime_create(options, std::size(options), &runtime, &error), error);
  const coffer_option name = text_option("strategy", strategy);
  const std::string url = "memory://?capacity=" + std::to_string(kEntries * 5 / 4);
  check(coffer_cache_open(runtime, url.c_str(), &name, 1, &cache, &error), error);
  coffer_runtime_release(runtime);
  return cache;
}

// ---- Operations: each says whether it went as it should.

bool read(coffer_cache* cache, const Key& key) {
  Value value;
  coffer_read_info info;
  return coffer_read(cache, key.text, sizeof(key.text), &value, sizeof(value), &info, nullptr) ==
         COFFER_OK;
}

bool pin(coffer_cache* cache, const Key& key) {
  coffer_entry entry;
  if (coffer_get(cache, key.text, sizeof(key.text), &entry, nullptr) != COFFER_OK) return false;
  coffer_entry_release(&entry);
  return true;
}

bool miss(coffer_cache* cache, const Key& key) {
  Value value;
  coffer_read_info info;
  return coffer_read(cache, key.text, sizeof(key.text), &value, sizeof(value), &info, nullptr) ==
         COFFER_MISS;
}

bool put(coffer_cache* cache, const Key& key) {
  static const Value value = make_value(7);
  return coffer_put(cache, key.text, sizeof(key.text), &value, sizeof(value), nullptr, nullptr,
                    nullptr) == COFFER_OK;
}

bool fetch(coffer_cache* cache, const Key& key) {
  coffer_fetched fetched;
  if (coffer_fetch(cache, key.text, sizeof(key.text), nullptr, &fetched, nullptr) != COFFER_OK) {
    return false;
  }
  coffer_entry_release(&fetched.entry);
  return fetched.state == COFFER_FETCH_HIT;
}

bool load(coffer_cache* cache, const Key& key) {
  const coffer_loader never = [](void*, coffer_cache*, coffer_lease, coffer_sink*) {
    return coffer_status{COFFER_INTERNAL};
  };
  coffer_entry entry;
  if (coffer_get_or_load(cache, key.text, sizeof(key.text), nullptr, never, nullptr, &entry,
                         nullptr) != COFFER_OK) {
    return false;
  }
  coffer_entry_release(&entry);
  return true;
}

bool invalidate(coffer_cache* cache, const Key&) {
  const coffer_bytes tag = {"common", 6};
  return coffer_invalidate_tags(cache, nullptr, &tag, 1, nullptr) == COFFER_OK;
}

struct Operation {
  std::string_view name;
  bool (*run)(coffer_cache* cache, const Key& key);
  bool on_present_keys;
  size_t dependencies = 0;       // of each entry: a tag that all have, the others shared by some
  size_t dependents = kEntries;  // how many entries have them
  bool expires = false;          // in an hour
};

constexpr Operation kOperations[] = {
    {"read", read, true},
    {"pin", pin, true},
    {"miss", miss, false},
    {"overwrite", put, true},
    {"insert", put, false},
    {"read2", read, true, 2},
    {"read8", read, true, 8},
    {"fetch", fetch, true},
    {"fetch2", fetch, true, 2},
    {"load", load, true},
    {"load2", load, true, 2},
    {"readttl", read, true, 0, kEntries, true},
    {"end10", invalidate, true, 1, 10},
    {"end10k", invalidate, true, 1},
};

void put_with(coffer_cache* cache, size_t i, coffer_put_options options) {
  options.struct_size = sizeof(options);
  const Key key = make_key(kPresent, i);
  const Value value = make_value(7);
  coffer_error* error = nullptr;
  check(coffer_put(cache, key.text, sizeof(key.text), &value, sizeof(value), &options, nullptr,
                   &error),
        error);
}

// An entry that depends on so many tags.
void put_depending(coffer_cache* cache, size_t i, size_t dependencies) {
  std::vector<std::string> names = {"common"};
  std::vector<coffer_bytes> tags;
  for (size_t k = 1; k < dependencies; ++k) {
    names.push_back("tag " + std::to_string(k) + " of " + std::to_string(i % 100));
  }
  for (const std::string& name : names) tags.push_back({name.data(), name.size()});
  coffer_dependencies on = {};
  on.struct_size = sizeof(on);
  on.tags = tags.data();
  on.tag_count = tags.size();
  coffer_put_options options = {};
  options.dependencies = &on;
  put_with(cache, i, options);
}

void fill(coffer_cache* cache, const Operation& operation) {
  for (size_t i = 0; i < kEntries; ++i) {
    if (operation.dependencies > 0 && i < operation.dependents) {
      put_depending(cache, i, operation.dependencies);
    } else if (operation.expires) {
      coffer_put_options options = {};
      options.ttl = 3'600'000'000'000;
      put_with(cache, i, options);
    } else {
      put(cache, make_key(kPresent, i));
    }
  }
}

const Operation* find_operation(std::string_view name) {
  for (const Operation& operation : kOperations) {
    if (operation.name == name) return &operation;
  }
  return nullptr;
}

}  // namespace
}  // namespace coffer::benchmarks

int main(int argc, char** argv) {
  using namespace coffer::benchmarks;
  const Operation* operation = argc == 5 ? find_operation(argv[1]) : nullptr;
  if (operation == nullptr) {
    std::fprintf(stderr, "usage: hits OPERATION TIMES STRATEGY FOLDERS; operations are");
    for (const Operation& each : kOperations) std::fprintf(stderr, " %s", each.name.data());
    std::fprintf(stderr, "\n");
    return 2;
  }
  const uint64_t times = std::strtoull(argv[2], nullptr, 10);
  const uint64_t at_start = allocations;
  coffer_cache* cache = open_cache(argv[3], argv[4]);
  if (allocations == at_start) {
    std::fprintf(stderr, "hits: the allocations of libcoffer are not seen\n");
    return 1;
  }
  fill(cache, *operation);
  const std::vector<Key> keys = operation->on_present_keys ? zipf_keys(kPresent, kEntries, 1 << 16)
                                                           : all_keys(kAbsent, 5 * kEntries);

  uint64_t good = 0;
  const uint64_t before = allocations;
  for (uint64_t i = 0; i < times; ++i) good += operation->run(cache, keys[i % keys.size()]);
  const uint64_t during = allocations - before;
  coffer_cache_release(cache);
  if (good != times) {
    std::fprintf(stderr, "hits: only %llu of %s went well\n", static_cast<unsigned long long>(good),
                 argv[2]);
    return 1;
  }
  std::printf("allocations %llu\n", static_cast<unsigned long long>(during));
  return 0;
}
