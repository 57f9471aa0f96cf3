#include "bindings/cli/replay.h"

#include <algorithm>
#include <chrono>

#include "bindings/cli/format.h"
#include "bindings/cli/handles.h"

namespace coffer::cli {
namespace {

// Requests between two looks at the clock: few enough for progress, enough to time them well.
constexpr size_t kStretch = 4096;

class Replayer {
 public:
  Replayer(coffer_cache* cache, size_t value_size) : cache_(cache), value_(value_size, 'v') {
    buffer_.resize(value_size);
  }

  // True if the key was there.
  bool request(std::string_view key) {
    coffer_read_info info;
    const coffer_status status = check(coffer_read(cache_, key.data(), key.size(), buffer_.data(),
                                                   buffer_.size(), &info, error_.slot()),
                                       error_);
    // SHORT: a shared store had a larger value under this key, from somebody else.
    if (status != COFFER_MISS) return true;
    check(coffer_put(cache_, key.data(), key.size(), value_.data(), value_.size(), nullptr, nullptr,
                     error_.slot()),
          error_);
    return false;
  }

 private:
  coffer_cache* const cache_;
  const std::string value_;
  std::string buffer_;
  Error error_;
};

}  // namespace

double ReplayResult::nanoseconds_per_operation() const {
  return nanoseconds / static_cast<double>(requests + (requests - hits));
}

double ReplayResult::bytes_per_entry() const {
  if (stats.entries == 0) return 0;
  return static_cast<double>(stats.bytes) / static_cast<double>(stats.entries);
}

ReplayResult replay(coffer_cache* cache, const std::string& label, const Trace& trace,
                    size_t value_size, const Progress& progress) {
  using SteadyClock = std::chrono::steady_clock;
  ReplayResult result;
  result.label = label;
  Replayer replayer(cache, value_size);
  SteadyClock::duration spent{};
  for (size_t i = 0; i < trace.size();) {
    const size_t end = std::min(trace.size(), i + kStretch);
    const auto start = SteadyClock::now();
    for (; i < end; ++i) result.hits += replayer.request(trace.key(i));
    spent += SteadyClock::now() - start;
    progress(i);
  }
  result.requests = trace.size();
  result.nanoseconds = std::chrono::duration<double, std::nano>(spent).count();
  result.stats.struct_size = sizeof(result.stats);
  Error error;
  check(coffer_cache_stats(cache, &result.stats, error.slot()), error);
  return result;
}

Table replay_table(const std::string& title, const std::vector<ReplayResult>& results) {
  constexpr auto kRight = Table::Align::kRight;
  Table table({{title},
               {"hit ratio", kRight},
               {"ns/op", kRight},
               {"entries", kRight},
               {"bytes/entry", kRight},
               {"memory", kRight},
               {"evictions", kRight}});
  for (const ReplayResult& result : results) {
    table.add({result.label, percent(result.hit_ratio(), 1),
               format("%.0f", result.nanoseconds_per_operation()), grouped(result.stats.entries),
               format("%.0f", result.bytes_per_entry()), byte_size(result.stats.bytes),
               grouped(result.stats.evictions)});
  }
  return table;
}

Tree replay_report(const Trace& trace, size_t value_size,
                   const std::vector<ReplayResult>& results) {
  Tree caches = Tree::list();
  for (const ReplayResult& result : results) {
    caches.add(Tree::map()
                   .set("cache", Tree::text_or_blob(result.label))
                   .set("hit_ratio", Tree::real(result.hit_ratio()))
                   .set("hits", Tree::count(result.hits))
                   .set("misses", Tree::count(result.requests - result.hits))
                   .set("ns_per_op", Tree::real(result.nanoseconds_per_operation()))
                   .set("entries", Tree::count(result.stats.entries))
                   .set("bytes", Tree::count(result.stats.bytes))
                   .set("bytes_per_entry", Tree::real(result.bytes_per_entry()))
                   .set("evictions", Tree::count(result.stats.evictions)));
  }
  return Tree::map()
      .set("requests", Tree::count(trace.size()))
      .set("distinct_keys", Tree::count(trace.count_distinct()))
      .set("value_size", Tree::count(value_size))
      .set("caches", std::move(caches));
}

}  // namespace coffer::cli
