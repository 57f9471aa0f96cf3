// Disjunctions of conjunctions of `column = value`, over the tables of one query.
#ifndef COFFER_CORE_DEPENDENCY_DNF_H_
#define COFFER_CORE_DEPENDENCY_DNF_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "coffer/dependency.h"
#include "core/error/error.h"

namespace coffer::core {

// Numbers for what a query's terms name. The texts and values are the caller's.
class Terms {
 public:
  using Place = uint32_t;  // a column of a source
  using Value = uint32_t;

  Place place(uint32_t source, std::string_view column);
  // Fails if it is no value.
  coffer_status value(const coffer_datum& datum, Value& out, coffer_sink& sink);

  uint32_t source_of(Place place) const { return places_[place].first; }
  std::string_view column_of(Place place) const { return places_[place].second; }
  const coffer_datum& datum_of(Value value) const { return *values_[value].first; }
  bool is_null(Value value) const { return datum_of(value).type == COFFER_DATUM_NULL; }
  // Whether there is a type of column in which both are one value.
  bool may_be_equal(Value a, Value b) const;

 private:
  std::vector<std::pair<uint32_t, std::string_view>> places_;
  std::vector<std::pair<const coffer_datum*, std::string>>
      values_;  // with the form in a column that is not declared
};

// Sorted by place, each place once.
using Equalities = std::vector<std::pair<Terms::Place, Terms::Value>>;

// Both at once; nothing if they contradict each other.
std::optional<Equalities> join(const Terms& terms, const Equalities& a, const Equalities& b);

// No disjunct: holds never. One that is empty: holds always, and there is no other.
class Dnf {
 public:
  static Dnf never() { return {}; }
  static Dnf always() { return Dnf({Equalities()}); }

  Dnf() = default;
  explicit Dnf(std::vector<Equalities> any) : any_(std::move(any)) {}

  const std::vector<Equalities>& any() const { return any_; }
  bool is_always() const { return any_.size() == 1 && any_.front().empty(); }

  // A disjunct more.
  void add(Equalities disjunct);

 private:
  std::vector<Equalities> any_;
};

// With more than `most` disjuncts the result is a weaker one that has not: `always`, or one of the
// factors.
Dnf either(Dnf a, const Dnf& b, size_t most);
Dnf both(const Terms& terms, const Dnf& a, const Dnf& b, size_t most);

}  // namespace coffer::core

#endif  // COFFER_CORE_DEPENDENCY_DNF_H_
