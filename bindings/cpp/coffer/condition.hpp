// coffer/condition.hpp: the condition of a query as dependencies.
//
//   using coffer::Term;
//   // select … from post where author = 7 and (draft = false or id in (1, 2))
//   auto on = coffer::Condition()
//                 .source("post")
//                 .where(Term::equal("author", 7) &&
//                        (Term::equal("draft", false) || Term::in("id", {1, 2})))
//                 .reduce();
//   cache.fetch(key, {.depends_on = *on});
//
// What equality cannot express is Term::unknown(): it makes the result weaker, never wrong.
#ifndef COFFER_CONDITION_HPP_
#define COFFER_CONDITION_HPP_

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "coffer/bytes.hpp"
#include "coffer/condition.h"
#include "coffer/datum.hpp"
#include "coffer/dependencies.hpp"
#include "coffer/result.hpp"

namespace coffer {

// An expression of &&, || and ! over comparisons. Borrows names, and text and bytes of values,
// until Condition::reduce.
class Term {
 public:
  // A column of a source; without one it is the first.
  struct Column {
    Column(const char* column) noexcept : name(column) {}  // NOLINT: implicit on purpose
    Column(Bytes column) noexcept : name(column) {}        // NOLINT: as above
    Column(Bytes of, Bytes column) noexcept : source(of), name(column) {}
    Bytes source;
    Bytes name;
  };

  // column = value; a null means IS NULL.
  static Term equal(Column column, Datum value) { return in(column, {value}, COFFER_TERM_EQUAL); }
  // column IN (values); of none: holds never.
  static Term in(Column column, std::initializer_list<Datum> values) {
    return in(column, values, COFFER_TERM_IN);
  }
  static Term in(Column column, std::span<const Datum> values) {
    return in(column, values, COFFER_TERM_IN);
  }
  static Term is_null(Column column) { return in(column, {}, COFFER_TERM_IS_NULL); }
  // May hold or not: comparisons, functions, subqueries.
  static Term unknown() { return Term(COFFER_TERM_UNKNOWN); }
  // Holds never.
  static Term nothing() { return Term(COFFER_TERM_NOTHING); }

  friend Term operator&&(Term a, Term b) {
    return combine(std::move(a), std::move(b), COFFER_TERM_AND);
  }
  friend Term operator||(Term a, Term b) {
    return combine(std::move(a), std::move(b), COFFER_TERM_OR);
  }
  friend Term operator!(Term a) {
    a.terms_.push_back(raw(COFFER_TERM_NOT, 0));
    return a;
  }

  // For calls of the C ABI: in postfix order.
  const std::vector<coffer_term>& raw() const noexcept { return terms_; }

 private:
  explicit Term(std::int32_t op) { terms_.push_back(raw(op, 0)); }

  static coffer_term raw(std::int32_t op, std::uint32_t count) noexcept {
    coffer_term term{};
    term.op = op;
    term.count = count;
    return term;
  }
  template <typename Values>
  static Term in(const Column& column, const Values& values, std::int32_t op) {
    Term term(op);
    auto kept = std::make_shared<std::vector<coffer_datum>>();
    for (const Datum& value : values) kept->push_back(value.raw());
    coffer_term& raw = term.terms_.back();
    raw.source = column.source.raw();
    raw.column = column.name.raw();
    raw.values = kept->data();
    raw.value_count = kept->size();
    term.values_.push_back(std::move(kept));
    return term;
  }
  static Term in(const Column& column, std::initializer_list<Datum> values, std::int32_t op) {
    return in<std::initializer_list<Datum>>(column, values, op);
  }
  static Term combine(Term a, Term b, std::int32_t op) {
    a.terms_.insert(a.terms_.end(), b.terms_.begin(), b.terms_.end());
    a.values_.insert(a.values_.end(), b.values_.begin(), b.values_.end());
    a.terms_.push_back(raw(op, 2));
    return a;
  }

  std::vector<coffer_term> terms_;
  std::vector<std::shared_ptr<const std::vector<coffer_datum>>> values_;
};

// The tables of a query, how they are joined, and what rows it selects.
class Condition {
 public:
  // A table that the query reads; `name` is what terms call it, the space by default.
  Condition& source(Bytes space) & { return source(space, space); }
  Condition& source(Bytes name, Bytes space) & {
    sources_.push_back({name.raw(), space.raw(), 0, 0});
    return *this;
  }
  // One that is outer-joined: there may be no row of it.
  Condition& optional_source(Bytes name, Bytes space) & {
    sources_.push_back({name.raw(), space.raw(), COFFER_SOURCE_OPTIONAL, 0});
    return *this;
  }
  // left = right holds in every row of the result.
  Condition& join(const Term::Column& left, const Term::Column& right) & {
    joins_.push_back({left.source.raw(), left.name.raw(), right.source.raw(), right.name.raw()});
    return *this;
  }
  // All that is given must hold.
  Condition& where(Term term) & {
    terms_.push_back(std::move(term));
    return *this;
  }
  // An IN of so many values or more is as good as unknown; 0: 8.
  Condition& long_list(std::uint32_t values) & {
    long_list_ = values;
    return *this;
  }
  // How many spaces and conjunctions the result may have in all, 1 to 40; 0: 32.
  Condition& most_stamps(std::uint32_t stamps) & {
    most_stamps_ = stamps;
    return *this;
  }

  Condition&& source(Bytes space) && { return std::move(source(space)); }
  Condition&& source(Bytes name, Bytes space) && { return std::move(source(name, space)); }
  Condition&& optional_source(Bytes name, Bytes space) && {
    return std::move(optional_source(name, space));
  }
  Condition&& join(const Term::Column& left, const Term::Column& right) && {
    return std::move(join(left, right));
  }
  Condition&& where(Term term) && { return std::move(where(std::move(term))); }
  Condition&& long_list(std::uint32_t values) && { return std::move(long_list(values)); }
  Condition&& most_stamps(std::uint32_t stamps) && { return std::move(most_stamps(stamps)); }

  // What the result of the query depends on; copies all it keeps. No dependency at all means that
  // no row can matter.
  Result<Dependencies> reduce() const {
    std::vector<coffer_term> terms;
    for (const Term& term : terms_) {
      terms.insert(terms.end(), term.raw().begin(), term.raw().end());
    }
    if (terms_.size() > 1) {
      coffer_term all{};
      all.op = COFFER_TERM_AND;
      all.count = static_cast<std::uint32_t>(terms_.size());
      terms.push_back(all);
    }
    coffer_condition raw{};
    raw.struct_size = sizeof(raw);
    raw.long_list = long_list_;
    raw.most_stamps = most_stamps_;
    raw.sources = sources_.data();
    raw.source_count = sources_.size();
    raw.terms = terms.data();
    raw.term_count = terms.size();
    raw.joins = joins_.data();
    raw.join_count = joins_.size();
    coffer_dnf* dnf = nullptr;
    coffer_error* error = nullptr;
    const coffer_status status = coffer_condition_reduce(&raw, &dnf, &error);
    if (status != COFFER_OK) return Outcome(status, error);
    const std::unique_ptr<coffer_dnf, Release> owned(dnf);
    std::size_t count = 0;
    const coffer_rows* const rows = coffer_dnf_rows(dnf, &count);
    Dependencies on;
    for (std::size_t i = 0; i < count; ++i) {
      for (std::size_t k = 0; k < rows[i].count; ++k) on.rows(rows[i].space, rows[i].any[k]);
    }
    return on;
  }

 private:
  struct Release {
    void operator()(coffer_dnf* dnf) const noexcept { coffer_dnf_release(dnf); }
  };

  std::vector<coffer_source> sources_;
  std::vector<coffer_join> joins_;
  std::vector<Term> terms_;
  std::uint32_t long_list_ = 0;
  std::uint32_t most_stamps_ = 0;
};

}  // namespace coffer

#endif  // COFFER_CONDITION_HPP_
