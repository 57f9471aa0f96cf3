// What Coffer does, in one screen: plugins, a cached function, one value for many readers, and a
// real workload. It talks to the library through the C header, as any program can.
#include <chrono>
#include <cstdio>
#include <vector>

#include "bindings/cli/format.h"
#include "bindings/cli/handles.h"
#include "bindings/cli/json.h"
#include "bindings/cli/replay.h"
#include "bindings/cli/runfiles.h"

namespace coffer::cli {
namespace {

constexpr char kReportCache[] = "memory://reports?capacity=10k&ttl=5m&serializer=json";
constexpr std::string_view kReportKey = "primes:10000000";

RuntimeHandle create_runtime() {
  coffer_runtime* runtime = nullptr;
  Error error;
  check(coffer_runtime_create(nullptr, 0, &runtime, error.slot()), error);
  return RuntimeHandle(runtime);
}

CacheHandle open(coffer_runtime* runtime, const std::string& url) {
  coffer_cache* cache = nullptr;
  Error error;
  check(coffer_cache_open(runtime, url.c_str(), nullptr, 0, &cache, error.slot()), error);
  return CacheHandle(cache);
}

// "stores memory · strategies lfu, lru, ttl", and in the next line "serializers json · codecs
// zstd".
std::string found_plugins(coffer_runtime* runtime) {
  TreeBuilder builder;
  Error error;
  check(coffer_plugins_list(runtime, builder.visitor(), error.slot()), error);
  const Tree plugins = builder.take();
  std::string out;
  for (const auto& [kind, title] :
       {std::pair{"store", "stores"}, std::pair{"strategy", "strategies"},
        std::pair{"serializer", "serializers"}, std::pair{"codec", "codecs"}}) {
    std::string names;
    for (const Tree& plugin : plugins.items) {
      // One with a note is hidden by another of its name.
      if (plugin.text_at("kind") != kind || plugin.find("note") != nullptr) continue;
      names += (names.empty() ? " " : ", ") + std::string(plugin.text_at("id"));
    }
    const bool new_line = std::string_view(kind) == "serializer";
    out += (out.empty() ? "" : new_line ? "\n  " : " · ") + std::string(title) + names;
  }
  return out;
}

// The expensive function: counts the primes below ten million.
Tree count_primes() {
  constexpr size_t kLimit = 10'000'000;
  std::vector<bool> composite(kLimit);
  int64_t primes = 0;
  size_t largest = 0;
  for (size_t i = 2; i < kLimit; ++i) {
    if (composite[i]) continue;
    ++primes;
    largest = i;
    for (size_t j = i * i; j < kLimit; j += i) composite[j] = true;
  }
  return Tree::map()
      .set("below", Tree::count(kLimit))
      .set("primes", Tree::integer(primes))
      .set("largest", Tree::count(largest));
}

// The expensive function behind the cache: look, and on a miss compute and put.
Tree cached_primes(coffer_cache* cache) {
  Entry entry;
  Error error;
  if (check(coffer_get(cache, kReportKey.data(), kReportKey.size(), &entry, error.slot()), error) ==
      COFFER_OK) {
    TreeBuilder builder;
    check(coffer_entry_play(cache, &entry, builder.visitor(), nullptr, error.slot()), error);
    return builder.take();
  }
  const Tree result = count_primes();
  const coffer_value value = as_value(result);
  check(coffer_put_value(cache, kReportKey.data(), kReportKey.size(), &value, nullptr, nullptr,
                         error.slot()),
        error);
  return result;
}

std::string primes_in(const Tree& result) {
  return grouped(static_cast<uint64_t>(result.find("primes")->number));
}

double nanoseconds_of(coffer_cache* cache, Tree* result) {
  const auto start = std::chrono::steady_clock::now();
  *result = cached_primes(cache);
  return std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - start).count();
}

void show_cached_function(coffer_runtime* runtime) {
  const CacheHandle cache = open(runtime, kReportCache);
  Tree first_result, second_result;
  const double first = nanoseconds_of(cache.get(), &first_result);
  const double second = nanoseconds_of(cache.get(), &second_result);
  std::printf("\nAn expensive function, kept for 5 minutes in %s\n", kReportCache);
  Table calls({{""}, {"", Table::Align::kRight}, {""}});
  calls.add({"first call", duration(first),
             "computed: " + primes_in(first_result) + " primes below 10 million"});
  calls.add({"second call", duration(second),
             "from the cache: the same " + primes_in(second_result) + ", " +
                 grouped(static_cast<uint64_t>(first / second)) + " times faster"});
  std::fputs(calls.aligned(2).c_str(), stdout);

  // Another handle, as another part of the program or another language would open it.
  const CacheHandle reader = open(runtime, kReportCache);
  Entry entry;
  Error error;
  check(coffer_get(reader.get(), kReportKey.data(), kReportKey.size(), &entry, error.slot()),
        error);
  std::printf("\nThe same value, read by another handle: %zu bytes of JSON under \"%s\"\n  %.*s\n",
              entry.size, kReportKey.data(), static_cast<int>(entry.size),
              static_cast<const char*>(entry.data));
}

void show_replay(coffer_runtime* runtime, const std::string& path) {
  const Trace trace = read_trace(path, 0);
  std::vector<ReplayResult> results;
  for (const char* strategy : {"ttl", "lru", "lfu"}) {
    const CacheHandle cache =
        open(runtime, std::string("memory://?capacity=1k&strategy=") + strategy);
    results.push_back(replay(cache.get(), strategy, trace, 100, [](size_t) {}));
  }
  std::printf("\n%s requests of a real web shop for %s pages, with room for 1,000\n",
              grouped(trace.size()).c_str(), grouped(trace.count_distinct()).c_str());
  std::fputs(replay_table("strategy", results).aligned(2).c_str(), stdout);
}

void run(const char* program) {
  const std::string trace = runfile(program, "tests/data/web12.txt.gz");
  if (trace.empty()) throw Failure("the trace is missing; start with: ./bazelw run //:quickstart");
  const RuntimeHandle runtime = create_runtime();
  std::printf("Coffer %s and the plugins it has found\n  %s\n", coffer_version(),
              found_plugins(runtime.get()).c_str());
  show_cached_function(runtime.get());
  show_replay(runtime.get(), trace);
  std::puts(
      "\nNext\n"
      "  ./bazelw run //:cli -- help                    the command line tool\n"
      "  ./bazelw run //:cli -- shell                   type put, get, incr, keys, stats\n"
      "  ./bazelw run //:cli -- plugins explain memory  what a cache URL may say\n"
      "  README.md                                      caching from C and C++, your own plugin");
}

}  // namespace
}  // namespace coffer::cli

int main(int, char** argv) {
  using namespace coffer::cli;
  enter_runfiles(argv[0]);
  try {
    run(argv[0]);
  } catch (const std::exception& error) {
    std::fflush(stdout);
    std::fprintf(stderr, "quickstart: %s\n", error.what());
    return kFailed;
  }
  return kYes;
}
