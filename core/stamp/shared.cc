#include "core/stamp/shared.h"

#include <sys/random.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

namespace coffer::core {
namespace {

coffer_stamp_id c_id(const DependencyId& id) { return {id.low, id.high}; }

// Random, so that no two processes, on whatever machines, and no two forks of one ever make the
// same.
coffer_status make_stamps(std::span<uint64_t> out, coffer_sink& sink) {
  auto* const to = reinterpret_cast<char*>(out.data());
  for (size_t done = 0; done < out.size_bytes();) {
    const ssize_t got = getrandom(to + done, out.size_bytes() - done, 0);
    if (got < 0 && errno != EINTR) {
      return sink.fail(COFFER_INTERNAL,
                       std::string("no random numbers for stamps: ") + std::strerror(errno));
    }
    if (got > 0) done += static_cast<size_t>(got);
  }
  for (uint64_t& stamp : out) stamp += stamp == 0;
  return COFFER_OK;
}

coffer_status check_spaces(std::span<const Dependency> dependencies, coffer_sink& sink) {
  for (const Dependency& rows : dependencies) {
    if (rows.kind != Dependency::kRows) continue;
    const bool found = std::any_of(dependencies.begin(), dependencies.end(),
                                   [&](const Dependency& space) { return space.id == rows.space; });
    if (!found)
      return sink.fail(COFFER_INTERNAL, "\"" + rows.text + "\" was pinned without its space");
  }
  return COFFER_OK;
}

}  // namespace

coffer_status SharedStamps::pin(std::span<const Dependency> dependencies, coffer_time deadline,
                                std::vector<Stamp>& out, coffer_sink& sink) {
  const coffer_status status = pin_late(dependencies, 0, deadline, out, sink);
  return status == COFFER_SUPERSEDED ? COFFER_OK : status;
}

coffer_status SharedStamps::pin_late(std::span<const Dependency> dependencies, uint64_t began,
                                     coffer_time deadline, std::vector<Stamp>& out,
                                     coffer_sink& sink) {
  coffer_status status = check_spaces(dependencies, sink);
  if (failed(status)) return status;
  std::vector<uint64_t> fresh(dependencies.size());
  status = make_stamps(fresh, sink);
  if (failed(status)) return status;
  std::vector<coffer_stamp_pin> items(dependencies.size());
  for (size_t i = 0; i < items.size(); ++i) {
    const Dependency& dependency = dependencies[i];
    items[i] = {c_id(dependency.id),
                c_id(dependency.space),
                {dependency.scheme.data(), dependency.scheme.size()},
                fresh[i],
                0};
  }
  status = keeper_->pin(items, deadline, sink);
  if (failed(status)) return status;
  const uint64_t instant = clock_.fetch_add(1, std::memory_order_seq_cst) + 1;
  bool known = true;
  for (size_t i = 0; i < items.size(); ++i) {
    out.push_back({dependencies[i].id, nullptr, items[i].stamp});
    if (!seen_.note(dependencies[i].id, items[i].stamp, instant, began)) known = false;
  }
  return known ? COFFER_OK : COFFER_SUPERSEDED;
}

coffer_status SharedStamps::check(std::span<const Stamp> stamps, coffer_time deadline,
                                  size_t* which, coffer_sink& sink) {
  if (stamps.empty()) return COFFER_OK;
  std::vector<coffer_stamp_id> ids;
  for (const Stamp& stamp : stamps) ids.push_back(c_id(stamp.id));
  std::vector<uint64_t> present(stamps.size());
  const coffer_status status = keeper_->read(ids, deadline, present, sink);
  if (failed(status)) return status;
  for (size_t i = 0; i < stamps.size(); ++i) {
    if (present[i] == stamps[i].value) continue;
    if (which != nullptr) *which = i;
    return COFFER_SUPERSEDED;
  }
  return COFFER_OK;
}

coffer_status SharedStamps::move(std::span<const DependencyId> tags_or_spaces, coffer_time deadline,
                                 coffer_sink& sink) {
  if (tags_or_spaces.empty()) return COFFER_OK;
  std::vector<coffer_stamp_id> ids;
  for (const DependencyId& id : tags_or_spaces) ids.push_back(c_id(id));
  moves_.fetch_add(ids.size(), std::memory_order_relaxed);
  return keeper_->move(ids, deadline, sink);
}

coffer_status SharedStamps::move_rows(std::span<const Row> rows, coffer_time deadline,
                                      coffer_sink& sink) {
  std::vector<DependencyId> moved;
  DependencyId space;
  std::vector<Scheme> schemes;
  for (size_t i = 0; i < rows.size(); ++i) {
    const Row& row = rows[i];
    if (i == 0 || row.space() != space) {
      space = row.space();
      const coffer_stamp_id id = c_id(space);
      schemes.clear();
      const coffer_status status = keeper_->schemes(id, deadline, schemes, sink);
      if (failed(status)) return status;
    }
    moved.push_back(*row.satisfied({}));
    for (const Scheme& scheme : schemes) {
      // With a column missing any conjunction might be satisfied: what depends on one depends on
      // its space.
      moved.push_back(row.satisfied(scheme).value_or(space));
    }
  }
  std::sort(moved.begin(), moved.end());
  moved.erase(std::unique(moved.begin(), moved.end()), moved.end());
  return move(moved, deadline, sink);
}

Stamps::Counts SharedStamps::count() const {
  Counts out;
  out.moves = moves_.load(std::memory_order_relaxed);
  out.bytes = sizeof *this;
  return out;
}

std::string SharedStamps::name(const Stamp& stamp) const {
  char text[64];
  std::snprintf(text, sizeof text, "dependency %016llx%016llx",
                static_cast<unsigned long long>(stamp.id.high),
                static_cast<unsigned long long>(stamp.id.low));
  return text;
}

}  // namespace coffer::core
