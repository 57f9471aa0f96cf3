// What the kit prints.
#ifndef COFFER_PLUGINS_CONFORMANCE_REPORT_H_
#define COFFER_PLUGINS_CONFORMANCE_REPORT_H_

#include <map>
#include <string>

#include "plugins/conformance/runner.h"

namespace coffer::conformance {

class Report {
 public:
  // As a table for people, or one JSON document for programs.
  Report(const Settings& settings, bool json) : settings_(settings), json_(json) {}

  void begin(const Probe& probe);
  void add(const Outcome& outcome);
  void end();

  bool good() const;  // nothing failed, crashed or took too long

 private:
  void add_row(const Outcome& outcome);
  void add_json(const Outcome& outcome);

  const Settings& settings_;
  bool json_;
  std::string plugin_;  // of the row before
  std::map<Status, int> counts_;
};

// The whole list, with what each check enforces.
void print_checks(bool json);

}  // namespace coffer::conformance

#endif  // COFFER_PLUGINS_CONFORMANCE_REPORT_H_
