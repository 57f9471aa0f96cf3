// What dependencies, leases and events cost. See README.md.
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "benchmarks/contenders.h"
#include "benchmarks/workload.h"
#include "coffer/coffer.h"

namespace coffer::benchmarks {
namespace {

constexpr uint64_t kPresent = 0;
constexpr size_t kEntries = 10000;
constexpr coffer_bytes kCommon = {"common", 6};

// A put that says what the value depends on: a tag that all have, the others shared by some.
coffer_status put(coffer_cache* cache, size_t i, size_t dependencies) {
  std::vector<std::string> names;
  std::vector<coffer_bytes> tags;
  for (size_t k = 1; k < dependencies; ++k) {
    names.push_back("tag " + std::to_string(k) + " of " + std::to_string(i % 100));
  }
  for (const std::string& name : names) tags.push_back({name.data(), name.size()});
  if (dependencies > 0) tags.push_back(kCommon);
  coffer_dependencies on = {};
  on.struct_size = sizeof(on);
  on.tags = tags.data();
  on.tag_count = tags.size();
  coffer_put_options options = {};
  options.struct_size = sizeof(options);
  options.dependencies = &on;
  const Key key = make_key(kPresent, i);
  const Value value = make_value(i);
  return coffer_put(cache, key.text, sizeof(key.text), &value, sizeof(value), &options, nullptr,
                    nullptr);
}

bool fill(Coffer& coffer, size_t entries, size_t dependencies, benchmark::State& state) {
  for (size_t i = 0; i < entries; ++i) {
    if (put(coffer.cache(), i, dependencies) == COFFER_OK) continue;
    state.SkipWithError("a put failed");
    return false;
  }
  return true;
}

// ---- Hits: each says whether it was one.

bool read(coffer_cache* cache, const Key& key) {
  Value value;
  coffer_read_info info;
  return coffer_read(cache, key.text, sizeof(key.text), &value, sizeof(value), &info, nullptr) ==
         COFFER_OK;
}

bool fetch(coffer_cache* cache, const Key& key) {
  coffer_fetched fetched;
  coffer_fetch(cache, key.text, sizeof(key.text), nullptr, &fetched, nullptr);
  coffer_entry_release(&fetched.entry);
  return fetched.state == COFFER_FETCH_HIT;
}

bool get_or_load(coffer_cache* cache, const Key& key) {
  const coffer_loader never = [](void*, coffer_cache*, coffer_lease, coffer_sink*) {
    return coffer_status{COFFER_INTERNAL};
  };
  coffer_entry entry;
  const coffer_status status = coffer_get_or_load(cache, key.text, sizeof(key.text), nullptr, never,
                                                  nullptr, &entry, nullptr);
  coffer_entry_release(&entry);
  return status == COFFER_OK;
}

template <bool (*kHit)(coffer_cache*, const Key&)>
void hit(benchmark::State& state) {
  Coffer coffer("ttl", kEntries + kEntries / 4);
  if (!fill(coffer, kEntries, static_cast<size_t>(state.range(0)), state)) return;
  const std::vector<Key> keys = zipf_keys(kPresent, kEntries, size_t{1} << 16);
  size_t i = 0;
  for (auto _ : state) {
    if (!kHit(coffer.cache(), keys[i++ % keys.size()])) state.SkipWithError("a key is missing");
  }
  state.SetItemsProcessed(state.iterations());
}

// Entries that the first event ended are still stored, and still depend on the tag.
void invalidate(benchmark::State& state) {
  const auto entries = static_cast<size_t>(state.range(0));
  Coffer coffer("ttl", 2 * entries + 1000);  // shards do not fill evenly
  if (!fill(coffer, entries, 1, state)) return;
  for (auto _ : state) {
    if (coffer_invalidate_tags(coffer.cache(), nullptr, &kCommon, 1, nullptr) != COFFER_OK) {
      state.SkipWithError("an invalidation failed");
    }
  }
  if (read(coffer.cache(), make_key(kPresent, 0))) state.SkipWithError("nothing was ended");
  state.SetItemsProcessed(state.iterations());
}

BENCHMARK(hit<read>)->Name("read")->Arg(0)->Arg(2)->Arg(8);
BENCHMARK(hit<fetch>)->Name("fetch")->Arg(0)->Arg(2)->Arg(8);
BENCHMARK(hit<get_or_load>)->Name("get_or_load")->Arg(0)->Arg(2)->Arg(8);
BENCHMARK(invalidate)->Name("invalidate")->Arg(10)->Arg(1000000);

}  // namespace
}  // namespace coffer::benchmarks

int main(int argc, char** argv) {
  coffer::benchmarks::find_plugins(argv[0]);
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
