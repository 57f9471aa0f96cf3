// Neutral values as trees, for tests only: made at random, played, collected and compared.
#ifndef COFFER_PLUGINS_CONFORMANCE_VALUE_MODEL_H_
#define COFFER_PLUGINS_CONFORMANCE_VALUE_MODEL_H_

#include <string>
#include <vector>

#include "coffer/value.h"
#include "plugins/conformance/random.h"

namespace coffer::conformance {

enum class Kind { kNull, kBool, kI64, kU64, kBigint, kF64, kText, kBlob, kExt, kList, kMap };

struct Value {
  Kind kind = Kind::kNull;
  int64_t i64 = 0;   // kBool, kI64
  uint64_t u64 = 0;  // kU64
  double f64 = 0;
  std::string bytes;         // kText, kBlob, kBigint, kExt
  uint32_t type = 0;         // kExt: COFFER_EXT_*; kList: COFFER_LIST, ...
  std::vector<Value> items;  // kList; kMap: key, value, key, ...

  static Value null() { return {}; }
  static Value boolean(bool value);
  static Value integer(int64_t value);
  static Value large(uint64_t value);
  static Value bigint(std::string digits);
  static Value real(double value);
  static Value text(std::string utf8);
  static Value blob(std::string bytes);
  static Value ext(uint32_t type, std::string bytes);
  static Value list(std::vector<Value> items, uint32_t type = COFFER_LIST);
  static Value map(std::vector<Value> items);
};

// The same text for equal values, whatever the order of maps and sets.
std::string canonical(const Value& value);

// Interesting values without children: limits, zeroes, special floats, odd texts, each extension.
std::vector<Value> scalar_samples();

// What random trees are made of.
struct Palette {
  std::vector<Value> scalars;
  std::vector<Value> keys;      // of maps; empty: no maps
  std::vector<uint32_t> lists;  // kinds of list; empty: no lists
};
Value random_tree(Random& random, const Palette& palette, int depth);

// Plays `value`; stops with the first failure.
coffer_status play(const Value& value, const coffer_visitor& into);

// `value` as a coffer_value. Views `value`.
coffer_value playable(const Value& value);

// Builds a tree from events and watches that they are well-formed.
class Collector {
 public:
  Collector();
  Collector(const Collector&) = delete;
  Collector& operator=(const Collector&) = delete;

  const coffer_visitor* visitor() const { return &visitor_; }

  // The k-th event (from 1) answers `status`; none does with 0.
  void fail_at(uint64_t k, coffer_status status) { fail_at_ = k, status_ = status; }
  // Only counts: allocates nothing.
  void count_only() { counting_ = true; }

  bool failed() const { return failed_; }
  coffer_status failed_with() const { return status_; }

  uint64_t events() const { return events_; }
  // What was against the rules of coffer/value.h so far, or at the end of a value.
  const std::string& problem() const { return problem_; }
  bool complete() const { return done_ && open_.empty(); }
  const Value& value() const { return root_; }

 private:
  friend struct CollectorVisitor;
  coffer_status event();
  coffer_status add(Value value);
  coffer_status open(Value value, uint64_t count);  // `count` of items, or COFFER_COUNT_UNKNOWN
  coffer_status close(Kind kind);
  void wrong(const std::string& text);

  coffer_visitor visitor_ = {};
  uint64_t events_ = 0, fail_at_ = 0;
  coffer_status status_ = COFFER_OK;
  bool counting_ = false, done_ = false, failed_ = false;
  Value root_;
  std::vector<Value> open_;
  std::vector<uint64_t> counts_;  // stated, of those in open_
  std::string problem_;
};

}  // namespace coffer::conformance

#endif  // COFFER_PLUGINS_CONFORMANCE_VALUE_MODEL_H_
