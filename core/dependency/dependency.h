// What an entry depends on, checked and reduced to ids.
#ifndef COFFER_CORE_DEPENDENCY_DEPENDENCY_H_
#define COFFER_CORE_DEPENDENCY_DEPENDENCY_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "coffer/dependency.h"
#include "core/dependency/spaces.h"
#include "core/error/error.h"

namespace coffer::core {

// Names one dependency among all of all stores: 128 bits of a published hash (XXH3) over its
// canonical form. Two that collide would only be invalidated together.
struct DependencyId {
  uint64_t low = 0;
  uint64_t high = 0;
  bool operator==(const DependencyId&) const = default;
  bool operator<(const DependencyId& other) const {
    return low != other.low ? low < other.low : high < other.high;
  }
};

// The columns of a conjunction: sorted, each with its length in a byte in front. Empty: the
// conjunction of every row.
using Scheme = std::string;

// Whether bytes from outside are one.
bool is_scheme(std::string_view bytes);

// Columns with the canonical forms of their values, sorted by column.
using CanonicalCells = std::vector<std::pair<std::string, std::string>>;

// One thing with a stamp of its own.
struct Dependency {
  enum Kind : uint8_t { kTag, kSpace, kRows };

  Kind kind = kTag;
  DependencyId id;
  DependencyId space;  // kSpace: the id again; kRows: that of its space
  Scheme scheme;       // kRows
  std::string
      text;  // for people: "tag user:7", "posts", "posts: category_id = 1 AND visible = true"
};

inline constexpr size_t kMostDependencies = 40;

DependencyId tag_id(std::string_view scope, std::string_view tag);
DependencyId space_id(std::string_view scope, std::string_view space);

// Checks what a caller says its value depends on, and adds to `out`: tags, then for each space the
// space itself and its conjunctions; nothing twice, and beside the conjunction of every row no
// other of that call's rows of the space. Not more than kMostDependencies with those in `out`
// already. On a failure `out` is as before. `from` may be NULL.
coffer_status resolve_dependencies(const Spaces& spaces, std::string_view scope,
                                   const coffer_dependencies* from, std::vector<Dependency>& out,
                                   coffer_sink& sink);

// A row as an event has it, checked and converted.
class Row {
 public:
  static coffer_status read(const Spaces& spaces, std::string_view scope, std::string_view space,
                            const coffer_cells& cells, Row& out, coffer_sink& sink);

  const DependencyId& space() const { return space_; }
  // The conjunction of this scheme that the row satisfies; nothing if the row lacks a column of it,
  // so that any of the scheme's might be.
  std::optional<DependencyId> satisfied(std::string_view scheme) const;

 private:
  DependencyId space_;
  std::string head_;  // of the canonical form of each of its conjunctions
  CanonicalCells cells_;
};

}  // namespace coffer::core

template <>
struct std::hash<coffer::core::DependencyId> {
  size_t operator()(const coffer::core::DependencyId& id) const noexcept { return id.low; }
};

#endif  // COFFER_CORE_DEPENDENCY_DEPENDENCY_H_
