#include "benchmarks/report.h"

#include <algorithm>
#include <cstdio>

namespace coffer::benchmarks {
namespace {

constexpr const char* kBaseline = "list+mutex";
constexpr int kTitleWidth = 31;
constexpr int kColumnWidth = 19;

}  // namespace

bool TableReporter::ReportContext(const Context&) {
#ifndef NDEBUG
  std::fprintf(stderr, "These numbers mean nothing: built without --config=opt.\n");
#endif
  return true;
}

TableReporter::Row& TableReporter::row(const std::string& title) {
  auto found =
      std::find_if(rows_.begin(), rows_.end(), [&](const Row& row) { return row.title == title; });
  if (found != rows_.end()) return *found;
  rows_.push_back({title, {}, {}});
  return rows_.back();
}

void TableReporter::ReportRuns(const std::vector<Run>& runs) {
  for (const Run& run : runs) {
    if (run.run_type != Run::RT_Iteration) continue;
    if (run.error_occurred) {
      std::fprintf(stderr, "%s: %s\n", run.benchmark_name().c_str(), run.error_message.c_str());
      failed_ = true;
      continue;
    }
    const std::string& name = run.run_name.function_name;
    const size_t first = name.find('/'), second = name.find('/', first + 1);
    const std::string contender = name.substr(first + 1, second - first - 1);
    Row& at = row(name.substr(0, first) + ", " + name.substr(second + 1) +
                  " entries, T=" + std::to_string(run.threads));
    const double mops = run.counters.at("items_per_second") / 1e6;
    at.best[contender] = std::max(at.best[contender], mops);
    at.live[contender] = run.counters.at("live");
    std::fprintf(stderr, "%-60s %9.2f M/s\n", run.benchmark_name().c_str(), mops);
  }
}

void TableReporter::Finalize() {
  std::printf("\nMillions of operations a second, all threads together (times %s)\n\n%-*s",
              kBaseline, kTitleWidth, "");
  for (const std::string& contender : contenders_) {
    std::printf("%*s", kColumnWidth, contender.c_str());
  }
  std::printf("\n");
  for (const Row& row : rows_) print(row);
  std::fflush(stdout);
}

void TableReporter::print(const Row& row) {
  auto baseline = row.best.find(kBaseline);
  std::printf("%-*s", kTitleWidth, row.title.c_str());
  for (const std::string& contender : contenders_) {
    auto found = row.best.find(contender);
    char cell[32] = "-";
    if (found != row.best.end() && baseline != row.best.end()) {
      std::snprintf(cell, sizeof(cell), "%.2f (%5.2fx)", found->second,
                    found->second / baseline->second);
    } else if (found != row.best.end()) {
      std::snprintf(cell, sizeof(cell), "%.2f", found->second);
    }
    std::printf("%*s", kColumnWidth, cell);
  }
  std::printf("\n%-*s", kTitleWidth, "  live entries");
  for (const std::string& contender : contenders_) {
    auto found = row.live.find(contender);
    char cell[32] = "";
    if (found != row.live.end()) std::snprintf(cell, sizeof(cell), "%.0f", found->second);
    std::printf("%*s", kColumnWidth, cell);
  }
  std::printf("\n");
}

}  // namespace coffer::benchmarks
