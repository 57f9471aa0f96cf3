// Copies of dependencies, for batches that are played later.
#ifndef COFFER_CORE_CACHE_KEPT_H_
#define COFFER_CORE_CACHE_KEPT_H_

#include <deque>
#include <string>
#include <vector>

#include "coffer/dependency.h"

namespace coffer::core {

class KeptDependencies {
 public:
  // A copy of `from` with all it points to, which lives as long as this object. `from` may be NULL.
  const coffer_dependencies* keep(const coffer_dependencies* from) {
    if (from == nullptr) return nullptr;
    coffer_dependencies& copy = dependencies_.emplace_back(*from);
    std::vector<coffer_bytes>& tags = tags_.emplace_back(from->tags, from->tags + from->tag_count);
    for (coffer_bytes& tag : tags) keep(tag);
    copy.tags = tags.data();
    std::vector<coffer_rows>& rows = rows_.emplace_back(from->rows, from->rows + from->row_count);
    for (coffer_rows& each : rows) {
      keep(each.space);
      std::vector<coffer_cells>& any = conjunctions_.emplace_back(each.any, each.any + each.count);
      for (coffer_cells& conjunction : any) keep(conjunction);
      each.any = any.data();
    }
    copy.rows = rows.data();
    return &copy;
  }

 private:
  void keep(coffer_cells& conjunction) {
    std::vector<coffer_cell>& cells =
        cells_.emplace_back(conjunction.cells, conjunction.cells + conjunction.count);
    for (coffer_cell& cell : cells) {
      keep(cell.column);
      keep(cell.value.bytes);
    }
    conjunction.cells = cells.data();
  }
  void keep(coffer_bytes& bytes) {
    if (bytes.size == 0) return;
    const std::string& copy = bytes_.emplace_back(static_cast<const char*>(bytes.data), bytes.size);
    bytes.data = copy.data();
  }

  // Deques, whose elements stay where they are.
  std::deque<coffer_dependencies> dependencies_;
  std::deque<std::vector<coffer_bytes>> tags_;
  std::deque<std::vector<coffer_rows>> rows_;
  std::deque<std::vector<coffer_cells>> conjunctions_;
  std::deque<std::vector<coffer_cell>> cells_;
  std::deque<std::string> bytes_;
};

}  // namespace coffer::core

#endif  // COFFER_CORE_CACHE_KEPT_H_
