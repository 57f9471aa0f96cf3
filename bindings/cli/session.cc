#include "bindings/cli/session.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "bindings/cli/json.h"
#include "bindings/cli/output.h"
#include "bindings/cli/probe.h"

namespace coffer::cli {
namespace {

std::vector<std::string> cache_urls(const Invocation& invocation) {
  if (invocation.has("cache")) return invocation.values("cache");
  const char* url = std::getenv("COFFER_CACHE");
  if (url == nullptr || *url == '\0') return {};
  return {url};
}

Output output_named(const std::string& name) {
  if (name == "table") return Output::kTable;
  if (name == "plain") return Output::kPlain;
  if (name == "json") return Output::kJson;
  throw UsageFailure("--output is table, plain or json, not \"" + name + "\"");
}

}  // namespace

Session::Session(const Invocation& invocation)
    : urls_(cache_urls(invocation)),
      name_space_(invocation.value("namespace")),
      plugin_path_(invocation.value("plugin-path")),
      plugin_files_(invocation.has("plugin-files")),
      out_is_terminal_(isatty(fileno(output_file())) != 0),
      usual_output_(output_named(invocation.value("output", out_is_terminal_ ? "table" : "plain"))),
      output_(usual_output_) {}

coffer_runtime* Session::runtime() {
  if (runtime_ != nullptr) return runtime_.get();
  runtime_ = create_runtime({});
  return runtime_.get();
}

RuntimeHandle Session::create_runtime(std::vector<coffer_option> options) const {
  if (!plugin_path_.empty()) options.push_back(text_option("plugin_path", plugin_path_));
  if (plugin_files_) options.push_back(text_option("plugin_files", "true"));
  coffer_runtime* runtime = nullptr;
  Error error;
  check(coffer_runtime_create(options.data(), options.size(), &runtime, error.slot()), error);
  return RuntimeHandle(runtime);
}

coffer_cache* Session::cache() {
  if (cache_ != nullptr) return cache_.get();
  if (urls_.size() > 1) throw UsageFailure("only replay takes more than one --cache");
  if (urls_.empty() && !in_shell_) {
    throw UsageFailure(
        "no cache given; name one with --cache URL or COFFER_CACHE, or try \"coffer shell\", which "
        "has one in memory");
  }
  cache_ = open(urls_.empty() ? "memory://" : urls_[0]);
  return cache_.get();
}

CacheHandle Session::open(const std::string& url) {
  const coffer_option name_space = text_option("namespace", name_space_);
  coffer_cache* cache = nullptr;
  Error error;
  check(coffer_cache_open(runtime(), url.c_str(), &name_space, name_space_.empty() ? 0 : 1, &cache,
                          error.slot()),
        error);
  return CacheHandle(cache);
}

coffer_cache* Session::cache_with(const std::string& ttl, const std::string& grace) {
  // The library reads the texts, so that durations are written the same way everywhere.
  std::vector<coffer_option> options;
  if (!ttl.empty())
    options.insert(options.end(), {text_option("ttl", ttl), text_option("null_ttl", ttl)});
  if (!grace.empty()) options.push_back(text_option("grace", grace));
  if (options.empty()) return cache();
  coffer_cache* derived = nullptr;
  Error error;
  check(coffer_cache_derive(cache(), options.data(), options.size(), &derived, error.slot()),
        error);
  derived_.reset(derived);
  return derived;
}

coffer_queue* Session::queue() {
  if (queue_ != nullptr) return queue_.get();
  coffer_queue* queue = nullptr;
  Error error;
  check(coffer_queue_create(runtime(), 0, &queue, error.slot()), error);
  queue_.reset(queue);
  return queue;
}

SerializerHandle Session::serializer(const std::string& name,
                                     const std::vector<std::string>& settings) {
  std::vector<std::string> keys;
  std::vector<coffer_option> options;
  keys.reserve(settings.size());  // options point into it
  for (const std::string& setting : settings) {
    const size_t equals = setting.find('=');
    if (equals == setting.npos) {
      throw UsageFailure("\"" + setting + "\" is no serializer option; write KEY=VALUE");
    }
    keys.push_back(setting.substr(0, equals));
    options.push_back(
        text_option(keys.back().c_str(), std::string_view(setting).substr(equals + 1)));
  }
  coffer_serializer_handle* serializer = nullptr;
  Error error;
  check(coffer_serializer_open(runtime(), name.c_str(), options.data(), options.size(), &serializer,
                               error.slot()),
        error);
  return SerializerHandle(serializer);
}

Tree Session::plugins() {
  // Plugins that end this process when they are loaded are listed, too.
  const RuntimeHandle prober = create_runtime({text_option("plugin_files", "true")});
  const std::vector<DeadlyPlugin> deadly = find_deadly_plugins(prober.get());
  std::string excluded;
  for (const DeadlyPlugin& plugin : deadly) {
    excluded += (excluded.empty() ? "" : ":") + plugin.path;
  }
  const RuntimeHandle lister = create_runtime({text_option("plugin_exclude", excluded)});
  TreeBuilder builder;
  Error error;
  check(coffer_plugins_list(lister.get(), builder.visitor(), error.slot()), error);
  Tree list = builder.take();
  for (const DeadlyPlugin& plugin : deadly) {
    list.add(Tree::map()
                 .set("path", Tree::text(plugin.path))
                 .set("error", Tree::text("loading it ended the process: " + plugin.how))
                 .set("phase", Tree::text("open")));
  }
  return list;
}

void Session::enter_shell() { in_shell_ = true; }

void Session::choose_output(const Invocation& invocation) {
  output_ = invocation.has("output") ? output_named(invocation.value("output")) : usual_output_;
}

void Session::write(std::string_view bytes) {
  std::fwrite(bytes.data(), 1, bytes.size(), output_file());
}

void Session::print(const Table& table) {
  write(output_ == Output::kTable ? table.aligned() : table.plain());
}

void Session::print_json(const Tree& report) { write(to_pretty_json(report)); }

void Session::print_map(const Tree& report) {
  if (json()) return print_json(report);
  Table table({{""}, {""}});
  for (size_t i = 0; i < report.items.size(); i += 2) {
    const std::string value = plain_text(report.items[i + 1]);
    table.add({plain_text(report.items[i]), value.empty() ? "-" : value});
  }
  print(table);
}

void Session::flush() {
  if (std::fflush(output_file()) != 0 || std::ferror(output_file()) != 0) {
    throw Failure(std::string("cannot write the output: ") + std::strerror(errno));
  }
}

void Session::note(const std::string& message) {
  std::fprintf(stderr, "coffer: %s\n", message.c_str());
}

void Session::hint_if_forgotten() {
  if (in_shell_ || urls_.empty() || isatty(STDERR_FILENO) == 0) return;
  const std::string scheme = urls_[0].substr(0, urls_[0].find(':'));
  TreeBuilder builder;
  Error error;
  check(coffer_plugins_explain(runtime(), scheme.c_str(), builder.visitor(), error.slot()), error);
  const Tree answer = builder.take();
  const Tree* plugin = answer.find("plugin");
  const Tree* capabilities = plugin != nullptr ? plugin->find("capabilities") : nullptr;
  for (size_t i = 0; capabilities != nullptr && i < capabilities->items.size(); ++i) {
    const std::string& name = capabilities->items[i].bytes;
    if (name == "shared" || name == "persistent") return;
  }
  note("a " + scheme + " cache ends with the command; \"coffer shell\" runs many in one");
}

}  // namespace coffer::cli
