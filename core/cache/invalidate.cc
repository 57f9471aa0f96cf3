// Events that end cached values.
#include <memory>
#include <vector>

#include "core/cache/cache.h"
#include "core/dependency/names.h"
#include "core/dependency/root.h"

using coffer::core::DependencyId;
using coffer::core::failed;
using coffer::core::Ref;
using coffer::core::Row;

coffer_status coffer_cache::move(std::vector<DependencyId> ids, coffer_sink& sink) {
  const coffer_status status = store_->stamps().move(ids, deadline(), sink);
  if (failed(status)) count(kErrors);
  return status;
}

void coffer_cache::note_moved(Counter counter, std::string_view name, std::string_view kind) {
  count(counter);
  store_->sweeper().want();
  if ((runtime()->hub().wanted() & COFFER_EVENT_INVALIDATE) == 0) return;
  runtime()->hub().key_event(runtime()->now(), COFFER_EVENT_INVALIDATE, label(), name, 0, kind);
}

// Now, or when the transaction commits.
template <typename Event>
coffer_status coffer_cache::play_or_queue(coffer_txn* txn, Event event, coffer_sink& sink) {
  if (txn == nullptr) return event(*this, sink);
  return txn->queue([cache = Ref<coffer_cache>::share(this), event = std::move(event)](
                        coffer_sink& at_commit) { return event(*cache, at_commit); },
                    sink);
}

coffer_status coffer_cache::invalidate_tags(coffer_txn* txn, const coffer_bytes* tags, size_t count,
                                            coffer_sink& sink) {
  std::vector<std::string> names;
  std::vector<DependencyId> ids;
  for (size_t i = 0; i < count; ++i) {
    const coffer_status status =
        coffer::core::check_name("tags[" + std::to_string(i) + "]", tags[i], sink);
    if (failed(status)) return status;
    names.emplace_back(coffer::core::view_of(tags[i]));
    ids.push_back(coffer::core::tag_id(config_.scope, names.back()));
  }
  return play_or_queue(
      txn,
      [names, ids](coffer_cache& cache, coffer_sink& at) {
        const coffer_status status = cache.move(ids, at);
        if (failed(status)) return status;
        for (const std::string& name : names) cache.note_moved(kTagEvents, name, "tag");
        return status;
      },
      sink);
}

coffer_status coffer_cache::invalidate_space(coffer_txn* txn, std::string_view space,
                                             coffer_sink& sink) {
  const coffer_status status =
      coffer::core::check_text_name("space", {space.data(), space.size()}, sink);
  if (failed(status)) return status;
  const DependencyId id = coffer::core::space_id(config_.scope, space);
  return play_or_queue(
      txn,
      [name = std::string(space), id](coffer_cache& cache, coffer_sink& at) {
        const coffer_status moved = cache.move({id}, at);
        if (!failed(moved)) cache.note_moved(kSpaceEvents, name, "space");
        return moved;
      },
      sink);
}

coffer_status coffer_cache::row_event(coffer_txn* txn, std::string_view space,
                                      const coffer_cells* old_row, const coffer_cells* new_row,
                                      coffer_sink& sink) {
  if (old_row == nullptr && new_row == nullptr) {
    return sink.fail(COFFER_INVALID_ARGUMENT, "row_event of space '" +
                                                  std::string(space.substr(0, 64)) +
                                                  "': give the old row, the new one, or both");
  }
  std::vector<Row> rows;
  for (const coffer_cells* cells : {old_row, new_row}) {
    if (cells == nullptr) continue;
    Row row;
    const coffer_status status =
        Row::read(store_->spaces(), config_.scope, space, *cells, row, sink);
    if (failed(status)) {
      sink.prefix(cells == old_row ? "row_event, old row" : "row_event, new row");
      return status;
    }
    rows.push_back(std::move(row));
  }
  return play_or_queue(
      txn,
      [name = std::string(space), rows = std::move(rows)](coffer_cache& cache, coffer_sink& at) {
        const coffer_status status = cache.store_->stamps().move_rows(rows, cache.deadline(), at);
        if (failed(status)) {
          cache.count(kErrors);
        } else {
          cache.note_moved(kRowEvents, name, "row");
        }
        return status;
      },
      sink);
}

coffer_status coffer_cache::remove_later(coffer_txn* txn, std::string_view key, coffer_sink& sink) {
  return play_or_queue(
      txn,
      [key = std::string(key)](coffer_cache& cache, coffer_sink& at) {
        const coffer_status status = cache.remove(key, at);
        return status == COFFER_MISS ? coffer_status{COFFER_OK} : status;
      },
      sink);
}

coffer_status coffer_cache::clear(coffer_sink& sink) {
  store_->note_stale();
  if (store_->local()) {
    store_->roots().move(config_.space);
    store_->leases().supersede_namespace(config_.space);
  } else {
    // Bare values have no root that could move.
    const coffer_status status = store_->bare()
                                     ? remove_prefix("", nullptr, sink)
                                     : move({coffer::core::root_id(config_.space)}, sink);
    if (failed(status)) return status;
  }
  count(kClears);
  store_->sweeper().want();
  runtime()->hub().key_event(runtime()->now(), COFFER_EVENT_CLEAR, label(), config_.space, 0);
  return COFFER_OK;
}

coffer_status coffer_cache::remove_prefix(std::string_view prefix, uint64_t* removed,
                                          coffer_sink& sink) {
  const std::string whole = config_.prefix + std::string(prefix);
  store_->leases().supersede_prefix(whole);
  uint64_t count = 0;
  const coffer_status status = store_->call(sink, [&] {
    return store_->table().clear(store_->self(), {whole.data(), whole.size()}, deadline(), &count,
                                 &sink);
  });
  if (removed != nullptr) *removed = status == COFFER_OK ? count : 0;
  if (failed(status)) this->count(kErrors);
  return status;
}
