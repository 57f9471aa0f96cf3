// The memory store beside a floor and a baseline, all in one run. See README.md.
#include <benchmark/benchmark.h>

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "benchmarks/contenders.h"
#include "benchmarks/report.h"
#include "benchmarks/workload.h"

namespace coffer::benchmarks {
namespace {

constexpr uint64_t kPresent = 0, kAbsent = 1, kNew = 2;  // sets of keys
constexpr size_t kStream = size_t{1} << 20;

// One thread's way through a stream of keys, round and round.
class Way {
 public:
  Way(const std::vector<Key>& keys, const benchmark::State& state)
      : begin_(keys.data() + keys.size() / state.threads() * state.thread_index()),
        end_(begin_ + keys.size() / state.threads()),
        at_(begin_) {}

  const Key& next() {
    if (at_ == end_) at_ = begin_;
    return *at_++;
  }

 private:
  const Key* begin_;
  const Key* end_;
  const Key* at_;
};

// The keys that all contenders are asked for.
struct Streams {
  explicit Streams(size_t entries)
      : present(zipf_keys(kPresent, entries, kStream)),
        absent(zipf_keys(kAbsent, entries, kStream)),
        fresh(all_keys(kNew, 4 * entries)) {}

  std::vector<Key> present;
  std::vector<Key> absent;
  std::vector<Key> fresh;  // by the time a key comes round again, it has long been evicted
};

// Streams and caches for one number of entries; made when first asked for, while no clock runs.
class Stage {
 public:
  static Stage& of(size_t entries) {
    static std::mutex mutex;
    static std::unique_ptr<Stage> stage;
    std::lock_guard lock(mutex);
    if (!stage || stage->entries_ != entries) {
      stage.reset();
      stage.reset(new Stage(entries));
    }
    return *stage;
  }

  const Streams& streams() const { return streams_; }

  // Holds all present keys, with room to spare (shards do not fill evenly).
  template <typename Cache>
  Cache& cache(const std::string& contender, const char* strategy) {
    std::lock_guard lock(mutex_);
    std::shared_ptr<void>& place = caches_[contender];
    if (place == nullptr) {
      auto cache = std::make_shared<Cache>(strategy, entries_ + entries_ / 4);
      for (size_t i = 0; i < entries_; ++i) cache->put(make_key(kPresent, i), make_value(i));
      place = cache;
    }
    return *static_cast<Cache*>(place.get());
  }

 private:
  explicit Stage(size_t entries) : entries_(entries), streams_(entries) {}

  const size_t entries_;
  const Streams streams_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<void>> caches_;
};

// ---- Workloads: what one thread does. `kFloorThreads` is how many of them the flat map bears.

struct GetHit {
  static constexpr const char* kName = "get hit";
  static constexpr bool kReads = true;
  static constexpr int kFloorThreads = 2;

  template <typename Cache, auto kRead>
  static void run(benchmark::State& state, Cache& cache, const Streams& streams) {
    Way way(streams.present, state);
    Value value;
    for (auto _ : state) {
      if (!(cache.*kRead)(way.next(), &value)) state.SkipWithError("a key is missing");
      benchmark::DoNotOptimize(value);
    }
  }
};

struct GetMiss {
  static constexpr const char* kName = "get miss";
  static constexpr bool kReads = true;
  static constexpr int kFloorThreads = 2;

  template <typename Cache, auto kRead>
  static void run(benchmark::State& state, Cache& cache, const Streams& streams) {
    Way way(streams.absent, state);
    Value value;
    for (auto _ : state) {
      if ((cache.*kRead)(way.next(), &value)) state.SkipWithError("a key is there");
      benchmark::DoNotOptimize(value);
    }
  }
};

struct Overwrite {
  static constexpr const char* kName = "overwrite";
  static constexpr bool kReads = false;
  static constexpr int kFloorThreads = 1;

  template <typename Cache, auto kRead>
  static void run(benchmark::State& state, Cache& cache, const Streams& streams) {
    Way way(streams.present, state);
    const Value value = make_value(7);
    for (auto _ : state) cache.put(way.next(), value);
  }
};

struct ThreeReadsOneWrite {
  static constexpr const char* kName = "mixed 75:25";
  static constexpr bool kReads = true;
  static constexpr int kFloorThreads = 1;

  template <typename Cache, auto kRead>
  static void run(benchmark::State& state, Cache& cache, const Streams& streams) {
    Way way(streams.present, state);
    const Value fresh = make_value(7);
    Value value;
    uint32_t turn = 0;
    for (auto _ : state) {
      if (++turn % 4 == 0) {
        cache.put(way.next(), fresh);
      } else {
        if (!(cache.*kRead)(way.next(), &value)) state.SkipWithError("a key is missing");
        benchmark::DoNotOptimize(value);
      }
    }
  }
};

// Comes last: it drives out the keys that the others ask for.
struct InsertEvict {
  static constexpr const char* kName = "insert+evict";
  static constexpr bool kReads = false;
  static constexpr int kFloorThreads = 0;

  template <typename Cache, auto kRead>
  static void run(benchmark::State& state, Cache& cache, const Streams& streams) {
    Way way(streams.fresh, state);
    const Value value = make_value(7);
    for (auto _ : state) cache.put(way.next(), value);
  }
};

// ---- Who does them

template <typename Workload, typename Cache, auto kRead>
void add(const std::string& contender, const char* strategy, size_t entries, int max_threads) {
  const std::string name =
      std::string(Workload::kName) + "/" + contender + "/" + std::to_string(entries);
  benchmark::RegisterBenchmark(name.c_str(),
                               [=](benchmark::State& state) {
                                 Stage& stage = Stage::of(entries);
                                 Cache& cache = stage.cache<Cache>(contender, strategy);
                                 Workload::template run<Cache, kRead>(state, cache,
                                                                      stage.streams());
                                 state.SetItemsProcessed(state.iterations());
                                 if (state.thread_index() == 0)
                                   state.counters["live"] = static_cast<double>(cache.live());
                               })
      ->UseRealTime()
      ->ThreadRange(1, max_threads);
}

const std::vector<std::string> kContenders = {"flat map",    "list+mutex", "coffer lru",
                                              "lru, pinned", "coffer lfu", "coffer ttl"};

template <typename Workload>
void add_workload(size_t entries) {
  if constexpr (Workload::kFloorThreads > 0) {
    add<Workload, FlatMap, &FlatMap::read>("flat map", "", entries, Workload::kFloorThreads);
  }
  add<Workload, ListCache, &ListCache::read>("list+mutex", "", entries, 2);
  add<Workload, Coffer, &Coffer::read>("coffer lru", "lru", entries, 2);
  if constexpr (Workload::kReads) {
    add<Workload, Coffer, &Coffer::pin>("lru, pinned", "lru", entries, 2);
  }
  add<Workload, Coffer, &Coffer::read>("coffer lfu", "lfu", entries, 2);
  add<Workload, Coffer, &Coffer::read>("coffer ttl", "ttl", entries, 2);
}

}  // namespace
}  // namespace coffer::benchmarks

int main(int argc, char** argv) {
  using namespace coffer::benchmarks;
  find_plugins(argv[0]);
  for (size_t entries : {size_t{10000}, size_t{1000000}}) {
    add_workload<GetHit>(entries);
    add_workload<GetMiss>(entries);
    add_workload<Overwrite>(entries);
    add_workload<ThreeReadsOneWrite>(entries);
    add_workload<InsertEvict>(entries);
  }
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  TableReporter reporter(kContenders);
  benchmark::RunSpecifiedBenchmarks(&reporter);
  benchmark::Shutdown();
  return reporter.failed() ? 1 : 0;
}
