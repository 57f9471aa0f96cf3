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

struct Operation {
  std::string_view name;
  bool (*run)(coffer_cache* cache, const Key& key);
  bool on_present_keys;
};

constexpr Operation kOperations[] = {
    {"read", read, true},     {"pin", pin, true},     {"miss", miss, false},
    {"overwrite", put, true}, {"insert", put, false},
};

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
    std::fprintf(stderr, "usage: hits read|pin|miss|overwrite|insert TIMES STRATEGY FOLDERS\n");
    return 2;
  }
  const uint64_t times = std::strtoull(argv[2], nullptr, 10);
  const uint64_t at_start = allocations;
  coffer_cache* cache = open_cache(argv[3], argv[4]);
  if (allocations == at_start) {
    std::fprintf(stderr, "hits: the allocations of libcoffer are not seen\n");
    return 1;
  }
  for (size_t i = 0; i < kEntries; ++i) put(cache, make_key(kPresent, i));
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
