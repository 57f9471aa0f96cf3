#include "core/dependency/dependency.h"

#include <algorithm>

#include "core/dependency/canonical.h"
#include "core/dependency/describe.h"
#include "core/dependency/encode.h"
#include "core/dependency/names.h"

namespace coffer::core {
namespace {

constexpr uint32_t kMostStructSize = 4096;

std::string at(std::string_view what, size_t index) {
  return std::string(what) + "[" + std::to_string(index) + "]";
}

coffer_status check_array(std::string_view what, const void* items, size_t count,
                          coffer_sink& sink) {
  // More than any array has: a mistake, as -1 is.
  constexpr size_t kMostItems = size_t{1} << 24;
  if (count > kMostItems) {
    return sink.fail(COFFER_TOO_LARGE, std::string(what) + " has a count of " +
                                           std::to_string(count) + "; at most " +
                                           std::to_string(kMostItems) + " are allowed");
  }
  if (items != nullptr || count == 0) return COFFER_OK;
  return sink.fail(COFFER_INVALID_ARGUMENT,
                   std::string(what) + " is NULL, but its count is " + std::to_string(count));
}

// Cells as the caller gave them, in the order of their columns: for messages and for `text`.
using GivenCells = std::vector<const coffer_cell*>;

// Checks and converts the cells of a conjunction or a row.
coffer_status read_cells(const Columns& columns, const coffer_cells& from, GivenCells& given,
                         CanonicalCells& out, coffer_sink& sink) {
  coffer_status status = check_array("cells", from.cells, from.count, sink);
  if (failed(status)) return status;
  given.clear();
  for (size_t i = 0; i < from.count; ++i) {
    status = check_text_name(at("cells", i) + ".column", from.cells[i].column, sink);
    if (failed(status)) return status;
    given.push_back(&from.cells[i]);
  }
  std::sort(given.begin(), given.end(), [](const coffer_cell* a, const coffer_cell* b) {
    return view_of(a->column) < view_of(b->column);
  });
  out.clear();
  for (const coffer_cell* cell : given) {
    const std::string_view column = view_of(cell->column);
    if (!out.empty() && out.back().first == column) {
      return sink.fail(COFFER_INVALID_ARGUMENT, "column \"" + shown(column) + "\" occurs twice");
    }
    out.emplace_back(column, std::string());
    status = encode_datum(cell->value, columns.type_of(column), out.back().second, sink);
    if (failed(status)) {
      sink.prefix("column \"" + shown(column) + "\"");
      return status;
    }
  }
  return COFFER_OK;
}

void append_cell(std::string& canonical, std::string_view column, std::string_view value) {
  append_part(canonical, column);
  append_part(canonical, value);
}

std::string text_of(std::string_view space, const GivenCells& cells) {
  std::string text = shown(space) + ": ";
  if (cells.empty()) return text + "any row";
  for (const coffer_cell* cell : cells) {
    if (cell != cells.front()) text += " AND ";
    text += shown(view_of(cell->column)) + " = " + describe_value(cell->value);
  }
  return text;
}

Dependency conjunction(const DependencyId& space, std::string canonical,
                       const CanonicalCells& cells, std::string text) {
  Dependency out;
  out.kind = Dependency::kRows;
  out.space = space;
  for (const auto& [column, value] : cells) {
    out.scheme += static_cast<char>(column.size());
    out.scheme += column;
    append_cell(canonical, column, value);
  }
  out.id = id_of(canonical);
  out.text = std::move(text);
  return out;
}

// Adds the dependencies of one call to a list.
class Resolver {
 public:
  Resolver(const Spaces& spaces, std::string_view scope, std::vector<Dependency>& out,
           coffer_sink& sink)
      : spaces_(spaces), scope_(scope), out_(out), sink_(sink) {}

  coffer_status add(const coffer_dependencies& from) {
    coffer_status status = check_struct(from);
    for (size_t i = 0; !failed(status) && i < from.tag_count; ++i) {
      status = check_name(at("tags", i), from.tags[i], sink_);
      if (!failed(status)) status = add_tag(view_of(from.tags[i]));
    }
    for (size_t i = 0; !failed(status) && i < from.row_count; ++i) {
      status = check_text_name(at("rows", i) + ".space", from.rows[i].space, sink_);
      if (!failed(status)) status = add_rows(from.rows[i]);
    }
    return status;
  }

 private:
  coffer_status check_struct(const coffer_dependencies& from) {
    if (from.struct_size < sizeof from || from.struct_size > kMostStructSize) {
      return sink_.fail(COFFER_INVALID_ARGUMENT,
                        "coffer_dependencies: struct_size is " + std::to_string(from.struct_size) +
                            "; set it to sizeof (" + std::to_string(sizeof from) + ")");
    }
    if (from.reserved != 0)
      return sink_.fail(COFFER_INVALID_ARGUMENT, "coffer_dependencies: reserved is not zero");
    const coffer_status status = check_array("tags", from.tags, from.tag_count, sink_);
    return failed(status) ? status : check_array("rows", from.rows, from.row_count, sink_);
  }

  coffer_status add_tag(std::string_view tag) {
    Dependency dependency;
    dependency.id = tag_id(scope_, tag);
    dependency.text = "tag " + shown(tag);
    return add_once(std::move(dependency));
  }

  coffer_status add_rows(const coffer_rows& rows) {
    coffer_status status = add_conjunctions(rows);
    if (failed(status)) sink_.prefix("space \"" + shown(view_of(rows.space)) + "\"");
    return status;
  }

  coffer_status add_conjunctions(const coffer_rows& rows) {
    coffer_status status = check_array("any", rows.any, rows.count, sink_);
    if (failed(status) || rows.count == 0) return status;
    const std::string_view name = view_of(rows.space);
    Dependency space;
    space.kind = Dependency::kSpace;
    space.id = space.space = space_id(scope_, name);
    space.text = shown(name);
    const DependencyId id = space.id;
    status = add_once(std::move(space));
    const std::shared_ptr<const Columns> columns = spaces_.columns(scope_, name);
    const std::string head = canonical_head(kCanonicalRows, scope_, name);
    // Beside the conjunction of every row the others say nothing more: each event that moves one of
    // them moves it too.
    const bool every = std::any_of(rows.any, rows.any + rows.count,
                                   [](const coffer_cells& c) { return c.count == 0; });
    for (size_t i = 0; !failed(status) && i < rows.count; ++i) {
      status = read_cells(*columns, rows.any[i], given_, cells_, sink_);
      if (failed(status)) {
        sink_.prefix(at("any", i));
      } else if (cells_.empty() || !every) {
        status = add_once(conjunction(id, head, cells_, text_of(name, given_)));
      }
    }
    return status;
  }

  coffer_status add_once(Dependency dependency) {
    for (const Dependency& present : out_) {
      if (present.id == dependency.id) return COFFER_OK;
    }
    if (out_.size() >= kMostDependencies) {
      return sink_.fail(COFFER_TOO_LARGE,
                        "a value may depend on at most " + std::to_string(kMostDependencies) +
                            " stamps (one a tag, one a space, one a conjunction), and \"" +
                            dependency.text +
                            "\" would be one more; depend on fewer tags, or on any row of a space");
    }
    out_.push_back(std::move(dependency));
    return COFFER_OK;
  }

  const Spaces& spaces_;
  const std::string_view scope_;
  std::vector<Dependency>& out_;
  coffer_sink& sink_;
  GivenCells given_;
  CanonicalCells cells_;
};

// The column at the front of a scheme, which it is taken off.
std::string_view take_column(std::string_view& scheme) {
  const auto size = static_cast<unsigned char>(scheme.front());
  const std::string_view column = scheme.substr(1, size);
  scheme.remove_prefix(1 + column.size());
  return column;
}

}  // namespace

coffer_status resolve_dependencies(const Spaces& spaces, std::string_view scope,
                                   const coffer_dependencies* from, std::vector<Dependency>& out,
                                   coffer_sink& sink) {
  if (from == nullptr) return COFFER_OK;
  const size_t before = out.size();
  const coffer_status status = Resolver(spaces, scope, out, sink).add(*from);
  if (failed(status)) out.resize(before);
  return status;
}

bool is_scheme(std::string_view bytes) {
  std::string_view before;
  while (!bytes.empty()) {
    const size_t size = static_cast<unsigned char>(bytes.front());
    if (size == 0 || size >= bytes.size()) return false;
    const std::string_view column = take_column(bytes);
    if (column <= before) return false;
    before = column;
  }
  return true;
}

coffer_status Row::read(const Spaces& spaces, std::string_view scope, std::string_view space,
                        const coffer_cells& cells, Row& out, coffer_sink& sink) {
  coffer_status status = check_text_name("the space's name", {space.data(), space.size()}, sink);
  if (failed(status)) return status;
  GivenCells given;
  status = read_cells(*spaces.columns(scope, space), cells, given, out.cells_, sink);
  if (failed(status)) {
    sink.prefix("row of space \"" + shown(space) + "\"");
    return status;
  }
  out.space_ = space_id(scope, space);
  out.head_ = canonical_head(kCanonicalRows, scope, space);
  return COFFER_OK;
}

std::optional<DependencyId> Row::satisfied(std::string_view scheme) const {
  std::string canonical;
  canonical.reserve(512);
  canonical = head_;
  auto cell = cells_.begin();
  while (!scheme.empty()) {
    const std::string_view column = take_column(scheme);
    // Both are sorted.
    while (cell != cells_.end() && cell->first < column) ++cell;
    if (cell == cells_.end() || cell->first != column) return std::nullopt;
    append_cell(canonical, column, cell->second);
  }
  return id_of(canonical);
}

}  // namespace coffer::core
