// coffer/dependencies.hpp: what a cached value was computed from.
//
//   auto on = coffer::Dependencies().tag("user:7").rows("post", {{"author", 7}, {"draft", false}});
//   cache.put("posts of 7", text, {.depends_on = on});
//   cache.row_inserted("post", {{"id", 1}, {"author", 7}, {"draft", false}});   // ends it
#ifndef COFFER_DEPENDENCIES_HPP_
#define COFFER_DEPENDENCIES_HPP_

#include <algorithm>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "coffer/bytes.hpp"
#include "coffer/datum.hpp"
#include "coffer/dependency.h"

namespace coffer {

// Tags, spaces and rows. Keeps copies of all it is given, so it may be built once and used for many
// calls, by any number of threads. Move-only. At most 40 of them in all.
class Dependencies {
 public:
  Dependencies() noexcept = default;
  Dependencies(Dependencies&& other) noexcept
      : tags_(std::move(other.tags_)),
        rows_(std::move(other.rows_)),
        kept_(std::move(other.kept_)),
        raw_(std::exchange(other.raw_, coffer_dependencies{})) {}
  Dependencies& operator=(Dependencies&& other) noexcept {
    std::swap(tags_, other.tags_);
    std::swap(rows_, other.rows_);
    std::swap(kept_, other.kept_);
    std::swap(raw_, other.raw_);
    return *this;
  }

  // Whatever the program invalidates by this name.
  Dependencies& tag(Bytes name) & {
    tags_.push_back(keep(name.raw()));
    return update();
  }
  // Any row of the space.
  Dependencies& space(Bytes name) & { return rows(name, {}); }
  // The rows of the space that satisfy all of `where`. Call it again for rows that satisfy another
  // conjunction instead.
  Dependencies& rows(Bytes space, Cells where) & {
    coffer_cells conjunction = where.raw();
    coffer_cell* const cells = keep_all(conjunction.cells, conjunction.count);
    for (std::size_t i = 0; i < conjunction.count; ++i) {
      cells[i].column = keep(cells[i].column);
      cells[i].value.bytes = keep(cells[i].value.bytes);
    }
    conjunction.cells = cells;
    rows_.push_back({keep(space.raw()), keep_all(&conjunction, 1), 1});
    return update();
  }
  Dependencies&& tag(Bytes name) && { return std::move(tag(name)); }
  Dependencies&& space(Bytes name) && { return std::move(space(name)); }
  Dependencies&& rows(Bytes space, Cells where) && { return std::move(rows(space, where)); }

  std::size_t size() const noexcept { return tags_.size() + rows_.size(); }
  bool empty() const noexcept { return size() == 0; }

  // For calls of the C ABI; lives as long as this object, until it is changed.
  const coffer_dependencies* raw() const noexcept { return empty() ? nullptr : &raw_; }

 private:
  Dependencies& update() {
    raw_.struct_size = sizeof(raw_);
    raw_.tags = tags_.data();
    raw_.tag_count = tags_.size();
    raw_.rows = rows_.data();
    raw_.row_count = rows_.size();
    return *this;
  }

  // Copies that stay where they are.
  template <typename T>
  T* keep_all(const T* items, std::size_t count) {
    if (count == 0) return nullptr;
    const std::size_t words = (count * sizeof(T) + sizeof(Word) - 1) / sizeof(Word);
    kept_.push_back(std::make_unique<Word[]>(words));
    T* const copy = reinterpret_cast<T*>(kept_.back().get());
    std::uninitialized_copy_n(items, count, copy);
    return copy;
  }
  coffer_bytes keep(coffer_bytes bytes) {
    return {keep_all(static_cast<const char*>(bytes.data), bytes.size), bytes.size};
  }

  using Word = std::max_align_t;
  std::vector<coffer_bytes> tags_;
  std::vector<coffer_rows> rows_;
  std::vector<std::unique_ptr<Word[]>> kept_;
  coffer_dependencies raw_{};
};

// What an option borrows: dependencies, or none.
class DependsOn {
 public:
  constexpr DependsOn() noexcept = default;
  DependsOn(const Dependencies& on) noexcept : raw_(on.raw()) {}  // NOLINT: implicit on purpose
  const coffer_dependencies* raw() const noexcept { return raw_; }

 private:
  const coffer_dependencies* raw_ = nullptr;
};

}  // namespace coffer

#endif  // COFFER_DEPENDENCIES_HPP_
