// Rows and columns: aligned for a terminal, tab-separated for a pipe.
#ifndef BINDINGS_CLI_TABLE_H_
#define BINDINGS_CLI_TABLE_H_

#include <string>
#include <string_view>
#include <vector>

namespace coffer::cli {

class Table {
 public:
  enum class Align { kLeft, kRight };
  struct Column {
    std::string title;
    Align align = Align::kLeft;
  };

  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  bool empty() const { return rows_.empty(); }

  // A row has as many cells as there are columns.
  void add(std::vector<std::string> cells);

  // Titles (unless all are ""), then rows, each after `indent` spaces; columns two spaces apart.
  std::string aligned(size_t indent = 0) const;

  // Rows without titles, cells separated by tabs.
  std::string plain() const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

// Columns that UTF-8 text takes on a terminal, for scripts of one column per character.
size_t display_width(std::string_view text);

}  // namespace coffer::cli

#endif  // BINDINGS_CLI_TABLE_H_
