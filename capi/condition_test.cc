// The conditions of queries through the C header: examples, errors, and completeness against brute
// force.
#include "coffer/condition.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "core/dependency/describe.h"
#include "core/dependency/testing/given.h"

namespace coffer {
namespace {

using core::describe_value;
using namespace core::testing;  // NOLINT: the builders of values

coffer_bytes bytes_of(std::string_view text) { return {text.data(), text.size()}; }
std::string text_of(coffer_bytes bytes) {
  return {static_cast<const char*>(bytes.data), bytes.size};
}

// A condition being built, in postfix order. Names must outlive it.
class Query {
 public:
  Query() = default;
  explicit Query(std::string_view space) { source(space, space); }

  Query& source(std::string_view name, std::string_view space, uint32_t flags = 0) {
    sources_.push_back({bytes_of(name), bytes_of(space), flags, 0});
    return *this;
  }
  Query& join(std::string_view left, std::string_view left_column, std::string_view right,
              std::string_view right_column) {
    joins_.push_back(
        {bytes_of(left), bytes_of(left_column), bytes_of(right), bytes_of(right_column)});
    return *this;
  }
  Query& term(int32_t op, std::string_view source, std::string_view column,
              std::vector<coffer_datum> values) {
    const std::vector<coffer_datum>& kept = values_.emplace_back(std::move(values));
    terms_.push_back({op, 0, bytes_of(source), bytes_of(column), kept.data(), kept.size()});
    return *this;
  }
  Query& eq(std::string_view column, coffer_datum value) {
    return term(COFFER_TERM_EQUAL, "", column, {value});
  }
  Query& eq_of(std::string_view source, std::string_view column, coffer_datum value) {
    return term(COFFER_TERM_EQUAL, source, column, {value});
  }
  Query& in(std::string_view column, std::vector<coffer_datum> values) {
    return term(COFFER_TERM_IN, "", column, std::move(values));
  }
  Query& op(int32_t op, uint32_t count = 0) {
    terms_.push_back({op, count, {}, {}, nullptr, 0});
    return *this;
  }
  Query& unknown() { return op(COFFER_TERM_UNKNOWN); }
  Query& all(uint32_t count) { return op(COFFER_TERM_AND, count); }
  Query& any(uint32_t count) { return op(COFFER_TERM_OR, count); }
  Query& negate() { return op(COFFER_TERM_NOT); }
  Query& limits(uint32_t long_list, uint32_t most_stamps) {
    long_list_ = long_list;
    most_stamps_ = most_stamps;
    return *this;
  }

  coffer_condition c() const {
    return {sizeof(coffer_condition),
            long_list_,
            most_stamps_,
            0,
            sources_.data(),
            sources_.size(),
            terms_.data(),
            terms_.size(),
            joins_.data(),
            joins_.size()};
  }

 private:
  std::vector<coffer_source> sources_;
  std::vector<coffer_join> joins_;
  std::vector<coffer_term> terms_;
  std::deque<std::vector<coffer_datum>> values_;
  uint32_t long_list_ = 0, most_stamps_ = 0;
};

struct Release {
  void operator()(coffer_dnf* dnf) const { coffer_dnf_release(dnf); }
  void operator()(coffer_error* error) const { coffer_error_release(error); }
};
using Reduced = std::unique_ptr<coffer_dnf, Release>;

Reduced reduce(const coffer_condition& condition, std::string* message = nullptr) {
  coffer_dnf* dnf = nullptr;
  coffer_error* error = nullptr;
  const coffer_status status = coffer_condition_reduce(&condition, &dnf, &error);
  const std::unique_ptr<coffer_error, Release> owner(error);
  EXPECT_EQ(status == COFFER_OK, dnf != nullptr);
  EXPECT_EQ(status == COFFER_OK, error == nullptr);
  if (message != nullptr) *message = coffer_error_message(error);
  return Reduced(dnf);
}

// "post: [{a=1, b=2}, {a=2}], category: [{}]"
std::string text_of(const Query& query) {
  std::string message;
  const Reduced dnf = reduce(query.c(), &message);
  if (dnf == nullptr) return message;
  std::string out;
  size_t count = 0;
  const coffer_rows* const rows = coffer_dnf_rows(dnf.get(), &count);
  for (size_t i = 0; i < count; ++i) {
    out += (i > 0 ? ", " : "") + text_of(rows[i].space) + ": [";
    for (size_t j = 0; j < rows[i].count; ++j) {
      out += j > 0 ? ", {" : "{";
      const coffer_cells& cells = rows[i].any[j];
      for (size_t k = 0; k < cells.count; ++k) {
        out += (k > 0 ? ", " : "") + text_of(cells.cells[k].column) + "=" +
               describe_value(cells.cells[k].value);
      }
      out += "}";
    }
    out += "]";
  }
  return out;
}

std::vector<coffer_datum> numbers(int64_t count) {
  std::vector<coffer_datum> out;
  for (int64_t i = 1; i <= count; ++i) out.push_back(i64(i));
  return out;
}

// ---- the table of examples ----

TEST(Condition, WhatEqualityCannotExpressIsAnyRow) {
  EXPECT_EQ(text_of(Query("post")), "post: [{}]");
  EXPECT_EQ(text_of(Query("post").unknown()), "post: [{}]");  // pk > 1
  EXPECT_EQ(text_of(Query("post").in("category", numbers(8))),
            "post: [{}]");  // category IN of eight
  EXPECT_EQ(text_of(Query("post").eq("pk", i64(1)).negate()), "post: [{}]");  // NOT pk = 1
  EXPECT_EQ(text_of(Query("post").eq("pk", i64(1)).unknown().any(2)),
            "post: [{}]");  // pk = 1 OR pk > 5
}

TEST(Condition, AnInListMultiplies) {
  EXPECT_EQ(
      text_of(Query("post").eq("visible", boolean(true)).in("category_id", numbers(2)).all(2)),
      "post: [{category_id=1, visible=true}, {category_id=2, visible=true}]");
}

TEST(Condition, WhatIsUnknownIsDropped) {
  EXPECT_EQ(text_of(Query("post").unknown().eq("visible", boolean(true)).all(2)),
            "post: [{visible=true}]");
}

TEST(Condition, EachSpaceHasItsOwn) {
  EXPECT_EQ(text_of(Query("extra")
                        .source("category", "category")
                        .source("post", "post")
                        .eq_of("category", "title", text("x"))
                        .eq_of("extra", "tag", i64(5))
                        .all(2)),
            "extra: [{tag=5}], category: [{title=\"x\"}], post: [{}]");
}

TEST(Condition, IsNull) {
  EXPECT_EQ(text_of(Query()
                        .source("post", "post")
                        .source("category", "category")
                        .term(COFFER_TERM_IS_NULL, "post", "id", {})),
            "post: [{id=null}], category: [{}]");
  // Where the row may be absent, its columns are null without a row that has a null.
  EXPECT_EQ(text_of(Query("category")
                        .source("post", "post", COFFER_SOURCE_OPTIONAL)
                        .term(COFFER_TERM_IS_NULL, "post", "id", {})),
            "category: [{}], post: [{}]");
  EXPECT_EQ(text_of(Query("post").term(COFFER_TERM_IS_NULL, "", "id", {}).negate()), "post: [{}]");
}

TEST(Condition, WhatNeverHoldsDependsOnNoRow) {
  EXPECT_EQ(text_of(Query("post").eq("pk", i64(1)).eq("pk", i64(2)).all(2)), "post: []");
  EXPECT_EQ(text_of(Query("post").op(COFFER_TERM_NOTHING)), "post: []");
  EXPECT_EQ(text_of(Query("post").in("pk", {})), "post: []");
  EXPECT_EQ(text_of(Query("post").op(COFFER_TERM_NOTHING).eq("pk", i64(1)).any(2)),
            "post: [{pk=1}]");
  EXPECT_EQ(text_of(Query("post").any(0)), "post: []");
  EXPECT_EQ(text_of(Query("post").all(0)), "post: [{}]");
}

TEST(Condition, ASubqueryIsUnknownAndItsTableASource) {
  EXPECT_EQ(text_of(Query("post").source("inner", "category").unknown()),
            "post: [{}], category: [{}]");
}

// ---- beyond the table ----

TEST(Condition, NotOfNotAndDeMorgan) {
  EXPECT_EQ(text_of(Query("post").eq("pk", i64(1)).negate().negate()), "post: [{pk=1}]");
  // NOT (NOT a AND NOT b) is a OR b.
  EXPECT_EQ(
      text_of(Query("post").eq("a", i64(1)).negate().eq("b", i64(2)).negate().all(2).negate()),
      "post: [{a=1}, {b=2}]");
  EXPECT_EQ(text_of(Query("post").op(COFFER_TERM_NOTHING).negate()), "post: [{}]");
}

TEST(Condition, EqualValuesDoNotContradict) {
  EXPECT_EQ(text_of(Query("p").eq("a", i64(1)).eq("a", f64(1.0)).all(2)), "p: [{a=1}]");
  // In some type of column they are one value.
  EXPECT_EQ(text_of(Query("p").eq("a", f64(0.1)).eq("a", decimal("0.1")).all(2)), "p: [{a=0.1}]");
  EXPECT_EQ(text_of(Query("p").eq("a", text("12")).eq("a", i64(12)).all(2)), "p: [{a=\"12\"}]");
  EXPECT_EQ(text_of(Query("p").eq("a", date(1)).eq("a", datetime(86'400)).all(2)),
            "p: [{a=1970-01-02}]");
  EXPECT_EQ(text_of(Query("p").eq("a", text("x")).eq("a", text("y")).all(2)), "p: []");
  EXPECT_EQ(text_of(Query("p").eq("a", null()).eq("a", i64(0)).all(2)), "p: []");
}

TEST(Condition, JoinsCarryOverWhatIsKnown) {
  const auto joined = [](uint32_t flags) {
    return Query("post")
        .source("category", "category", flags)
        .join("post", "category_id", "category", "id");
  };
  EXPECT_EQ(text_of(joined(0).eq_of("category", "id", i64(7))),
            "post: [{category_id=7}], category: [{id=7}]");
  EXPECT_EQ(text_of(joined(COFFER_SOURCE_OPTIONAL).eq_of("post", "category_id", i64(7))),
            "post: [{category_id=7}], category: [{id=7}]");
  EXPECT_EQ(
      text_of(
          joined(0).eq_of("category", "id", i64(7)).eq_of("post", "category_id", i64(8)).all(2)),
      "post: [], category: []");
  EXPECT_EQ(text_of(joined(0).eq_of("post", "category_id", null())),
            "post: [{category_id=null}], category: [{}]");
  // Not back from a source that may have no row.
  const auto twice = [] {
    return Query("x")
        .source("y", "y", COFFER_SOURCE_OPTIONAL)
        .join("x", "a", "y", "k")
        .join("x", "b", "y", "k");
  };
  EXPECT_EQ(text_of(twice().eq("a", i64(1))), "x: [{a=1}], y: [{k=1}]");
  EXPECT_EQ(text_of(twice().eq("a", i64(1)).eq("b", i64(2)).all(2)), "x: [{a=1, b=2}], y: [{k=1}]");
  EXPECT_EQ(text_of(twice().eq_of("y", "k", i64(1))), "x: [{a=1, b=1}], y: [{k=1}]");
  // Along a chain.
  EXPECT_EQ(text_of(Query("a")
                        .source("b", "b")
                        .source("c", "c")
                        .join("a", "x", "b", "y")
                        .join("b", "y", "c", "z")
                        .eq_of("c", "z", i64(1))),
            "a: [{x=1}], b: [{y=1}], c: [{z=1}]");
}

TEST(Condition, TwoRowsOfOneSpace) {
  EXPECT_EQ(text_of(Query()
                        .source("child", "node")
                        .source("parent", "node")
                        .eq_of("child", "kind", i64(1))
                        .eq_of("parent", "kind", i64(2))
                        .all(2)),
            "node: [{kind=1}, {kind=2}]");
}

TEST(Condition, LimitsMakeItWeakerNeverWrong) {
  EXPECT_EQ(text_of(Query("p").in("a", numbers(3)).limits(3, 0)), "p: [{}]");
  EXPECT_EQ(text_of(Query("p").in("a", numbers(2)).limits(3, 0)), "p: [{a=1}, {a=2}]");
  // 2 * 3 is too much for five stamps: the shorter factor alone.
  EXPECT_EQ(text_of(Query("p").in("a", numbers(3)).in("b", numbers(2)).all(2).limits(0, 5)),
            "p: [{b=1}, {b=2}]");
  EXPECT_EQ(text_of(Query("p").in("a", numbers(3)).in("b", numbers(3)).any(2).limits(0, 5)),
            "p: [{}]");
  // Together the spaces have too many: the longest is the first to give in.
  EXPECT_EQ(text_of(Query("p")
                        .source("q", "q")
                        .in("a", numbers(4))
                        .term(COFFER_TERM_IN, "q", "b", {i64(1)})
                        .all(2)
                        .limits(0, 5)),
            "p: [{}], q: [{b=1}]");
  // Products that contradict themselves do not count.
  EXPECT_EQ(text_of(Query("p").in("a", numbers(7)).in("a", numbers(7)).all(2).limits(0, 8)),
            "p: [{a=1}, {a=2}, {a=3}, {a=4}, {a=5}, {a=6}, {a=7}]");
}

TEST(Condition, AManyfoldProductIsBounded) {
  Query query("p");
  const std::string columns = "abcdefghijklmnopqrstuvwxyz";
  for (const char& c : columns) query.in(std::string_view(&c, 1), numbers(7));
  query.all(static_cast<uint32_t>(columns.size()));
  EXPECT_EQ(text_of(query), "p: [{a=1}, {a=2}, {a=3}, {a=4}, {a=5}, {a=6}, {a=7}]");
}

TEST(Condition, ErrorsNameTheTerm) {
  EXPECT_EQ(text_of(Query()), "there are no sources; name each table that the query reads");
  EXPECT_EQ(text_of(Query("p").source("p", "q")),
            "sources[1].name \"p\" is that of another source; give each a name of its own");
  EXPECT_EQ(text_of(Query("p").eq("a", i64(1)).eq_of("q", "a", i64(1))),
            "terms[1]: no source is called \"q\"; there are p");
  EXPECT_EQ(text_of(Query("p").eq("", i64(1))), "terms[0]: column is empty; it needs a name");
  EXPECT_EQ(text_of(Query("p").eq("a", decimal("x"))),
            "terms[0]: column \"a\": decimal x is no number");
  EXPECT_EQ(text_of(Query("p").term(COFFER_TERM_EQUAL, "", "a", {})),
            "terms[0]: EQUAL takes one value, there are 0");
  EXPECT_EQ(text_of(Query("p").negate()), "terms[0]: NOT has no operand before it");
  EXPECT_EQ(text_of(Query("p").unknown().all(2)),
            "terms[1]: AND of 2 operands has only 1 before it");
  EXPECT_EQ(text_of(Query("p").op(99)),
            "terms[0]: op 99 is unknown; ops are COFFER_TERM_*, 1 to 8");
  EXPECT_EQ(text_of(Query("p").unknown().unknown()),
            "the terms are 2 conditions, not one; end with COFFER_TERM_AND of all of them");
  EXPECT_EQ(text_of(Query("p").join("p", "a", "x", "b")),
            "joins[0]: no source is called \"x\"; there are p");
  EXPECT_EQ(text_of(Query("p").limits(0, 41)), "most_stamps is 41; it may be 1 to 40, or 0 for 32");
  EXPECT_EQ(text_of(Query("p").source("q", "q", 8)),
            "sources[1]: an unknown flag is set, or reserved is not zero");
  coffer_condition condition = Query("p").c();
  condition.struct_size = 3;
  std::string message;
  EXPECT_EQ(reduce(condition, &message), nullptr);
  EXPECT_EQ(message, "coffer_condition: struct_size is 3; set it to sizeof (64)");
  EXPECT_EQ(coffer_condition_reduce(&condition, nullptr, nullptr), COFFER_INVALID_ARGUMENT);
  coffer_dnf* dnf = nullptr;
  EXPECT_EQ(coffer_condition_reduce(nullptr, &dnf, nullptr), COFFER_INVALID_ARGUMENT);
  coffer_dnf_release(nullptr);
}

// ---- brute force: rows whose change changes the result of a query satisfy one of its conjunctions
// ----

constexpr std::string_view kColumns[] = {"a", "b", "c"};
constexpr int64_t kNull = 0;
using TableRow =
    std::map<std::string_view, int64_t>;  // 0 stands for null, so that 1 = 1.0 is what is compared
using Tables = std::map<std::string_view, std::vector<TableRow>>;
using Assignment = std::vector<std::optional<TableRow>>;  // a row of each source, or none

class RandomQuery {
 public:
  explicit RandomQuery(std::mt19937& random) : random_(random) {
    const size_t count = 1 + below(3);
    for (size_t i = 0; i < count; ++i) {
      const bool optional = i > 0 && below(3) == 0;
      sources_.push_back({kNames[i], below(2) == 0 ? "p" : "q", optional});
      query_.source(kNames[i], sources_.back().space, optional ? COFFER_SOURCE_OPTIONAL : 0);
      for (size_t n = i == 0 ? 0 : below(3); n > 0; --n) {
        joins_.push_back({below(i), one_column(), i, one_column()});
        const Join& join = joins_.back();
        query_.join(kNames[join.left], join.left_column, kNames[join.right], join.right_column);
      }
    }
    holds_ = expression(3);
    query_.limits(below(2) == 0 ? 0 : 3, below(2) == 0 ? 0 : static_cast<uint32_t>(6 + below(10)));
  }

  const Query& query() const { return query_; }

  // The rows of the result, in the order of the tables.
  std::vector<Assignment> run(const Tables& tables) const {
    std::vector<Assignment> out;
    extend(tables, {}, out);
    return out;
  }

 private:
  static constexpr std::string_view kNames[] = {"x", "y", "z"};
  struct Source {
    std::string_view name, space;
    bool optional;
  };
  struct Join {
    size_t left;
    std::string_view left_column;
    size_t right;
    std::string_view right_column;
  };
  using Predicate = std::function<bool(const Assignment&)>;

  size_t below(size_t n) { return random_() % n; }
  std::string_view one_column() { return kColumns[below(std::size(kColumns))]; }

  static int64_t value_of(const std::optional<TableRow>& row, std::string_view column) {
    return row ? row->at(column) : kNull;
  }

  coffer_datum datum_of(int64_t value) {
    switch (below(3)) {
      case 0: return i64(value);
      case 1: return f64(static_cast<double>(value));
      default: return u64(static_cast<uint64_t>(value));
    }
  }

  Predicate leaf() {
    const size_t source = below(sources_.size());
    const std::string_view column = one_column();
    switch (below(6)) {
      case 0:
        query_.term(COFFER_TERM_IS_NULL, kNames[source], column, {});
        return [=](const Assignment& rows) { return value_of(rows[source], column) == kNull; };
      case 1: {
        query_.unknown();
        const size_t salt = below(100);
        return [=](const Assignment& rows) {
          size_t hash = salt;
          for (const auto& row : rows)
            hash = hash * 31 + static_cast<size_t>(row ? row->at(column) : 7);
          return hash % 3 == 0;
        };
      }
      case 2: {
        std::vector<coffer_datum> values;
        std::vector<int64_t> plain;
        for (size_t n = below(4); n > 0; --n) {
          plain.push_back(1 + static_cast<int64_t>(below(3)));
          values.push_back(datum_of(plain.back()));
        }
        query_.term(COFFER_TERM_IN, kNames[source], column, values);
        return [=](const Assignment& rows) {
          return std::count(plain.begin(), plain.end(), value_of(rows[source], column)) > 0;
        };
      }
      case 3:
        if (below(4) == 0) {
          query_.op(COFFER_TERM_NOTHING);
          return [](const Assignment&) { return false; };
        }
        [[fallthrough]];
      default: {
        const int64_t value = 1 + static_cast<int64_t>(below(3));
        query_.eq_of(kNames[source], column, datum_of(value));
        return [=](const Assignment& rows) { return value_of(rows[source], column) == value; };
      }
    }
  }

  Predicate expression(int depth) {
    const size_t kind = depth == 0 ? 9 : below(8);
    if (kind == 0) {
      Predicate inner = expression(depth - 1);
      query_.negate();
      return [=](const Assignment& rows) { return !inner(rows); };
    }
    if (kind > 5) return leaf();
    std::vector<Predicate> operands;
    for (size_t n = below(4); n > 0; --n) operands.push_back(expression(depth - 1));
    const bool is_and = kind < 4;
    query_.op(is_and ? COFFER_TERM_AND : COFFER_TERM_OR, static_cast<uint32_t>(operands.size()));
    return [=](const Assignment& rows) {
      const auto holds = [&](const Predicate& operand) { return operand(rows); };
      return is_and ? std::all_of(operands.begin(), operands.end(), holds)
                    : std::any_of(operands.begin(), operands.end(), holds);
    };
  }

  void extend(const Tables& tables, const Assignment& rows, std::vector<Assignment>& out) const {
    const size_t next = rows.size();
    if (next == sources_.size()) {
      if (holds_(rows)) out.push_back(rows);
      return;
    }
    bool found = false;
    const auto with = [&](std::optional<TableRow> row) {
      Assignment wider = rows;
      wider.push_back(std::move(row));
      return wider;
    };
    for (const TableRow& row : tables.at(sources_[next].space)) {
      const Assignment wider = with(row);
      const bool joined = std::all_of(joins_.begin(), joins_.end(), [&](const Join& join) {
        if (join.right != next) return true;
        const int64_t left = value_of(wider[join.left], join.left_column);
        return left != kNull && left == value_of(wider[join.right], join.right_column);
      });
      if (!joined) continue;
      found = true;
      extend(tables, wider, out);
    }
    if (!found && sources_[next].optional) extend(tables, with(std::nullopt), out);
  }

  std::mt19937& random_;
  Query query_;
  std::vector<Source> sources_;
  std::vector<Join> joins_;
  Predicate holds_;
};

bool satisfies(const TableRow& row, const coffer_cells& conjunction) {
  return std::all_of(conjunction.cells, conjunction.cells + conjunction.count,
                     [&](const coffer_cell& cell) {
                       const int64_t value = row.at(text_of(cell.column));
                       switch (cell.value.type) {
                         case COFFER_DATUM_NULL: return value == kNull;
                         case COFFER_DATUM_F64: return static_cast<double>(value) == cell.value.f64;
                         default: return value == cell.value.i64;
                       }
                     });
}

bool satisfies(const TableRow& row, std::string_view space, const coffer_dnf* dnf) {
  size_t count = 0;
  const coffer_rows* const rows = coffer_dnf_rows(dnf, &count);
  for (size_t i = 0; i < count; ++i) {
    if (text_of(rows[i].space) != space) continue;
    return std::any_of(
        rows[i].any, rows[i].any + rows[i].count,
        [&](const coffer_cells& conjunction) { return satisfies(row, conjunction); });
  }
  return false;
}

TEST(Condition, NoChangeOfAResultGoesUnseen) {
  const unsigned seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  size_t changes = 0, needless = 0, missed = 0;
  for (int round = 0; round < 3000; ++round) {
    RandomQuery query(random);
    const Reduced dnf = reduce(query.query().c());
    ASSERT_NE(dnf, nullptr);
    const auto random_row = [&] {
      TableRow row;
      for (const std::string_view column : kColumns)
        row[column] = static_cast<int64_t>(random() % 4);
      return row;
    };
    Tables tables{{"p", {}}, {"q", {}}};
    for (int i = 0; i < 6; ++i) tables[i % 2 == 0 ? "p" : "q"].push_back(random_row());
    std::vector<Assignment> before = query.run(tables);
    for (int event = 0; event < 8; ++event) {
      const std::string_view space = random() % 2 == 0 ? "p" : "q";
      std::vector<TableRow>& table = tables[space];
      std::vector<TableRow> states;  // old and new
      const size_t kind = random() % 3;
      if (kind == 0 || table.empty()) {
        states.push_back(table.emplace_back(random_row()));
      } else {
        TableRow& row = table[random() % table.size()];
        states.push_back(row);
        row = kind == 1 ? random_row() : table.back();
        if (kind == 1) states.push_back(row);
        if (kind == 2) table.pop_back();
      }
      std::vector<Assignment> after = query.run(tables);
      std::sort(after.begin(), after.end());
      std::sort(before.begin(), before.end());
      const bool changed = after != before;
      before = std::move(after);
      const bool seen = std::any_of(states.begin(), states.end(), [&](const TableRow& row) {
        return satisfies(row, space, dnf.get());
      });
      ASSERT_TRUE(seen || !changed) << "round " << round << ": " << text_of(query.query());
      changes += changed;
      needless += seen && !changed;
      missed += !seen;
    }
  }
  // The test must not pass because nothing happens or everything matches.
  EXPECT_GT(changes, 1000u);
  EXPECT_GT(missed, 1000u);
  RecordProperty("needless", static_cast<int>(needless));
}

}  // namespace
}  // namespace coffer
