// What commands share: the runtime, the cache of --cache, and where output goes.
#ifndef BINDINGS_CLI_SESSION_H_
#define BINDINGS_CLI_SESSION_H_

#include <map>
#include <string>
#include <string_view>

#include "bindings/cli/args.h"
#include "bindings/cli/handles.h"
#include "bindings/cli/table.h"

namespace coffer::cli {

enum class Output { kTable, kPlain, kJson };

class Session {
 public:
  // Takes the global options of the command line.
  explicit Session(const Invocation& invocation);

  // As given by --cache or COFFER_CACHE.
  const std::vector<std::string>& urls() const { return urls_; }

  // The runtime and the cache of --cache; each is opened when first asked for.
  coffer_runtime* runtime();
  coffer_cache* cache();

  // The same cache, with another default time to live and grace where they are not "". Valid until
  // the next call.
  coffer_cache* cache_with(const std::string& ttl, const std::string& grace = "");

  // What `watch` hears of; created when first asked for. While it is watched, a shell shows what
  // has happened after each command.
  coffer_queue* queue();
  void set_watching(bool watching) { watching_ = watching; }
  bool watching() const { return watching_; }

  CacheHandle open(const std::string& url);

  // Allows plugins to be named by the path of their file. Before the runtime is first asked for.
  void allow_plugin_files() { plugin_files_ = true; }

  // The serializer plugin of that name, with options "key=value".
  SerializerHandle serializer(const std::string& name, const std::vector<std::string>& options);

  // Every plugin found, as coffer_plugins_list plays them; also those that cannot be loaded without
  // the end of the process.
  Tree plugins();

  // A shell reads commands from a terminal or a file and has a cache in memory if none is given.
  void enter_shell();
  bool in_shell() const { return in_shell_; }

  // How reports look: by the --output of this command, else by that of the whole command line, else
  // a table on a terminal and plain lines elsewhere.
  void choose_output(const Invocation& invocation);
  bool is_table() const { return output_ == Output::kTable; }
  bool json() const { return output_ == Output::kJson; }
  bool out_is_terminal() const { return out_is_terminal_; }

  // Standard output. `flush` throws Failure if it could not take all that was written.
  void write(std::string_view bytes);
  void print(const Table& table);
  void print_json(const Tree& report);
  // A map, one line for each key.
  void print_map(const Tree& report);
  void flush();

  // A line on standard error.
  void note(const std::string& message);

  // Tells a person at a terminal that what one command did in a cache of this process is gone with
  // the process.
  void hint_if_forgotten();

 private:
  RuntimeHandle create_runtime(std::vector<coffer_option> options) const;

  const std::vector<std::string> urls_;
  const std::string name_space_;
  const std::string plugin_path_;
  bool plugin_files_;
  const bool out_is_terminal_;
  const Output usual_output_;
  Output output_;
  bool in_shell_ = false;
  bool watching_ = false;
  // A cache keeps its runtime alive, so the order of release does not matter.
  RuntimeHandle runtime_;
  CacheHandle cache_;
  CacheHandle derived_;
  QueueHandle queue_;
};

}  // namespace coffer::cli

#endif  // BINDINGS_CLI_SESSION_H_
