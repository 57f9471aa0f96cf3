// The result of a run as one table: millions of operations a second of all threads together, best
// of the repetitions, and how many times that of the mutexed list.
#ifndef COFFER_BENCHMARKS_REPORT_H_
#define COFFER_BENCHMARKS_REPORT_H_

#include <benchmark/benchmark.h>

#include <map>
#include <string>
#include <vector>

namespace coffer::benchmarks {

// Benchmarks are named "WORKLOAD/CONTENDER/ENTRIES" and set the counter "live".
class TableReporter : public benchmark::BenchmarkReporter {
 public:
  explicit TableReporter(std::vector<std::string> contenders) : contenders_(contenders) {}

  bool ReportContext(const Context& context) override;
  void ReportRuns(const std::vector<Run>& runs) override;
  void Finalize() override;

  // Whether a benchmark found that its contender does not do what it should.
  bool failed() const { return failed_; }

 private:
  struct Row {
    std::string title;
    std::map<std::string, double> best;  // by contender
    std::map<std::string, double> live;
  };

  Row& row(const std::string& title);
  void print(const Row& row);

  std::vector<std::string> contenders_;
  std::vector<Row> rows_;  // in the order of their first run
  bool failed_ = false;
};

}  // namespace coffer::benchmarks

#endif  // COFFER_BENCHMARKS_REPORT_H_
