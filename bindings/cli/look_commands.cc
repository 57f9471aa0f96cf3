// Commands that look around: keys stats plugins version.
#include "bindings/cli/commands.h"
#include "bindings/cli/format.h"
#include "bindings/cli/json.h"
#include "bindings/cli/session.h"

namespace coffer::cli {
namespace {

// The text under a key, "-" for none.
std::string cell(const Tree& map, std::string_view key) {
  const Tree* value = map.find(key);
  const std::string text =
      value == nullptr || value->kind == Tree::Kind::kNull ? "" : plain_text(*value);
  return text.empty() ? "-" : text;
}

// A row for each map of the list `name`, a cell for each key.
Table rows_of(const Tree& map, std::string_view name, const std::vector<std::string>& keys) {
  std::vector<Table::Column> columns;
  for (const std::string& key : keys) columns.push_back({key});
  Table table(columns);
  const Tree* list = map.find(name);
  for (size_t i = 0; list != nullptr && i < list->items.size(); ++i) {
    std::vector<std::string> cells;
    for (const std::string& key : keys) cells.push_back(cell(list->items[i], key));
    table.add(std::move(cells));
  }
  return table;
}

int explain_plugin(Session& session, const std::string& name) {
  TreeBuilder builder;
  Error error;
  check(coffer_plugins_explain(session.runtime(), name.c_str(), builder.visitor(), error.slot()),
        error);
  const Tree answer = builder.take();
  const Tree* plugin = answer.find("plugin");
  const int code = plugin != nullptr ? kYes : kNo;
  if (session.json()) {
    session.print_json(answer);
    return code;
  }
  session.print(rows_of(answer, "places", {"source", "result", "path"}));
  if (plugin == nullptr) {
    session.note(std::string(answer.text_at("error")));
    return code;
  }
  Tree about = Tree::map();
  for (size_t i = 0; i < plugin->items.size(); i += 2) {
    if (plugin->items[i].bytes == "options") continue;
    about.add(plugin->items[i]).add(plugin->items[i + 1]);
  }
  session.write("\n");
  session.print_map(about);
  const Table options = rows_of(*plugin, "options", {"key", "type", "default", "flags", "help"});
  if (!options.empty()) {
    session.write("\n");
    session.print(options);
  }
  return code;
}

// A plugin in the list of all.
std::vector<std::string> plugin_row(const Tree& plugin) {
  if (plugin.find("error") != nullptr) {
    return {"unusable", "-", "-", "-", cell(plugin, "path") + ": " + cell(plugin, "error")};
  }
  std::string from = cell(plugin, "path");
  if (plugin.find("note") != nullptr) from += " (" + cell(plugin, "note") + ")";
  return {cell(plugin, "kind"), cell(plugin, "id"), cell(plugin, "version"),
          cell(plugin, "capabilities"), from};
}

Tree stats_report(const coffer_stats& stats) {
  const uint64_t reads = stats.hits + stats.misses;
  Tree ratio = reads == 0
                   ? Tree::null()
                   : Tree::real(static_cast<double>(stats.hits) / static_cast<double>(reads));
  return Tree::map()
      .set("gets", Tree::count(stats.gets))
      .set("hits", Tree::count(stats.hits))
      .set("null_hits", Tree::count(stats.null_hits))
      .set("misses", Tree::count(stats.misses))
      .set("hit_ratio", std::move(ratio))
      .set("puts", Tree::count(stats.puts))
      .set("deletes", Tree::count(stats.deletes))
      .set("errors", Tree::count(stats.errors))
      .set("stale", Tree::count(stats.stale))
      .set("leads", Tree::count(stats.leads))
      .set("waits", Tree::count(stats.waits))
      .set("bypassed", Tree::count(stats.bypassed))
      .set("superseded", Tree::count(stats.superseded))
      .set("tag_events", Tree::count(stats.tag_events))
      .set("space_events", Tree::count(stats.space_events))
      .set("row_events", Tree::count(stats.row_events))
      .set("clears", Tree::count(stats.clears))
      .set("entries", Tree::count(stats.entries))
      .set("capacity", Tree::count(stats.capacity))
      .set("bytes", Tree::count(stats.bytes))
      .set("byte_limit", Tree::count(stats.byte_limit))
      .set("inserts", Tree::count(stats.inserts))
      .set("evictions", Tree::count(stats.evictions))
      .set("expirations", Tree::count(stats.expirations));
}

// How a pipe and a terminal show one counter.
std::string stats_cell(const std::string& name, const Tree& value) {
  if (value.kind == Tree::Kind::kNull) return "-";
  if (value.kind == Tree::Kind::kFloat) return percent(value.floating, 1);
  const bool limit = name == "capacity" || name == "byte_limit";
  return limit && value.number == 0 ? "unlimited" : plain_text(value);
}

}  // namespace

int run_keys(Session& session, const Invocation& invocation) {
  if (invocation.has("prefix") && invocation.has("glob")) {
    throw UsageFailure("keys takes --prefix or --glob, not both");
  }
  const auto limit = parse_count(invocation.value("limit", "0"));
  if (!limit) throw UsageFailure("--limit \"" + invocation.value("limit") + "\" is not a count");

  const int32_t kind = invocation.has("glob") ? COFFER_SCAN_GLOB : COFFER_SCAN_PREFIX;
  const std::string pattern = invocation.value("glob", invocation.value("prefix"));
  coffer_scan* opened = nullptr;
  Error error;
  check(coffer_scan_open(session.cache(), kind, pattern.data(), pattern.size(), &opened,
                         error.slot()),
        error);
  const ScanHandle scan(opened);

  Tree list = Tree::list();
  uint64_t found = 0;
  coffer_bytes page[256];
  coffer_status status = COFFER_OK;
  while (status == COFFER_OK && (*limit == 0 || found < *limit)) {
    size_t count = 0;
    status =
        check(coffer_scan_next(scan.get(), page, std::size(page), &count, error.slot()), error);
    for (size_t i = 0; i < count && (*limit == 0 || found < *limit); ++i, ++found) {
      const std::string_view key = view(page[i].data, page[i].size);
      if (session.json()) {
        list.add(Tree::text_or_blob(key));
      } else {
        session.write(printable(key) + '\n');
      }
    }
  }
  if (session.json()) session.print_json(list);
  session.hint_if_forgotten();
  return found > 0 ? kYes : kNo;
}

int run_stats(Session& session, const Invocation&) {
  coffer_stats stats{};
  stats.struct_size = sizeof(stats);
  Error error;
  check(coffer_cache_stats(session.cache(), &stats, error.slot()), error);
  const Tree report = stats_report(stats);
  if (session.json()) {
    session.print_json(report);
    return kYes;
  }
  Table table({{"counter"}, {"value", Table::Align::kRight}});
  for (size_t i = 0; i < report.items.size(); i += 2) {
    const std::string& name = report.items[i].bytes;
    table.add({name, stats_cell(name, report.items[i + 1])});
  }
  session.print(table);
  return kYes;
}

int run_plugins(Session& session, const Invocation& invocation) {
  if (!invocation.args.empty()) {
    if (invocation.args[0] != "explain" || invocation.args.size() < 2) {
      throw UsageFailure("use: coffer plugins, or coffer plugins explain NAME");
    }
    session.allow_plugin_files();  // a path can only come from the command line
    return explain_plugin(session, invocation.args[1]);
  }
  const Tree list = session.plugins();
  const int code = list.items.empty() ? kNo : kYes;
  if (session.json()) {
    session.print_json(list);
  } else if (list.items.empty()) {
    session.note("no plugins found; \"coffer plugins explain memory\" tells where they are sought");
  } else {
    Table table({{"kind"}, {"name"}, {"version"}, {"capabilities"}, {"from"}});
    for (const Tree& plugin : list.items) table.add(plugin_row(plugin));
    session.print(table);
  }
  return code;
}

int run_version(Session& session, const Invocation&) {
  const uint32_t abi = coffer_abi_version();
  const std::string abi_text = format("%u.%u", abi >> 16, abi & 0xFFFF);
  if (session.json()) {
    session.print_json(
        Tree::map().set("version", Tree::text(coffer_version())).set("abi", Tree::text(abi_text)));
  } else {
    session.write(std::string("coffer ") + coffer_version() + ", plugin ABI " + abi_text + '\n');
  }
  return kYes;
}

}  // namespace coffer::cli
