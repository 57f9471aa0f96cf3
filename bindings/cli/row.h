// Rows and conditions as a person writes them: author=7,draft=false,day:date=2024-05-01
#ifndef BINDINGS_CLI_ROW_H_
#define BINDINGS_CLI_ROW_H_

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "coffer/dependency.h"

namespace coffer::cli {

// The cells of one row, and the texts they refer to.
class Row {
 public:
  // Throws UsageFailure that names the column.
  explicit Row(std::string_view text);
  Row(const Row&) = delete;
  Row& operator=(const Row&) = delete;

  coffer_cells cells() const { return {cells_.data(), cells_.size()}; }

 private:
  void add(std::string_view column, std::string_view type, std::string value, bool quoted);
  coffer_bytes keep(std::string text);

  std::vector<coffer_cell> cells_;
  std::deque<std::string> texts_;  // stay where they are
};

}  // namespace coffer::cli

#endif  // BINDINGS_CLI_ROW_H_
