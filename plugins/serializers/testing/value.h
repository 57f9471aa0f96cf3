// Neutral values as trees, for tests of serializers: to build, compare, print and play them.
#ifndef COFFER_PLUGINS_SERIALIZERS_TESTING_VALUE_H_
#define COFFER_PLUGINS_SERIALIZERS_TESTING_VALUE_H_

#include <cstdint>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "coffer/value.h"

namespace coffer::serializers {

struct Value {
  enum class Kind { kNull, kBoolean, kInteger, kFloat, kText, kBlob, kList, kMap, kExt };

  Kind kind = Kind::kNull;
  uint32_t type = 0;         // of a list (COFFER_LIST, ...) or extension (COFFER_EXT_*)
  uint64_t bits = 0;         // of a float; 0 or 1 of a boolean
  std::string bytes;         // of text, blob and extension; digits of an integer of any size
  std::vector<Value> items;  // of a list; keys and values in turn of a map

  // Floats are compared by bits: -0.0 is not 0.0, and a NaN is equal to itself.
  bool operator==(const Value&) const = default;
};

Value null();
Value boolean(bool value);
Value integer(int64_t value);
Value integer(std::string digits);  // of any size
Value real(double value);
Value text(std::string_view utf8);
Value blob(std::string_view bytes);
Value ext(uint32_t type, std::string_view bytes);
Value list(std::vector<Value> items, uint32_t kind = COFFER_LIST);
Value map(std::vector<std::pair<Value, Value>> pairs);

template <typename... T>
Value packed_ext(uint32_t type, T... parts) {
  std::string bytes;
  (bytes.append(reinterpret_cast<const char*>(&parts), sizeof(parts)), ...);
  return ext(type, bytes);
}

// Plays the tree; integers as the event that their size asks for. With `counts`, lists and maps say
// theirs.
coffer_status play(const Value& value, const coffer_visitor& into, bool counts = true);

// The tree as a coffer_value; borrows it.
coffer_value as_c(const Value& value);

// Builds a tree of what is played into it, and notices what breaks the rules of coffer/value.h.
class Builder {
 public:
  Builder();
  Builder(const Builder&) = delete;
  Builder& operator=(const Builder&) = delete;

  const coffer_visitor* visitor() const { return &visitor_; }

  // From event number `event` (from 0) on, answers `status`.
  void fail_at(uint64_t event, coffer_status status) {
    fail_at_ = event;
    fail_with_ = status;
  }
  uint64_t events() const { return events_; }

  // The value, if exactly one was played; and what was wrong, if anything was.
  std::optional<Value> value() const;
  const std::string& problem() const { return problem_; }

 private:
  friend struct BuilderEvents;

  coffer_status add(Value value);
  coffer_status begin(Value value);
  coffer_status end(Value::Kind kind);
  coffer_status break_rule(const char* rule);
  bool fails() { return events_++ >= fail_at_; }

  coffer_visitor visitor_;
  std::vector<Value> open_;
  std::vector<Value> done_;
  std::string problem_;
  uint64_t events_ = 0;
  uint64_t fail_at_ = UINT64_MAX;
  coffer_status fail_with_ = COFFER_OK;
};

// One line that says all of the value, with a space after each word: n t f i-12 dBITS sHEX bHEX
// xTYPE:HEX, "[KIND items ]" and "{ keys and values }". parse() reads it back.
std::string print(const Value& value);
std::optional<Value> parse(std::string_view line);
std::ostream& operator<<(std::ostream& out, const Value& value);

}  // namespace coffer::serializers

#endif  // COFFER_PLUGINS_SERIALIZERS_TESTING_VALUE_H_
