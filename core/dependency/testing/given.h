// Typed values, cells and dependencies for tests, with the memory that the C structs point to.
#ifndef COFFER_CORE_DEPENDENCY_TESTING_GIVEN_H_
#define COFFER_CORE_DEPENDENCY_TESTING_GIVEN_H_

#include <deque>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/dependency/dependency.h"

namespace coffer::core::testing {

// The texts must outlive the datum.
inline coffer_datum datum(int32_t type, int64_t i64 = 0, uint32_t nanos = 0) {
  coffer_datum out{};
  out.type = type;
  out.i64 = i64;
  out.nanos = nanos;
  return out;
}
inline coffer_datum datum(int32_t type, std::string_view bytes) {
  coffer_datum out = datum(type);
  out.bytes = {bytes.data(), bytes.size()};
  return out;
}
inline coffer_datum null() { return datum(COFFER_DATUM_NULL); }
inline coffer_datum boolean(bool value) { return datum(COFFER_DATUM_BOOL, value); }
inline coffer_datum i64(int64_t value) { return datum(COFFER_DATUM_I64, value); }
inline coffer_datum u64(uint64_t value) {
  return datum(COFFER_DATUM_U64, static_cast<int64_t>(value));
}
inline coffer_datum f64(double value) {
  coffer_datum out = datum(COFFER_DATUM_F64);
  out.f64 = value;
  return out;
}
inline coffer_datum decimal(std::string_view value) { return datum(COFFER_DATUM_DECIMAL, value); }
inline coffer_datum text(std::string_view value) { return datum(COFFER_DATUM_TEXT, value); }
inline coffer_datum bytes(std::string_view value) { return datum(COFFER_DATUM_BYTES, value); }
inline coffer_datum date(int64_t days) { return datum(COFFER_DATUM_DATE, days); }
inline coffer_datum time_of_day(int64_t nanos) { return datum(COFFER_DATUM_TIME, nanos); }
inline coffer_datum datetime(int64_t seconds, uint32_t nanos = 0) {
  return datum(COFFER_DATUM_DATETIME, seconds, nanos);
}
inline coffer_datum instant(int64_t seconds, uint32_t nanos = 0) {
  return datum(COFFER_DATUM_INSTANT, seconds, nanos);
}
inline coffer_datum uuid(std::string_view bytes) { return datum(COFFER_DATUM_UUID, bytes); }

// The column names must outlive the cell.
inline coffer_cell cell(std::string_view column, const coffer_datum& value) {
  return {{column.data(), column.size()}, value};
}
using Cells = std::vector<coffer_cell>;
inline coffer_cells view(const Cells& cells) { return {cells.data(), cells.size()}; }

// A coffer_dependencies that is being built.
class Given {
 public:
  Given& tag(std::string_view tag) {
    tags_.push_back({tag.data(), tag.size()});
    return *this;
  }
  Given& rows(std::string_view space, std::initializer_list<Cells> any) {
    return rows(space, std::vector<Cells>(any));
  }
  Given& rows(std::string_view space, std::vector<Cells> any) {
    spaces_.push_back({space, std::move(any)});
    return *this;
  }
  // Valid until this object changes or goes.
  coffer_dependencies c() {
    views_.clear();
    rows_.clear();
    for (const auto& [space, any] : spaces_) {
      std::vector<coffer_cells>& views = views_.emplace_back();
      for (const Cells& conjunction : any) views.push_back(view(conjunction));
      rows_.push_back({{space.data(), space.size()}, views.data(), views.size()});
    }
    return {sizeof(coffer_dependencies), 0, tags_.data(), tags_.size(), rows_.data(), rows_.size()};
  }

 private:
  std::vector<coffer_bytes> tags_;
  std::vector<std::pair<std::string_view, std::vector<Cells>>> spaces_;
  std::vector<coffer_rows> rows_;
  std::deque<std::vector<coffer_cells>> views_;
};

inline std::string message(const coffer_sink& sink) {
  return sink.error == nullptr ? "" : sink.error->message;
}

// Resolved in the scope "scope"; nothing on a failure, which the sink tells.
inline std::vector<Dependency> resolve(Given given, const Spaces& spaces, coffer_sink& sink) {
  std::vector<Dependency> out;
  const coffer_dependencies from = given.c();
  resolve_dependencies(spaces, "scope", &from, out, sink);
  return out;
}
inline std::vector<Dependency> resolve(Given given) {
  coffer_sink sink;
  return resolve(std::move(given), Spaces(), sink);
}

inline Row row(std::string_view space, const Cells& cells) {
  Row out;
  coffer_sink sink;
  Row::read(Spaces(), "scope", space, view(cells), out, sink);
  return out;
}

}  // namespace coffer::core::testing

#endif  // COFFER_CORE_DEPENDENCY_TESTING_GIVEN_H_
