// Commands about freshness: invalidate explain watch.
#include <algorithm>
#include <optional>

#include "bindings/cli/commands.h"
#include "bindings/cli/format.h"
#include "bindings/cli/json.h"
#include "bindings/cli/row.h"
#include "bindings/cli/session.h"

namespace coffer::cli {
namespace {

// ---- invalidate

Tree invalidate_tags(Session& session, const std::vector<std::string>& tags) {
  std::vector<coffer_bytes> names;
  Tree list = Tree::list();
  for (const std::string& tag : tags) {
    names.push_back({tag.data(), tag.size()});
    list.add(Tree::text_or_blob(tag));
  }
  Error error;
  check(coffer_invalidate_tags(session.cache(), nullptr, names.data(), names.size(), error.slot()),
        error);
  return Tree::map().set("tags", std::move(list));
}

// All cells given to an option, which may be repeated.
std::optional<Row> row_of(const Invocation& invocation, const char* option) {
  std::string text;
  for (const std::string& part : invocation.values(option))
    text += (text.empty() ? "" : ",") + part;
  if (!invocation.has(option)) return std::nullopt;
  return std::optional<Row>(std::in_place, text);
}

Tree invalidate_space(Session& session, const Invocation& invocation) {
  const std::string space = invocation.value("space");
  const coffer_bytes name{space.data(), space.size()};
  const std::optional<Row> old_row = row_of(invocation, "old");
  const std::optional<Row> new_row = row_of(invocation, "new");
  Tree report = Tree::map().set("space", Tree::text_or_blob(space));
  Error error;
  if (!old_row && !new_row) {
    check(coffer_invalidate_space(session.cache(), nullptr, name, error.slot()), error);
    return report.set("rows", Tree::text("all"));
  }
  const coffer_cells old_cells = old_row ? old_row->cells() : coffer_cells{};
  const coffer_cells new_cells = new_row ? new_row->cells() : coffer_cells{};
  check(coffer_row_event(session.cache(), nullptr, name, old_row ? &old_cells : nullptr,
                         new_row ? &new_cells : nullptr, error.slot()),
        error);
  return report.set("rows", Tree::text(!old_row ? "inserted" : !new_row ? "deleted" : "changed"));
}

Tree remove_prefix(Session& session, const std::string& prefix, uint64_t* removed) {
  Error error;
  check(coffer_remove_prefix(session.cache(), prefix.data(), prefix.size(), removed, error.slot()),
        error);
  return Tree::map()
      .set("prefix", Tree::text_or_blob(prefix))
      .set("removed", Tree::count(*removed));
}

// ---- explain

bool is_duration(std::string_view key) {
  const std::string_view names[] = {"age",     "cost", "fresh_for", "served_for",
                                    "sliding", "for",  "left",      "resting_for"};
  return std::find(std::begin(names), std::end(names), key) != std::end(names);
}

// Durations as a person reads them.
Tree for_people(const Tree& map) {
  Tree out = Tree::map();
  for (size_t i = 0; i < map.items.size(); i += 2) {
    const std::string& key = map.items[i].bytes;
    const Tree& value = map.items[i + 1];
    if (value.kind == Tree::Kind::kMap) {
      const Tree inner = for_people(value);
      for (size_t k = 0; k < inner.items.size(); k += 2) {
        out.set(key + " " + inner.items[k].bytes, inner.items[k + 1]);
      }
    } else if (value.kind == Tree::Kind::kList) {
      for (const Tree& dependency : value.items) {
        out.set("depends on", Tree::text(std::string(dependency.text_at("on")) + ": " +
                                         std::string(dependency.text_at("state"))));
      }
    } else {
      out.set(key, is_duration(key) ? Tree::text(time_left(value.number)) : value);
    }
  }
  return out;
}

// ---- watch

struct Kind {
  const char* name;
  uint32_t mask;
};
constexpr Kind kKinds[] = {{"invalidate", COFFER_EVENT_INVALIDATE},
                           {"clear", COFFER_EVENT_CLEAR},
                           {"evict", COFFER_EVENT_EVICT},
                           {"expire", COFFER_EVENT_EXPIRE},
                           {"log", COFFER_EVENT_LOG},
                           {"read", COFFER_EVENT_READ}};
constexpr const char* kUsualKinds = "invalidate,clear,evict,expire,log";

uint32_t kinds_named(const std::string& list) {
  uint32_t mask = 0;
  size_t at = 0;
  while (at <= list.size()) {
    const size_t comma = std::min(list.find(',', at), list.size());
    const std::string name = list.substr(at, comma - at);
    const auto found = std::find_if(std::begin(kKinds), std::end(kKinds),
                                    [&](const Kind& kind) { return name == kind.name; });
    if (found == std::end(kKinds)) {
      throw UsageFailure("--events \"" + printable(name) + "\": events are " + kUsualKinds +
                         " and read");
    }
    mask |= found->mask;
    at = comma + 1;
  }
  return mask;
}

std::string_view text_of(coffer_bytes bytes) { return view(bytes.data, bytes.size); }

const char* name_of(uint32_t kind) {
  for (const Kind& each : kKinds) {
    if (each.mask == kind) return each.name;
  }
  return kind == COFFER_EVENT_DROPPED ? "dropped" : "other";
}

void print_event(Session& session, const coffer_event& event) {
  const std::string_view key = text_of(event.key);
  const std::string_view text = text_of(event.text);
  const bool aged = event.kind == COFFER_EVENT_READ && event.number != 0;
  if (session.json()) {
    Tree line = Tree::map();
    line.set("event", Tree::text(name_of(event.kind))).set("at", Tree::integer(event.at));
    line.set("cache", Tree::text_or_blob(event.cache != nullptr ? event.cache : ""));
    if (!key.empty()) line.set("key", Tree::text_or_blob(key));
    if (!text.empty()) line.set("text", Tree::text_or_blob(text));
    if (event.number != 0) line.set(aged ? "age" : "number", Tree::count(event.number));
    session.write(to_json(line) + '\n');
    return;
  }
  std::string line = name_of(event.kind);
  if (!text.empty() && event.kind != COFFER_EVENT_LOG) line += ' ' + printable(text);
  if (!key.empty()) line += ' ' + printable(key);
  if (event.kind == COFFER_EVENT_LOG) line += ' ' + printable(text);
  if (event.kind == COFFER_EVENT_DROPPED) line += ' ' + std::to_string(event.number);
  if (aged) line += " after " + duration(static_cast<double>(event.number));
  session.write(line + '\n');
}

// Shows the next event if one comes within `timeout` nanoseconds.
bool show_next(Session& session, int64_t timeout) {
  coffer_event event{};
  event.struct_size = sizeof(event);
  if (coffer_queue_poll(session.queue(), &event, 1, timeout) == 0) return false;
  print_event(session, event);
  coffer_event_release(&event);
  session.flush();
  return true;
}

}  // namespace

int run_invalidate(Session& session, const Invocation& invocation) {
  const int ways = invocation.has("tag") + invocation.has("space") + invocation.has("prefix") +
                   invocation.has("all");
  if (ways != 1) {
    throw UsageFailure("invalidate takes one of --tag TAG, --space SPACE, --prefix TEXT and --all");
  }
  if ((invocation.has("old") || invocation.has("new")) && !invocation.has("space")) {
    throw UsageFailure("--old and --new are rows of a space; say which with --space SPACE");
  }
  int code = kYes;
  Tree report = Tree::map();
  if (invocation.has("tag")) {
    report = invalidate_tags(session, invocation.values("tag"));
  } else if (invocation.has("space")) {
    report = invalidate_space(session, invocation);
  } else if (invocation.has("prefix")) {
    uint64_t removed = 0;
    report = remove_prefix(session, invocation.value("prefix"), &removed);
    code = removed > 0 ? kYes : kNo;
    if (!session.json()) session.write(std::to_string(removed) + " removed\n");
  } else {
    Error error;
    check(coffer_clear(session.cache(), error.slot()), error);
    report.set("all", Tree::boolean(true));
  }
  if (session.json()) session.print_json(report);
  session.hint_if_forgotten();
  return code;
}

int run_explain(Session& session, const Invocation& invocation) {
  const std::string& key = invocation.args[0];
  TreeBuilder builder;
  Error error;
  check(coffer_explain(session.cache(), key.data(), key.size(), builder.visitor(), error.slot()),
        error);
  const Tree answer = builder.take();
  if (session.json()) {
    session.print_json(answer);
  } else {
    session.print_map(for_people(answer));
  }
  session.hint_if_forgotten();
  const std::string_view state = answer.text_at("state");
  return state == "fresh" || state == "stale" ? kYes : kNo;
}

int run_watch(Session& session, const Invocation& invocation) {
  if (invocation.has("off")) {
    coffer_queue_subscribe(session.queue(), 0, COFFER_LOG_PLUGIN_MISBEHAVING);
    session.set_watching(false);
    return kYes;
  }
  const auto count = parse_count(invocation.value("count", "0"));
  if (!count) throw UsageFailure("--count \"" + invocation.value("count") + "\" is not a count");
  const auto limit = parse_duration(invocation.value("for", "0s"));
  if (!limit)
    throw UsageFailure("--for \"" + invocation.value("for") + "\" is no time; write 30s or 5m");
  session.cache();  // a mistake in its URL shows now
  coffer_queue_subscribe(session.queue(), kinds_named(invocation.value("events", kUsualKinds)),
                         COFFER_LOG_WARNING);
  session.set_watching(true);
  const bool ends = invocation.has("count") || invocation.has("for");
  if (session.in_shell() && !ends) return kYes;  // after each command, show_watched

  const coffer_time until = coffer_runtime_now(session.runtime()) + *limit;
  uint64_t seen = 0;
  while (!invocation.has("count") || seen < *count) {
    int64_t left = -1;
    if (invocation.has("for")) {
      left = std::max<int64_t>(until - coffer_runtime_now(session.runtime()), 0);
    }
    if (!show_next(session, left)) break;
    ++seen;
  }
  return seen > 0 ? kYes : kNo;
}

void show_watched(Session& session) {
  if (!session.watching()) return;
  while (show_next(session, 0)) {
  }
}

}  // namespace coffer::cli
