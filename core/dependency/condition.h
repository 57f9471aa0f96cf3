// The condition of a query reduced to what it says about the rows of each space.
#ifndef COFFER_CORE_DEPENDENCY_CONDITION_H_
#define COFFER_CORE_DEPENDENCY_CONDITION_H_

#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "coffer/condition.h"
#include "core/error/error.h"

// Owns the rows and all they point to.
struct coffer_dnf {
 public:
  coffer_dnf() = default;
  coffer_dnf(const coffer_dnf&) = delete;
  coffer_dnf& operator=(const coffer_dnf&) = delete;

  using Conjunction = std::vector<std::pair<std::string_view, const coffer_datum*>>;
  // Copies the disjunction of a space.
  void add(std::string_view space, const std::vector<Conjunction>& any);
  const std::vector<coffer_rows>& rows() const { return rows_; }

 private:
  coffer_bytes keep(coffer_bytes bytes);

  std::vector<coffer_rows> rows_;
  std::deque<std::vector<coffer_cells>> disjunctions_;
  std::deque<std::vector<coffer_cell>> conjunctions_;
  std::deque<std::string> bytes_;
};

namespace coffer::core {

coffer_status reduce_condition(const coffer_condition& condition, coffer_dnf& out,
                               coffer_sink& sink);

}  // namespace coffer::core

#endif  // COFFER_CORE_DEPENDENCY_CONDITION_H_
