// Row-level invalidation against brute force: random small tables, random conditions, random
// writes. Nothing stale may ever be served (completeness); what was invalidated without need is
// counted (redundancy).
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "capi/testing/freshness.h"

namespace coffer::testing {
namespace {

constexpr int kColumns = 4;
constexpr int kMostRows = 8;
constexpr int kQueries = 60;
constexpr int kSteps = 20'000;

// A value of a column: column 0 has integers, 1 decimals, 2 text or null, 3 booleans; few of each,
// so that conditions are met.
struct Cell {
  int value;  // 0 to 2; in column 2 a 0 is null
  bool operator==(const Cell&) const = default;
};
using Row = std::array<Cell, kColumns>;
constexpr const char* kNames[kColumns] = {"id", "price", "title", "visible"};

using Term = std::pair<int, Cell>;             // column = value
using Query = std::vector<std::vector<Term>>;  // any of: all of

bool matches(const Query& query, const Row& row) {
  return std::any_of(query.begin(), query.end(), [&](const auto& all) {
    return std::all_of(all.begin(), all.end(), [&](const Term& t) {
      return row[static_cast<size_t>(t.first)] == t.second;
    });
  });
}

class ModelTest : public RuntimeTest {
 protected:
  void SetUp() override {
    RuntimeTest::SetUp();
    seed_ = std::random_device{}();
    if (const char* given = std::getenv("COFFER_SEED"))
      seed_ = static_cast<unsigned>(std::strtoul(given, nullptr, 10));
    std::printf("COFFER_SEED=%u\n", seed_);
    random_.seed(seed_);
    cache_ = open("memory://?capacity=100000");
    for (int i = 0; i < kQueries; ++i) queries_.push_back(random_query());
  }

  int below(int n) { return static_cast<int>(random_() % static_cast<unsigned>(n)); }
  Row random_row() {
    Row row;
    for (int c = 0; c < kColumns; ++c) row[static_cast<size_t>(c)] = {below(c == 3 ? 2 : 3)};
    return row;
  }
  Query random_query() {
    Query query(static_cast<size_t>(below(4)));
    for (auto& all : query) {
      std::set<int> columns;
      for (int terms = below(3); terms > 0; --terms) columns.insert(below(kColumns));
      for (const int column : columns) all.push_back({column, {below(column == 3 ? 2 : 3)}});
    }
    return query;
  }

  // One value has many ways to be written; each time one of them.
  coffer_datum datum(int column, Cell cell) {
    coffer_datum datum{};
    static constexpr const char* kDecimals[3][3] = {
        {"0", "-0", "0.00"}, {"1.5", "1.50", "15E-1"}, {"2", "2.0", "0.2E1"}};
    static constexpr const char* kTexts[3] = {"", "x&price=1.5", "x"};
    switch (column) {
      case 0:
        datum.type = below(2) == 0 ? COFFER_DATUM_I64 : COFFER_DATUM_F64;
        datum.i64 = datum.type == COFFER_DATUM_I64 ? cell.value : 0;
        datum.f64 = datum.type == COFFER_DATUM_F64 ? cell.value : 0;
        break;
      case 1:
        datum.type = COFFER_DATUM_DECIMAL;
        datum.bytes = bytes(kDecimals[cell.value][below(3)]);
        break;
      case 2:
        datum.type = cell.value == 0 ? COFFER_DATUM_NULL : COFFER_DATUM_TEXT;
        if (cell.value != 0) datum.bytes = bytes(kTexts[cell.value]);
        break;
      default: datum.type = COFFER_DATUM_BOOL; datum.i64 = cell.value;
    }
    return datum;
  }

  struct Dependency {
    std::vector<std::vector<coffer_cell>> cells;
    std::vector<coffer_cells> any;
    coffer_rows rows{};
    coffer_dependencies all{};
  };
  std::unique_ptr<Dependency> dependency(const Query& query) {
    auto out = std::make_unique<Dependency>();
    for (const auto& terms : query) {
      auto& cells = out->cells.emplace_back();
      for (const auto& [column, cell] : terms)
        cells.push_back({bytes(kNames[column]), datum(column, cell)});
      std::shuffle(cells.begin(), cells.end(), random_);
    }
    for (const auto& cells : out->cells) out->any.push_back({cells.data(), cells.size()});
    out->rows = {bytes("posts"), out->any.data(), out->any.size()};
    out->all = {sizeof out->all, 0, nullptr, 0, &out->rows, 1};
    return out;
  }

  std::string result(const Query& query) const {
    std::string text;
    for (const auto& [number, row] : table_) {
      if (!matches(query, row)) continue;
      text += std::to_string(number);
      for (const Cell& cell : row) text += static_cast<char>('0' + cell.value);
      text += ' ';
    }
    return text;
  }

  void event(const Row* before, const Row* after) {
    std::vector<coffer_cell> cells[2];
    coffer_cells rows[2];
    for (int i = 0; i < 2; ++i) {
      const Row* row = i == 0 ? before : after;
      if (row == nullptr) continue;
      for (int c = 0; c < kColumns; ++c)
        cells[i].push_back({bytes(kNames[c]), datum(c, (*row)[static_cast<size_t>(c)])});
      std::shuffle(cells[i].begin(), cells[i].end(), random_);
      rows[i] = {cells[i].data(), cells[i].size()};
    }
    ASSERT_EQ(
        coffer_row_event(cache_, nullptr, bytes("posts"), before != nullptr ? &rows[0] : nullptr,
                         after != nullptr ? &rows[1] : nullptr, nullptr),
        COFFER_OK);
  }

  void write() {
    const int number = below(kMostRows);
    const auto found = table_.find(number);
    if (found == table_.end()) {
      const Row row = random_row();
      table_[number] = row;
      event(nullptr, &row);
    } else if (below(3) == 0) {
      const Row row = found->second;
      table_.erase(found);
      event(&row, nullptr);
    } else {
      const Row before = found->second;
      found->second = random_row();
      event(&before, &found->second);
    }
  }

  static std::string key(int query) { return "query " + std::to_string(query); }

  // Reads a query through the cache; with `disturbed`, somebody writes while it is computed.
  void read(int i, bool disturbed) {
    const Query& query = queries_[static_cast<size_t>(i)];
    const auto depends = dependency(query);
    coffer_fetch_options options = fetch_options();
    options.dependencies = &depends->all;
    const Fetch got = fetch(cache_, key(i), options);
    const std::string before = last_[i];
    if (got.fetched.state == COFFER_FETCH_HIT) {
      ++hits_;
      ASSERT_EQ(got.text(), "HIT " + result(query)) << "stale, query " << i;
      return;
    }
    ASSERT_EQ(got.text(), "LEAD");
    if (known_.contains(i)) {
      ++invalidated_;
      if (before == result(query)) ++redundant_;
    }
    const std::string computed = result(query);
    if (disturbed) write();
    const coffer_status status = commit(cache_, got.lease(), computed);
    if (computed != result(query)) {
      ASSERT_EQ(status, COFFER_SUPERSEDED) << "stored what has changed, query " << i;
    }
    if (status == COFFER_OK) {
      known_.insert(i);
      last_[i] = computed;
    } else {
      ++superseded_;
      known_.erase(i);
    }
  }

  unsigned seed_ = 0;
  std::mt19937 random_;
  coffer_cache* cache_ = nullptr;
  std::map<int, Row> table_;
  std::vector<Query> queries_;
  std::set<int> known_;
  std::map<int, std::string> last_;
  int hits_ = 0, invalidated_ = 0, redundant_ = 0, superseded_ = 0;
};

TEST_F(ModelTest, NothingStaleIsServed) {
  for (int step = 0; step < kSteps && !HasFatalFailure(); ++step) {
    SCOPED_TRACE("COFFER_SEED=" + std::to_string(seed_) + ", step " + std::to_string(step));
    switch (below(8)) {
      case 0: write(); break;
      case 1: read(below(kQueries), true); break;
      case 2:
        if (step % 50 == 0) coffer_runtime_maintain(runtime_, nullptr);
        [[fallthrough]];
      default: read(below(kQueries), false);
    }
  }
  EXPECT_GT(hits_, kSteps / 20);
  EXPECT_GT(superseded_, 0);
  std::printf("%d hits, %d invalidated, %d of them without need, %d superseded\n", hits_,
              invalidated_, redundant_, superseded_);
}

}  // namespace
}  // namespace coffer::testing
