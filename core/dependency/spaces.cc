#include "core/dependency/spaces.h"

#include <mutex>

#include "core/dependency/canonical.h"
#include "core/dependency/describe.h"
#include "core/dependency/names.h"

namespace coffer::core {
namespace {

coffer_status check_column(const coffer_column& column, size_t index, coffer_sink& sink) {
  const std::string what = "columns[" + std::to_string(index) + "]";
  const coffer_status status = check_text_name(what + ".name", column.name, sink);
  if (failed(status)) return status;
  if (column_type_name(column.type) == nullptr) {
    return sink.fail(COFFER_INVALID_ARGUMENT,
                     what + " \"" + shown(view_of(column.name)) + "\" has the unknown type " +
                         std::to_string(column.type) + "; types are COFFER_COLUMN_*, 1 to 12");
  }
  if (column.reserved != 0)
    return sink.fail(COFFER_INVALID_ARGUMENT, what + ".reserved is not zero");
  return COFFER_OK;
}

}  // namespace

coffer_status Spaces::declare(std::string_view scope, std::string_view space,
                              const coffer_column* columns, size_t count, coffer_sink& sink) {
  const coffer_status status =
      check_text_name("the space's name", {space.data(), space.size()}, sink);
  if (failed(status)) return status;
  if (columns == nullptr && count > 0)
    return sink.fail(COFFER_INVALID_ARGUMENT, "columns is NULL, but count is not 0");
  for (size_t i = 0; i < count; ++i) {
    const coffer_status checked = check_column(columns[i], i, sink);
    if (failed(checked)) return checked;
  }
  const std::string key = canonical_head(kCanonicalSpace, scope, space);
  const std::lock_guard lock(mutex_);
  const auto found = spaces_.find(key);
  auto next = std::make_shared<Columns>(found == spaces_.end() ? *none_ : *found->second);
  for (size_t i = 0; i < count; ++i) {
    const auto [place, fresh] = next->types_.emplace(view_of(columns[i].name), columns[i].type);
    if (fresh || place->second == columns[i].type) continue;
    return sink.fail(COFFER_INVALID_STATE,
                     "column \"" + shown(place->first) + "\" of space \"" + shown(space) +
                         "\" is declared " + column_type_name(place->second) +
                         " and cannot become " + column_type_name(columns[i].type) +
                         ": entries computed before could no longer be found");
  }
  spaces_.insert_or_assign(key, std::move(next));
  return COFFER_OK;
}

std::shared_ptr<const Columns> Spaces::columns(std::string_view scope,
                                               std::string_view space) const {
  const std::string key = canonical_head(kCanonicalSpace, scope, space);
  const std::shared_lock lock(mutex_);
  const auto found = spaces_.find(key);
  return found == spaces_.end() ? none_ : found->second;
}

}  // namespace coffer::core
