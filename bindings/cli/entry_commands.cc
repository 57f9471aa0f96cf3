// Commands on single entries: get put add del incr.
#include <cstdio>
#include <deque>

#include "bindings/cli/commands.h"
#include "bindings/cli/format.h"
#include "bindings/cli/json.h"
#include "bindings/cli/row.h"
#include "bindings/cli/session.h"

namespace coffer::cli {
namespace {

Tree entry_meta(Session& session, const std::string& key, const coffer_entry& entry) {
  Tree meta = Tree::map();
  meta.set("key", Tree::text_or_blob(key)).set("found", Tree::boolean(true));
  meta.set("size", Tree::count(entry.size)).set("version", Tree::count(entry.version));
  meta.set("format", Tree::count(entry.format));
  meta.set("null", Tree::boolean((entry.flags & COFFER_ENTRY_NULL) != 0));
  meta.set("negative", Tree::boolean((entry.flags & COFFER_ENTRY_NEGATIVE) != 0));
  meta.set("stale", Tree::boolean((entry.flags & COFFER_ENTRY_STALE) != 0));
  Tree expires = Tree::null();  // JSON: seconds, null for never
  if (entry.expires_at != COFFER_NEVER) {
    const coffer_time left = entry.expires_at - coffer_runtime_now(session.runtime());
    expires =
        session.json() ? Tree::real(static_cast<double>(left) / 1e9) : Tree::text(time_left(left));
  } else if (!session.json()) {
    expires = Tree::text("forever");
  }
  return meta.set("ttl", std::move(expires));
}

bool is_bytes(const coffer_entry& entry) {
  return entry.format == COFFER_FORMAT_RAW &&
         (entry.flags & (COFFER_ENTRY_NULL | COFFER_ENTRY_OBJECT)) == 0;
}

// The value as a person reads it, whatever it was written with.
Tree entry_value(Session& session, const coffer_entry& entry) {
  if (is_bytes(entry)) return Tree::text_or_blob(view(entry.data, entry.size));
  TreeBuilder builder;
  Error error;
  check(coffer_entry_play(session.cache(), &entry, builder.visitor(), nullptr, error.slot()),
        error);
  return builder.take();
}

void write_value(Session& session, const coffer_entry& entry) {
  const std::string_view bytes = view(entry.data, entry.size);
  if (!is_bytes(entry)) {
    session.write(to_json(entry_value(session, entry)));
  } else if (session.out_is_terminal()) {
    session.write(printable(bytes, Lines::kKeep));
  } else {
    session.write(bytes);
  }
  if (session.out_is_terminal() || session.in_shell()) session.write("\n");
}

int report_miss(Session& session, const std::string& key) {
  if (session.json()) {
    session.print_json(
        Tree::map().set("key", Tree::text_or_blob(key)).set("found", Tree::boolean(false)));
  } else {
    session.note("no entry under \"" + printable(key) + "\"");
  }
  session.hint_if_forgotten();
  return kNo;
}

std::string read_standard_input(const Session& session) {
  if (session.in_shell()) {
    throw UsageFailure("in a shell a value cannot come from standard input, where commands are");
  }
  std::string bytes;
  char buffer[1 << 16];
  while (const size_t n = std::fread(buffer, 1, sizeof(buffer), stdin)) bytes.append(buffer, n);
  if (std::ferror(stdin)) throw Failure("cannot read the value from standard input");
  return bytes;
}

coffer_status write_json(Session& session, coffer_cache* cache, const std::string& key,
                         const std::string& json, const coffer_put_options& options) {
  const SerializerHandle serializer = session.serializer("json", {});
  coffer_decoding decoding{serializer.get(), {json.data(), json.size()}, nullptr};
  coffer_value value;
  coffer_decoding_value(&decoding, &value);
  Error error;
  return check(
      coffer_put_value(cache, key.data(), key.size(), &value, &options, nullptr, error.slot()),
      error);
}

// What --tag, --space and --where say a value depends on. Borrows the invocation.
class DependsOn {
 public:
  explicit DependsOn(const Invocation& invocation)
      : tags_(invocation.values("tag")), space_(invocation.value("space")) {
    if (invocation.has("where") && !invocation.has("space")) {
      throw UsageFailure("--where names rows of a space; say which with --space SPACE");
    }
    for (const std::string& tag : tags_) tag_views_.push_back({tag.data(), tag.size()});
    for (const std::string& row : invocation.values("where"))
      any_.push_back(rows_.emplace_back(row).cells());
    if (any_.empty()) any_.push_back({});  // every row
    rows_of_ = {{space_.data(), space_.size()}, any_.data(), any_.size()};
    all_.struct_size = sizeof(all_);
    all_.tags = tag_views_.data();
    all_.tag_count = tag_views_.size();
    all_.rows = &rows_of_;
    all_.row_count = invocation.has("space") ? 1 : 0;
  }
  DependsOn(const DependsOn&) = delete;
  DependsOn& operator=(const DependsOn&) = delete;

  const coffer_dependencies* get() const { return &all_; }

 private:
  const std::vector<std::string> tags_;
  const std::string space_;
  std::vector<coffer_bytes> tag_views_;
  std::deque<Row> rows_;
  std::vector<coffer_cells> any_;
  coffer_rows rows_of_{};
  coffer_dependencies all_{};
};

// A --ttl of zero or less: nothing is left under the key.
bool is_over(const std::string& ttl) {
  if (ttl.starts_with('-')) return parse_duration(ttl.substr(1)).has_value();
  return parse_duration(ttl) == 0;
}

int write_entry(Session& session, const Invocation& invocation, int32_t mode) {
  const bool null = invocation.has("null");
  if (null && (invocation.args.size() > 1 || invocation.has("json"))) {
    throw UsageFailure("--null stores \"nothing\" and takes no value");
  }
  if (!null && invocation.args.size() < 2) {
    throw UsageFailure(std::string("no value given; use: coffer ") + invocation.command->name +
                       " KEY VALUE, or \"-\" to read it from standard input");
  }
  const std::string& key = invocation.args[0];
  std::string value = null ? "" : invocation.args[1];
  if (value == "-") value = read_standard_input(session);

  const std::string ttl = invocation.value("ttl");
  coffer_cache* cache = session.cache_with(is_over(ttl) ? "" : ttl, invocation.value("grace"));
  const DependsOn on(invocation);
  coffer_put_options options{};
  options.struct_size = sizeof(options);
  options.mode = mode;
  options.ttl = is_over(ttl) ? COFFER_TTL_EXPIRED : COFFER_TTL_DEFAULT;
  options.flags = null ? uint32_t{COFFER_ENTRY_NULL} : 0;
  options.dependencies = on.get();
  Error error;
  const coffer_status status =
      invocation.has("json") ? write_json(session, cache, key, value, options)
                             : check(coffer_put(cache, key.data(), key.size(), value.data(),
                                                value.size(), &options, nullptr, error.slot()),
                                     error);
  if (session.json()) {
    session.print_json(Tree::map()
                           .set("key", Tree::text_or_blob(key))
                           .set("written", Tree::boolean(status == COFFER_OK)));
  } else if (status != COFFER_OK) {
    session.note("there is an entry under \"" + printable(key) + "\" already");
  }
  session.hint_if_forgotten();
  return status == COFFER_OK ? kYes : kNo;
}

// False if there is none.
bool find_entry(Session& session, const std::string& key, bool or_stale, coffer_entry* out) {
  Error error;
  if (!or_stale) {
    return check(coffer_get(session.cache(), key.data(), key.size(), out, error.slot()), error) ==
           COFFER_OK;
  }
  coffer_fetch_options options{};
  options.struct_size = sizeof(options);
  options.flags = COFFER_FETCH_LOOK;
  coffer_fetched fetched{};
  check(coffer_fetch(session.cache(), key.data(), key.size(), &options, &fetched, error.slot()),
        error);
  *out = fetched.entry;
  return fetched.state != COFFER_FETCH_MISS;
}

}  // namespace

int run_get(Session& session, const Invocation& invocation) {
  const std::string& key = invocation.args[0];
  if (invocation.has("meta") + invocation.has("ttl") + invocation.has("raw") +
          invocation.has("decode") >
      1) {
    throw UsageFailure("get takes one of --meta, --ttl, --decode and --raw");
  }
  Entry entry;
  if (!find_entry(session, key, invocation.has("stale"), &entry)) return report_miss(session, key);
  if (invocation.has("raw")) {
    session.write(view(entry.data, entry.size));
    return kYes;
  }
  if (invocation.has("decode")) {
    session.write(to_pretty_json(entry_value(session, entry)));
    return kYes;
  }
  Tree meta = entry_meta(session, key, entry);
  if (session.json()) {
    if (!invocation.has("meta") && !invocation.has("ttl")) {
      meta.set("value", entry_value(session, entry));
    }
    session.print_json(meta);
  } else if (invocation.has("meta")) {
    session.print_map(meta);
  } else if (invocation.has("ttl")) {
    session.write(std::string(meta.text_at("ttl")) + '\n');
  } else {
    write_value(session, entry);
  }
  return kYes;
}

int run_put(Session& session, const Invocation& invocation) {
  return write_entry(session, invocation, COFFER_PUT_SET);
}

int run_add(Session& session, const Invocation& invocation) {
  return write_entry(session, invocation, COFFER_PUT_ADD);
}

namespace {

// The version that `del --version` asks for; 0 for none.
uint64_t version_of(const Invocation& invocation) {
  if (!invocation.has("version")) return 0;
  const auto version = parse_integer(invocation.value("version"));
  if (!version || *version <= 0)
    throw UsageFailure("--version is a positive number, as \"get --meta\" shows it");
  if (invocation.args.size() > 1 || invocation.has("soft"))
    throw UsageFailure("--version goes with one KEY, and not with --soft");
  return static_cast<uint64_t>(*version);
}

coffer_status remove(coffer_cache* cache, const std::string& key, uint64_t version, bool soft,
                     coffer_error** error) {
  if (version != 0) return coffer_delete_if(cache, key.data(), key.size(), version, error);
  return soft ? coffer_expire(cache, key.data(), key.size(), error)
              : coffer_delete(cache, key.data(), key.size(), error);
}

}  // namespace

int run_del(Session& session, const Invocation& invocation) {
  const uint64_t version = version_of(invocation);
  uint64_t deleted = 0;
  for (const std::string& key : invocation.args) {
    Error error;
    const coffer_status status =
        check(remove(session.cache(), key, version, invocation.has("soft"), error.slot()), error);
    if (status == COFFER_OK) ++deleted;
    if (status == COFFER_CONFLICT && !session.json()) {
      session.note("the entry under \"" + printable(key) + "\" has another version; it stays");
      return kNo;
    }
  }
  const uint64_t missing = invocation.args.size() - deleted;
  if (session.json()) {
    session.print_json(
        Tree::map().set("deleted", Tree::count(deleted)).set("missing", Tree::count(missing)));
  } else if (deleted == 0) {
    session.note(missing == 1 ? "no entry under \"" + printable(invocation.args[0]) + "\""
                              : "no entry under any of these keys");
  }
  session.hint_if_forgotten();
  return deleted > 0 ? kYes : kNo;
}

int run_incr(Session& session, const Invocation& invocation) {
  const std::string& key = invocation.args[0];
  const std::string delta_text = invocation.args.size() > 1 ? invocation.args[1] : "1";
  const auto delta = parse_integer(delta_text);
  const auto initial = parse_integer(invocation.value("initial", "0"));
  if (!delta) throw UsageFailure("\"" + delta_text + "\" is not a whole number of 64 bits");
  if (!initial) {
    throw UsageFailure("--initial \"" + invocation.value("initial") +
                       "\" is not a whole number of 64 bits");
  }
  const std::string ttl = invocation.value("ttl");
  coffer_cache* cache = session.cache_with(is_over(ttl) ? "" : ttl);
  int64_t sum = 0;
  Error error;
  check(coffer_incr(cache, key.data(), key.size(), *delta, *initial,
                    is_over(ttl) ? COFFER_TTL_EXPIRED : COFFER_TTL_DEFAULT, &sum, error.slot()),
        error);
  if (session.json()) {
    session.print_json(
        Tree::map().set("key", Tree::text_or_blob(key)).set("value", Tree::integer(sum)));
  } else {
    session.write(std::to_string(sum) + '\n');
  }
  session.hint_if_forgotten();
  return kYes;
}

}  // namespace coffer::cli
