#include "benchmarks/contenders.h"

#include <bit>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

namespace coffer::benchmarks {
namespace {

namespace fs = std::filesystem;

std::string plugin_path;

// By reference, because the call that sets it may be evaluated after the argument.
void check(coffer_status status, coffer_error* const& error) {
  if (status == COFFER_OK) return;
  std::fprintf(stderr, "%s\n", coffer_error_message(error));
  std::exit(1);
}

}  // namespace

void find_plugins(const char* program) {
  for (const fs::path& folder : {fs::path(), fs::path(std::string(program) + ".runfiles/coffer")}) {
    const fs::path plugins = folder / "plugins/bundled";
    if (fs::exists(plugins)) plugin_path = plugins.string();
  }
}

Coffer::Coffer(const char* strategy, size_t capacity) {
  coffer_option path = {};
  path.key = "plugin_path";
  path.type = COFFER_TYPE_TEXT;
  path.text = {plugin_path.data(), plugin_path.size()};
  coffer_error* error = nullptr;
  check(coffer_runtime_create(&path, 1, &runtime_, &error), error);
  const std::string url =
      "memory://?strategy=" + std::string(strategy) + "&capacity=" + std::to_string(capacity);
  check(coffer_cache_open(runtime_, url.c_str(), nullptr, 0, &cache_, &error), error);
}

Coffer::~Coffer() {
  coffer_cache_release(cache_);
  coffer_runtime_release(runtime_);
}

size_t Coffer::live() const {
  coffer_stats stats = {};
  stats.struct_size = sizeof(stats);
  coffer_error* error = nullptr;
  check(coffer_cache_stats(cache_, &stats, &error), error);
  return stats.entries;
}

FlatMap::FlatMap(const char*, size_t capacity)
    : mask_(std::bit_ceil(capacity * 2) - 1), slots_(mask_ + 1, Slot{0, kNone}) {
  entries_.reserve(capacity);
}

void FlatMap::put(const Key& key, const Value& value) {
  Slot& slot = slots_[find(key)];
  if (slot.entry == kNone) {
    slot = {static_cast<uint32_t>(hash_of(key) >> 32), static_cast<uint32_t>(entries_.size())};
    entries_.push_back({key, value});
  } else {
    entries_[slot.entry].value = value;
  }
}

}  // namespace coffer::benchmarks
