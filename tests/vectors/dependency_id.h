// The ids of dependencies, for the driver.
#ifndef COFFER_TESTS_VECTORS_DEPENDENCY_ID_H_
#define COFFER_TESTS_VECTORS_DEPENDENCY_ID_H_

#include <string>
#include <utility>
#include <vector>

#include "core/dependency/dependency.h"
#include "plugins/serializers/testing/value.h"

namespace coffer::vectors {

// One `column = value` of a conjunction; `type` is the declared type of the column,
// COFFER_COLUMN_ANY if it has none.
struct Cell {
  std::string column;
  int32_t type = COFFER_COLUMN_ANY;
  serializers::Value value;
};

// The id of the conjunction of these cells in a space. Fails like resolve_dependencies.
coffer_status rows_id(const std::string& scope, const std::string& space,
                      const std::vector<Cell>& cells, core::DependencyId& out, coffer_sink& sink);

}  // namespace coffer::vectors

#endif  // COFFER_TESTS_VECTORS_DEPENDENCY_ID_H_
