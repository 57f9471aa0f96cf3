#include "core/dependency/condition.h"

#include <algorithm>

#include "core/dependency/dependency.h"
#include "core/dependency/dnf.h"
#include "core/dependency/names.h"

namespace coffer::core {
namespace {

constexpr uint32_t kLongList = 8;
constexpr uint32_t kMostStamps = 32;
constexpr uint32_t kMostStructSize = 4096;

coffer_status wrong(coffer_sink& sink, std::string message) {
  return sink.fail(COFFER_INVALID_ARGUMENT, std::move(message));
}

std::string at(const char* what, size_t index) {
  return std::string(what) + "[" + std::to_string(index) + "]";
}

// What an expression says when it holds, and when it does not: so a NOT costs nothing and keeps no
// negated terms.
struct Both {
  Dnf yes;
  Dnf no;
};

class Reducer {
 public:
  Reducer(const coffer_condition& from, coffer_sink& sink)
      : from_(from),
        sink_(sink),
        long_list_(from.long_list != 0 ? from.long_list : kLongList),
        most_(from.most_stamps != 0 ? from.most_stamps : kMostStamps) {}

  coffer_status run(coffer_dnf& out) {
    coffer_status status = check_struct();
    if (!failed(status)) status = check_sources();
    if (!failed(status)) status = read_joins();
    for (size_t i = 0; !failed(status) && i < from_.term_count; ++i) {
      status = read_term(from_.terms[i]);
      if (failed(status)) sink_.prefix(at("terms", i));
    }
    if (failed(status)) return status;
    if (from_.term_count == 0) stack_.push_back({Dnf::always(), Dnf::never()});
    if (stack_.size() != 1) {
      return wrong(sink_, "the terms are " + std::to_string(stack_.size()) +
                              " conditions, not one; end with COFFER_TERM_AND of all of them");
    }
    distribute();
    weaken();
    write(out);
    return COFFER_OK;
  }

 private:
  // ---- the tables ----

  coffer_status check_struct() {
    if (from_.struct_size < sizeof from_ || from_.struct_size > kMostStructSize) {
      return wrong(sink_, "coffer_condition: struct_size is " + std::to_string(from_.struct_size) +
                              "; set it to sizeof (" + std::to_string(sizeof from_) + ")");
    }
    if (from_.reserved != 0) return wrong(sink_, "coffer_condition: reserved is not zero");
    if (most_ > kMostDependencies) {
      return wrong(sink_, "most_stamps is " + std::to_string(most_) + "; it may be 1 to " +
                              std::to_string(kMostDependencies) + ", or 0 for " +
                              std::to_string(kMostStamps));
    }
    if (from_.sources == nullptr || from_.source_count == 0) {
      return wrong(sink_, "there are no sources; name each table that the query reads");
    }
    if (from_.terms == nullptr && from_.term_count > 0)
      return wrong(sink_, "terms is NULL, but term_count is not 0");
    if (from_.joins == nullptr && from_.join_count > 0)
      return wrong(sink_, "joins is NULL, but join_count is not 0");
    return COFFER_OK;
  }

  coffer_status check_sources() {
    for (size_t i = 0; i < from_.source_count; ++i) {
      const coffer_source& source = from_.sources[i];
      coffer_status status = check_text_name(at("sources", i) + ".name", source.name, sink_);
      if (!failed(status))
        status = check_text_name(at("sources", i) + ".space", source.space, sink_);
      if (failed(status)) return status;
      if ((source.flags & ~uint32_t{COFFER_SOURCE_OPTIONAL}) != 0 || source.reserved != 0) {
        return wrong(sink_, at("sources", i) + ": an unknown flag is set, or reserved is not zero");
      }
      if (find_source(view_of(source.name)) < i) {
        return wrong(sink_, at("sources", i) + ".name \"" + shown(view_of(source.name)) +
                                "\" is that of another source; give each a name of its own");
      }
    }
    return COFFER_OK;
  }

  // Its index, or source_count.
  size_t find_source(std::string_view name) const {
    size_t i = 0;
    while (i < from_.source_count && view_of(from_.sources[i].name) != name) ++i;
    return i;
  }

  coffer_status place(coffer_bytes source, coffer_bytes column, Terms::Place& out) {
    if (source.size > 0 && source.data == nullptr)
      return wrong(sink_, "source is NULL, but its size is not 0");
    const size_t index = source.size == 0 ? 0 : find_source(view_of(source));
    if (index == from_.source_count) {
      std::string names;
      for (size_t i = 0; i < std::min<size_t>(from_.source_count, 10); ++i) {
        names += (i > 0 ? ", " : "") + shown(view_of(from_.sources[i].name));
      }
      return wrong(sink_,
                   "no source is called \"" + shown(view_of(source)) + "\"; there are " + names);
    }
    const coffer_status status = check_text_name("column", column, sink_);
    if (!failed(status)) out = terms_.place(static_cast<uint32_t>(index), view_of(column));
    return status;
  }

  coffer_status read_joins() {
    for (size_t i = 0; i < from_.join_count; ++i) {
      const coffer_join& join = from_.joins[i];
      Terms::Place left = 0, right = 0;
      coffer_status status = place(join.left_source, join.left_column, left);
      if (!failed(status)) status = place(join.right_source, join.right_column, right);
      if (failed(status)) {
        sink_.prefix(at("joins", i));
        return status;
      }
      joins_.emplace_back(left, right);
      joins_.emplace_back(right, left);
    }
    return COFFER_OK;
  }

  // ---- the terms ----

  coffer_status read_term(const coffer_term& term) {
    switch (term.op) {
      case COFFER_TERM_EQUAL:
        if (term.value_count != 1) {
          return wrong(sink_,
                       "EQUAL takes one value, there are " + std::to_string(term.value_count));
        }
        return read_equalities(term);
      case COFFER_TERM_IN:
      case COFFER_TERM_IS_NULL: return read_equalities(term);
      case COFFER_TERM_UNKNOWN: stack_.push_back({Dnf::always(), Dnf::always()}); return COFFER_OK;
      case COFFER_TERM_NOTHING: stack_.push_back({Dnf::never(), Dnf::always()}); return COFFER_OK;
      case COFFER_TERM_NOT:
        if (stack_.empty()) return wrong(sink_, "NOT has no operand before it");
        std::swap(stack_.back().yes, stack_.back().no);
        return COFFER_OK;
      case COFFER_TERM_AND:
      case COFFER_TERM_OR: return combine(term.op == COFFER_TERM_AND, term.count);
      default:
        return wrong(
            sink_, "op " + std::to_string(term.op) + " is unknown; ops are COFFER_TERM_*, 1 to 8");
    }
  }

  coffer_status read_equalities(const coffer_term& term) {
    if (term.values == nullptr && term.value_count > 0) {
      return wrong(sink_, "values is NULL, but value_count is not 0");
    }
    Terms::Place where = 0;
    coffer_status status = place(term.source, term.column, where);
    if (failed(status)) return status;
    if (term.op == COFFER_TERM_IN && term.value_count >= long_list_) {
      stack_.push_back({Dnf::always(), Dnf::always()});
      return COFFER_OK;
    }
    static constexpr coffer_datum kNull{COFFER_DATUM_NULL, 0, 0, 0, {}};
    const bool null = term.op == COFFER_TERM_IS_NULL;
    const size_t count = null ? 1 : term.value_count;
    Dnf any;
    for (size_t i = 0; i < count && !any.is_always(); ++i) {
      Terms::Value value = 0;
      status = terms_.value(null ? kNull : term.values[i], value, sink_);
      if (failed(status)) {
        sink_.prefix("column \"" + shown(view_of(term.column)) + "\"");
        return status;
      }
      const bool absent = terms_.is_null(value) && is_optional(terms_.source_of(where));
      any = either(std::move(any), absent ? Dnf::always() : Dnf({{{where, value}}}), most_);
    }
    stack_.push_back({std::move(any), Dnf::always()});
    return COFFER_OK;
  }

  bool is_optional(uint32_t source) const {
    return (from_.sources[source].flags & COFFER_SOURCE_OPTIONAL) != 0;
  }

  coffer_status combine(bool is_and, size_t count) {
    if (count > stack_.size()) {
      return wrong(sink_, std::string(is_and ? "AND" : "OR") + " of " + std::to_string(count) +
                              " operands has only " + std::to_string(stack_.size()) + " before it");
    }
    Both out = is_and ? Both{Dnf::always(), Dnf::never()} : Both{Dnf::never(), Dnf::always()};
    for (size_t i = stack_.size() - count; i < stack_.size(); ++i) {
      const Both& operand = stack_[i];
      out.yes = is_and ? both(terms_, out.yes, operand.yes, most_)
                       : either(std::move(out.yes), operand.yes, most_);
      out.no = is_and ? either(std::move(out.no), operand.no, most_)
                      : both(terms_, out.no, operand.no, most_);
    }
    stack_.resize(stack_.size() - count);
    stack_.push_back(std::move(out));
    return COFFER_OK;
  }

  // ---- the result ----

  // Adds what joins imply; false if that contradicts what is there. Of a source that may have no
  // row what is implied is true of its rows, but implies nothing further: where it has none, the
  // join says nothing.
  bool propagate(Equalities& equalities) const {
    std::vector<bool> present(from_.source_count);
    for (uint32_t source = 0; source < from_.source_count; ++source)
      present[source] = !is_optional(source);
    for (const auto& [place, value] : equalities) present[terms_.source_of(place)] = true;
    for (bool more = true; more;) {
      more = false;
      for (const auto& [from, to] : joins_) {
        const auto known =
            std::find_if(equalities.begin(), equalities.end(),
                         [from = from](const auto& equality) { return equality.first == from; });
        // Nulls do not join.
        if (known == equalities.end() || terms_.is_null(known->second) ||
            !present[terms_.source_of(from)])
          continue;
        auto wider = join(terms_, equalities, {{to, known->second}});
        if (!wider && present[terms_.source_of(to)]) return false;
        if (!wider) continue;
        more = more || wider->size() > equalities.size();
        equalities = std::move(*wider);
      }
    }
    return true;
  }

  // Each disjunct says something about a row of each source; for a space that is what it says about
  // any of its sources.
  void distribute() {
    for (size_t i = 0; i < from_.source_count; ++i) space_of(static_cast<uint32_t>(i));
    for (Equalities disjunct : stack_.front().yes.any()) {
      if (!propagate(disjunct)) continue;
      for (uint32_t source = 0; source < from_.source_count; ++source) {
        coffer_dnf::Conjunction conjunction;
        for (const auto& [place, value] : disjunct) {
          if (terms_.source_of(place) == source) {
            conjunction.emplace_back(terms_.column_of(place), &terms_.datum_of(value));
          }
        }
        add(spaces_[space_of(source)].second, std::move(conjunction));
      }
    }
  }

  using Disjunction = std::vector<coffer_dnf::Conjunction>;

  static bool is_any_row(const Disjunction& any) { return any.size() == 1 && any.front().empty(); }

  static void add(Disjunction& any, coffer_dnf::Conjunction conjunction) {
    if (is_any_row(any)) return;
    if (conjunction.empty()) {
      any = {{}};
      return;
    }
    std::sort(conjunction.begin(), conjunction.end());
    if (std::find(any.begin(), any.end(), conjunction) == any.end())
      any.push_back(std::move(conjunction));
  }

  size_t space_of(uint32_t source) {
    const std::string_view name = view_of(from_.sources[source].space);
    const auto found = std::find_if(spaces_.begin(), spaces_.end(),
                                    [&](const auto& space) { return space.first == name; });
    const auto index = static_cast<size_t>(found - spaces_.begin());
    if (found == spaces_.end()) spaces_.emplace_back(name, Disjunction());
    return index;
  }

  // Until all fit: the space with the most conjunctions depends on any row.
  void weaken() {
    while (true) {
      size_t stamps = 0;
      Disjunction* longest = &spaces_.front().second;
      for (auto& [name, any] : spaces_) {
        stamps += any.empty() ? 0 : 1 + any.size();
        if (any.size() > longest->size()) longest = &any;
      }
      if (stamps <= most_ || longest->size() <= 1) return;
      *longest = {{}};
    }
  }

  void write(coffer_dnf& out) const {
    for (const auto& [name, any] : spaces_) out.add(name, any);
  }

  const coffer_condition& from_;
  coffer_sink& sink_;
  const size_t long_list_;
  const size_t most_;
  Terms terms_;
  std::vector<std::pair<Terms::Place, Terms::Place>> joins_;  // each in both directions
  std::vector<Both> stack_;
  std::vector<std::pair<std::string_view, Disjunction>> spaces_;  // in the order of the sources
};

}  // namespace

coffer_status reduce_condition(const coffer_condition& condition, coffer_dnf& out,
                               coffer_sink& sink) {
  return Reducer(condition, sink).run(out);
}

}  // namespace coffer::core

coffer_bytes coffer_dnf::keep(coffer_bytes bytes) {
  const std::string& kept = bytes_.emplace_back(static_cast<const char*>(bytes.data), bytes.size);
  return {kept.data(), kept.size()};
}

void coffer_dnf::add(std::string_view space, const std::vector<Conjunction>& any) {
  std::vector<coffer_cells>& disjunction = disjunctions_.emplace_back();
  for (const Conjunction& conjunction : any) {
    std::vector<coffer_cell>& cells = conjunctions_.emplace_back();
    for (const auto& [column, datum] : conjunction) {
      cells.push_back({keep({column.data(), column.size()}), *datum});
      if (datum->bytes.size > 0) cells.back().value.bytes = keep(datum->bytes);
    }
    disjunction.push_back({cells.data(), cells.size()});
  }
  rows_.push_back({keep({space.data(), space.size()}), disjunction.data(), disjunction.size()});
}
